package io.tombolo.metadata.record;

import org.apache.kafka.common.Uuid;

import java.util.List;
import java.util.Optional;

/**
 * What the metadata says of one broker.
 *
 * @param incarnation a fresh random id of the process
 * @param brokerEpoch larger than every broker epoch given out before in this region
 * @param rack empty when the broker has none
 * @param logDirs ids of its log directories
 * @param fenced whether it must neither lead partitions nor be shown to clients
 */
public record BrokerRegistration(
        int brokerId,
        Uuid incarnation,
        long brokerEpoch,
        Endpoints endpoints,
        List<Uuid> logDirs,
        boolean fenced) {

    public BrokerRegistration {
        Names.requireNotNegative(brokerId, "broker id");
        Names.requireNotNegative(brokerEpoch, "broker epoch");
        logDirs = List.copyOf(logDirs);
    }

    public BrokerRegistration withFenced(boolean nowFenced) {
        return new BrokerRegistration(
                brokerId, incarnation, brokerEpoch, endpoints, logDirs, nowFenced);
    }

    /** Where it listens, by the listener's name. */
    public Optional<BrokerListener> listener(String name) {
        return endpoints.listeners().stream().filter(one -> one.name().equals(name)).findFirst();
    }

    /**
     * Where a broker is.
     *
     * @param rack empty when it has none
     */
    public record Endpoints(List<BrokerListener> listeners, String rack) {

        public Endpoints {
            listeners = List.copyOf(listeners);
        }
    }
}
