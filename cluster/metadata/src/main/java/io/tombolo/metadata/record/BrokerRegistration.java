package io.tombolo.metadata.record;

import org.apache.kafka.common.Uuid;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the metadata says of one broker.
 *
 * @param incarnation a fresh random id of the process
 * @param brokerEpoch larger than every broker epoch given out before in this region
 * @param logDirs ids of its log directories, those that are offline included
 * @param standing what changes while the process runs, and how the one before it ended
 */
public record BrokerRegistration(
        int brokerId,
        Uuid incarnation,
        long brokerEpoch,
        Endpoints endpoints,
        List<Uuid> logDirs,
        Standing standing) {

    /** In the place of a directory: the replica failed alone, its directory works (as Kafka's). */
    public static final Uuid LOST = new Uuid(0L, 1L);

    /**
     * In the place of a directory, in reports only: as {@link #LOST}, and the replica does not have
     * any more what it had.
     */
    public static final Uuid DAMAGED = new Uuid(0L, 3L);

    public BrokerRegistration {
        Names.requireNotNegative(brokerId, "broker id");
        Names.requireNotNegative(brokerEpoch, "broker epoch");
        logDirs = List.copyOf(logDirs);
    }

    /** A broker of whose earlier process nothing is known. */
    public BrokerRegistration(
            int brokerId,
            Uuid incarnation,
            long brokerEpoch,
            Endpoints endpoints,
            List<Uuid> logDirs,
            boolean fenced) {
        this(
                brokerId,
                incarnation,
                brokerEpoch,
                endpoints,
                logDirs,
                new Standing(fenced, false, List.of(), PreviousStop.UNKNOWN));
    }

    /** Whether it must neither lead partitions nor be shown to clients. */
    public boolean fenced() {
        return standing.fenced();
    }

    /** Whether it is in a controlled shutdown: it gives its leaderships away and gets none. */
    public boolean shuttingDown() {
        return standing.shuttingDown();
    }

    /** Whether it can use a log directory; true for one that is not assigned yet (zero). */
    public boolean hasOnline(Uuid directory) {
        return directory.equals(Uuid.ZERO_UUID)
                || logDirs.contains(directory) && !standing.offlineLogDirs().contains(directory);
    }

    public BrokerRegistration with(Standing now) {
        return new BrokerRegistration(brokerId, incarnation, brokerEpoch, endpoints, logDirs, now);
    }

    /** Where it listens, by the listener's name. */
    public Optional<BrokerListener> listener(String name) {
        return endpoints.listeners().stream().filter(one -> one.name().equals(name)).findFirst();
    }

    /**
     * Where a broker is, and what it understands.
     *
     * @param rack empty when it has none
     * @param features the levels of each feature that its release can run; empty when it did not
     *     say
     */
    public record Endpoints(
            List<BrokerListener> listeners, String rack, SortedMap<String, Levels> features) {

        public Endpoints {
            listeners = List.copyOf(listeners);
            features = Collections.unmodifiableSortedMap(new TreeMap<>(features));
        }

        /** Of a broker that does not say what it understands. */
        public Endpoints(List<BrokerListener> listeners, String rack) {
            this(listeners, rack, new TreeMap<>());
        }

        /** Why it cannot run a feature at a level that is not off; empty when it can. */
        public Optional<String> objection(String feature, short level) {
            return features.isEmpty()
                    ? Optional.empty()
                    : Levels.objection(features, feature, level);
        }
    }

    /** The levels of a feature from the lowest to the highest. */
    public record Levels(short min, short max) {

        boolean has(short level) {
            return min <= level && level <= max;
        }

        static Optional<String> objection(
                SortedMap<String, Levels> all, String feature, short level) {
            Levels levels = all.get(feature);
            if (levels != null && levels.has(level)) {
                return Optional.empty();
            }
            return Optional.of(
                    levels == null
                            ? "does not support this feature"
                            : "only supports versions %d-%d".formatted(levels.min(), levels.max()));
        }
    }

    /**
     * How a broker does.
     *
     * @param offlineLogDirs those of its log directories that failed
     */
    public record Standing(
            boolean fenced,
            boolean shuttingDown,
            List<Uuid> offlineLogDirs,
            PreviousStop previousStop) {

        public Standing {
            offlineLogDirs = List.copyOf(offlineLogDirs);
        }
    }

    /** How the process that had the id before ended. */
    public enum PreviousStop {
        /** There was none, or the record is from before this was kept. */
        UNKNOWN,
        /** It closed its logs properly, as the registration that is replaced. */
        CLEAN,
        /** It may have lost the tails of its logs. */
        UNCLEAN
    }
}
