package io.tombolo.linker;

import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which configurations of a mirror topic follow the source. What is in neither class is this
 * region's own business: minimum of in-sync replicas, unclean elections, placement, throttles,
 * tiering.
 */
final class ConfigClass {

    /** They decide what a record may be and what compaction keeps: the copy must agree. */
    static final Set<String> ALWAYS =
            Set.of(
                    "cleanup.policy",
                    "compression.type",
                    "max.message.bytes",
                    "message.timestamp.type",
                    "max.compaction.lag.ms",
                    "min.compaction.lag.ms",
                    "min.cleanable.dirty.ratio");

    /** They follow unless the region chooses otherwise. */
    static final Set<String> FOLLOW =
            Set.of(
                    "delete.retention.ms",
                    "retention.bytes",
                    "retention.ms",
                    "segment.bytes",
                    "segment.jitter.ms",
                    "segment.ms",
                    "segment.index.bytes",
                    "index.interval.bytes",
                    "message.timestamp.after.max.ms",
                    "message.timestamp.before.max.ms");

    private ConfigClass() {}

    static boolean isSynced(String name) {
        return ALWAYS.contains(name) || FOLLOW.contains(name);
    }

    /**
     * What has to be changed here so that the mirror follows the source.
     *
     * @param followed what the link has set here so far; where the source still has that, a
     *     configuration that may be chosen here stays as it was chosen
     */
    static SortedMap<String, Optional<String>> changes(
            SortedMap<String, String> source,
            SortedMap<String, String> followed,
            SortedMap<String, String> here) {
        var changes = new TreeMap<String, Optional<String>>();
        for (String name : ALWAYS) {
            compare(name, source, here).ifPresent(value -> changes.put(name, value));
        }
        for (String name : FOLLOW) {
            if (!Objects.equals(followed.get(name), source.get(name))) {
                // set even if it is so here by chance: it is followed from now on
                changes.put(name, Optional.ofNullable(source.get(name)));
            } else if (!here.containsKey(name)) {
                compare(name, source, here).ifPresent(value -> changes.put(name, value));
            }
        }
        return changes;
    }

    private static Optional<Optional<String>> compare(
            String name, SortedMap<String, String> source, SortedMap<String, String> here) {
        String wanted = source.get(name);
        return Objects.equals(wanted, here.get(name))
                ? Optional.empty()
                : Optional.of(Optional.ofNullable(wanted));
    }
}
