package io.tombolo.broker.board;

import io.tombolo.region.BrokerId;
import io.tombolo.region.registry.RegionDocument.Standing;

import java.util.Map;

/** How the brokers of this region are, by their own words; only to be shown. */
public interface Standings {

    /** Nobody told anything. */
    Standings NONE = Map::of;

    /** Those that told it lately; on the loop of the broker's core. */
    Map<BrokerId, Standing> lately();
}
