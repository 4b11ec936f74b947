package io.tombolo.broker;

import io.tombolo.broker.group.GroupVersion;
import io.tombolo.controller.ControllerSettings.FeatureRange;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.protocol.VersionRange;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The features of this release. Of Kafka's names only those are here whose promise is kept: clients
 * take them for one.
 */
final class Features {

    /** The format of the metadata log. */
    private static final String METADATA = "tombolo.metadata";

    /**
     * Kafka's name: from 2 on clients speak the protocol in which each end of a transaction raises
     * the producer's epoch (KIP-890). Leaders serve both whatever the level; it only tells clients
     * which one to speak.
     */
    private static final String TRANSACTIONS = "transaction.version";

    private static final FeatureRange GROUPS =
            new FeatureRange((short) 0, (short) 1, (short) 1, (short) 0);

    private Features() {}

    static SortedMap<String, FeatureRange> ranges() {
        var ranges = new TreeMap<String, FeatureRange>();
        ranges.put(METADATA, new FeatureRange((short) 1, (short) 1, (short) 1, (short) 1));
        ranges.put(TRANSACTIONS, new FeatureRange((short) 0, (short) 2, (short) 2, (short) 0));
        ranges.put(GroupVersion.NAME, GROUPS);
        return ranges;
    }

    /** What a broker tells the controller that it understands. */
    static SortedMap<String, BrokerRegistration.Levels> levels() {
        var levels = new TreeMap<String, BrokerRegistration.Levels>();
        ranges().forEach((name, range) ->
                levels.put(name, new BrokerRegistration.Levels(range.min(), range.max())));
        return levels;
    }

    static SortedMap<String, VersionRange> supportedVersions() {
        var versions = new TreeMap<String, VersionRange>();
        ranges().forEach((name, range) ->
                versions.put(name, new VersionRange(range.min(), range.max())));
        return versions;
    }
}
