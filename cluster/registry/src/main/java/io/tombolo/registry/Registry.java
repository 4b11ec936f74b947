package io.tombolo.registry;

import io.tombolo.environment.EventLoop;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What is told in a region, as one broker of it sees it. Callable from any thread; nothing waits
 * for another broker. It gives advice only: whoever decides looks into the metadata log.
 */
public interface Registry extends AutoCloseable {

    /**
     * Puts an entry where no newer one of its key is; putting the same one again shows that its
     * writer lives. Returns at once.
     *
     * @param done called once, on the loop
     */
    void put(RegistryEntry entry, EventLoop replyTo, Consumer<PutOutcome> done);

    /** The newest entry that reached this broker. */
    Optional<RegistrySighting> lastSeen(RegistryKey key);

    /** All that reached this broker, by key; also when it reaches nobody any more. */
    List<RegistrySighting> all();

    /** How this broker's view stands. */
    Reach reach();

    /** Leaves; what was seen can still be read. Repeatable. */
    @Override
    void close();

    /**
     * How many brokers share a view.
     *
     * @param members this one included; 0 when it takes no part, or not yet
     * @param expected all of the region
     */
    record Reach(int members, int expected) {

        /** Whether entries are taken: two halves of a region cannot both have most of it. */
        public boolean majority() {
            return members > expected / 2;
        }
    }
}
