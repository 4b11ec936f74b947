package io.tombolo.metadata.image;

import io.tombolo.metadata.record.BrokerRecord.Drain;
import io.tombolo.metadata.record.BrokerRegistration;

import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

import java.util.Optional;

/**
 * The brokers of the region.
 *
 * @param byId registered ones, fenced or not, ordered by id
 * @param drains what is wanted of those that are to be emptied; registered ones only
 */
public record BrokersImage(
        PSortedMap<Integer, BrokerRegistration> byId, PSortedMap<Integer, Drain> drains) {

    static final BrokersImage EMPTY = new BrokersImage(TreePMap.empty(), TreePMap.empty());

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

    /** Whether the broker is to be emptied: it gets nothing and leads only what nobody else can. */
    public boolean cordoned(int brokerId) {
        return drains.containsKey(brokerId);
    }

    /** What is wanted of a broker. */
    public Drain drainOf(int brokerId) {
        Drain drain = drains.get(brokerId);
        return drain == null ? Drain.NONE : drain;
    }

    /** Whether the broker is the right place for replicas and leaderships. */
    public boolean welcomes(int brokerId) {
        return mayLead(brokerId) && !cordoned(brokerId);
    }

    /** These brokers, one of them new or changed. */
    public BrokersImage with(BrokerRegistration broker) {
        return new BrokersImage(byId.plus(broker.brokerId(), broker), drains);
    }

    /** These brokers, of one of which something else is wanted. */
    public BrokersImage with(int brokerId, Drain drain) {
        return new BrokersImage(
                byId, drain.wanted() ? drains.plus(brokerId, drain) : drains.minus(brokerId));
    }

    /** These brokers without one. */
    public BrokersImage without(int brokerId) {
        return new BrokersImage(byId.minus(brokerId), drains.minus(brokerId));
    }
}
