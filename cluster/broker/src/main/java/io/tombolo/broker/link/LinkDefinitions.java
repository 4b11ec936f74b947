package io.tombolo.broker.link;

import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.region.LinkName;
import io.tombolo.region.topology.LinkEntry.Ends;

import org.apache.kafka.common.Uuid;

import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.UUID;

/** Links as the metadata of a region take them. */
public final class LinkDefinitions {

    /** Why a region that a link reads owns its topics. */
    public static final String FIRST_OWNER = "first owner, by the topology file";

    private LinkDefinitions() {}

    /**
     * A link; both its regions give it the same id.
     *
     * @param topology the name of the whole that it is part of
     */
    public static LinkDefined of(
            String topology, LinkName link, Ends ends, SortedMap<String, String> settings) {
        String seed = "tombolo/" + topology + "/link/" + link;
        UUID id = UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8));
        return new LinkDefined(
                link,
                new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits()),
                ends.from(),
                ends.to(),
                settings);
    }
}
