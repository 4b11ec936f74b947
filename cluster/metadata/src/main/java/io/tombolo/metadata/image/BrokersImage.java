package io.tombolo.metadata.image;

import io.tombolo.metadata.record.BrokerRegistration;

import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

import java.util.Optional;

/**
 * The brokers of the region.
 *
 * @param byId registered ones, fenced or not, ordered by id
 */
public record BrokersImage(PSortedMap<Integer, BrokerRegistration> byId) {

    static final BrokersImage EMPTY = new BrokersImage(TreePMap.empty());

    public Optional<BrokerRegistration> broker(int brokerId) {
        return Optional.ofNullable(byId.get(brokerId));
    }

    /** Whether the broker is registered and not fenced. */
    public boolean isActive(int brokerId) {
        BrokerRegistration broker = byId.get(brokerId);
        return broker != null && !broker.fenced();
    }

    /** Whether the broker may be given leaderships: it is active and not about to stop. */
    public boolean mayLead(int brokerId) {
        BrokerRegistration broker = byId.get(brokerId);
        return broker != null && !broker.fenced() && !broker.shuttingDown();
    }

    /** These brokers, one of them new or changed. */
    public BrokersImage with(BrokerRegistration broker) {
        return new BrokersImage(byId.plus(broker.brokerId(), broker));
    }

    /** These brokers without one. */
    public BrokersImage without(int brokerId) {
        return new BrokersImage(byId.minus(brokerId));
    }
}
