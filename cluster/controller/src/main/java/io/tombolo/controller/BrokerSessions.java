package io.tombolo.controller;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * When brokers were last heard of; belongs to one term of the controller and is not in the
 * metadata. Mutable, owned by the controller's loop.
 */
final class BrokerSessions {

    private final long sessionNanos;
    private final Map<Integer, Contact> contacts = new TreeMap<>();

    /**
     * @param heard false for the start of a term, when silence begins to count but nothing is known
     */
    private record Contact(long nanos, boolean heard) {}

    BrokerSessions(long sessionNanos) {
        this.sessionNanos = sessionNanos;
    }

    /** Begins a term: these brokers have a whole session to be heard of. */
    void restart(Collection<Integer> active, long nowNanos) {
        contacts.clear();
        active.forEach(broker -> contacts.put(broker, new Contact(nowNanos, false)));
    }

    void heard(int brokerId, long nowNanos) {
        contacts.put(brokerId, new Contact(nowNanos, true));
    }

    /** The broker is gone and said so, or was fenced for its silence. */
    void forget(int brokerId) {
        contacts.remove(brokerId);
    }

    /** Whether the broker was heard of in this term, less than a session ago. */
    boolean live(int brokerId, long nowNanos) {
        Contact last = contacts.get(brokerId);
        return last != null && last.heard() && nowNanos - last.nanos() < sessionNanos;
    }

    /** The brokers that were not heard of for a session, by id. */
    List<Integer> silent(long nowNanos) {
        return contacts.entrySet().stream()
                .filter(contact -> nowNanos - contact.getValue().nanos() >= sessionNanos)
                .map(Map.Entry::getKey)
                .toList();
    }
}
