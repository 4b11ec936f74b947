package io.tombolo.metadata.record;

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

    /** A registered broker was fenced (it leads nothing and takes no clients) or unfenced. */
    record BrokerChange(int brokerId, long brokerEpoch, boolean fenced) implements BrokerRecord {}

    /** A broker was taken out of the region. */
    record BrokerUnregistered(int brokerId, long brokerEpoch) implements BrokerRecord {}
}
