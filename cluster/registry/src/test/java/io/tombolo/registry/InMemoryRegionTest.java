package io.tombolo.registry;

import org.junit.jupiter.api.BeforeEach;

import java.util.Set;

/** The contract in the memory of one process. */
class InMemoryRegionTest extends RegistryContract {

    private final Inbox inbox = new Inbox();
    private final StillClock clock = new StillClock();
    private final InMemoryRegion region = new InMemoryRegion(clock, BOUNDS, MEMBERS);
    private final Registry[] members = new Registry[MEMBERS];

    @BeforeEach
    void begin() {
        for (int index = 0; index < MEMBERS; index++) {
            members[index] = region.join();
        }
    }

    @Override
    Registry member(int index) {
        return members[index];
    }

    @Override
    void restart(int index) {
        members[index].close();
        members[index] = region.join();
    }

    @Override
    void isolate(int index) {
        region.split(Set.of(members[index]));
    }

    @Override
    void heal() {
        region.heal();
    }

    @Override
    Inbox inbox() {
        return inbox;
    }

    @Override
    StillClock clock() {
        return clock;
    }
}
