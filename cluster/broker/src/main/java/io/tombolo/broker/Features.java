package io.tombolo.broker;

import io.tombolo.controller.ControllerSettings.FeatureRange;
import io.tombolo.protocol.VersionRange;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The features of this release. Kafka's own feature names are absent: clients take them for a
 * promise (transactions of version 2, consumer groups of KIP-848) that is not kept yet.
 */
final class Features {

    /** The format of the metadata log. */
    private static final String METADATA = "tombolo.metadata";

    private Features() {}

    static SortedMap<String, FeatureRange> ranges() {
        var ranges = new TreeMap<String, FeatureRange>();
        ranges.put(METADATA, new FeatureRange((short) 1, (short) 1, (short) 1, (short) 1));
        return ranges;
    }

    static SortedMap<String, VersionRange> supportedVersions() {
        var versions = new TreeMap<String, VersionRange>();
        ranges().forEach((name, range) ->
                versions.put(name, new VersionRange(range.min(), range.max())));
        return versions;
    }
}
