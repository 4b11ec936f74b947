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

    /** A broker was taken out of the region. */
    record BrokerUnregistered(int brokerId, long brokerEpoch) implements BrokerRecord {}
}
