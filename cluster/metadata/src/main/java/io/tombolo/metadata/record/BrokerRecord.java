package io.tombolo.metadata.record;

import org.apache.kafka.common.Uuid;

import java.util.List;

/** What happens to a broker of the region. */
public sealed interface BrokerRecord extends MetadataRecord {

    int brokerId();

    /** A broker process came up. It replaces an earlier registration of the same id. */
    record BrokerRegistered(BrokerRegistration registration) implements BrokerRecord {

        @Override
        public int brokerId() {
            return registration.brokerId();
        }
    }

    /**
     * What a registered broker is from now on.
     *
     * @param fenced whether it leads nothing and takes no clients
     * @param shuttingDown whether it is in a controlled shutdown
     * @param offlineLogDirs all its log directories that failed
     */
    record BrokerChange(
            int brokerId,
            long brokerEpoch,
            boolean fenced,
            boolean shuttingDown,
            List<Uuid> offlineLogDirs)
            implements BrokerRecord {

        public BrokerChange {
            offlineLogDirs = List.copyOf(offlineLogDirs);
        }

        /** A broker that is not shutting down and has all its log directories. */
        public BrokerChange(int brokerId, long brokerEpoch, boolean fenced) {
            this(brokerId, brokerEpoch, fenced, false, List.of());
        }
    }

    /** What shall become of a broker's replicas from now on; outlives its registrations. */
    record BrokerDrain(int brokerId, Drain drain) implements BrokerRecord {}

    /**
     * What shall become of a broker's replicas.
     *
     * @param cause who wants it and why; may be empty
     */
    record Drain(Goal goal, String cause) {

        /** Replicas stay and new ones come. */
        public static final Drain NONE = new Drain(Goal.NONE, "");

        /** What is wanted. */
        public enum Goal {
            /** Nothing. */
            NONE(0),
            /** Its replicas go to other brokers and it gets none; it stays in the region. */
            EMPTY(1),
            /** As before, and when it is empty and has stopped it leaves the region. */
            LEAVE(2);

            private final int code;

            Goal(int code) {
                this.code = code;
            }

            int code() {
                return code;
            }

            static Goal ofCode(int code) {
                return switch (code) {
                    case 0 -> NONE;
                    case 1 -> EMPTY;
                    case 2 -> LEAVE;
                    default ->
                            throw new UnreadableRecord("goal of a drain " + code + " is unknown");
                };
            }
        }

        public boolean wanted() {
            return goal != Goal.NONE;
        }
    }

    /** A broker was taken out of the region, and nothing is wanted of it any more. */
    record BrokerUnregistered(int brokerId, long brokerEpoch) implements BrokerRecord {}
}
