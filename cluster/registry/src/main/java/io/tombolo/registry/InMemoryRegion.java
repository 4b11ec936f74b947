package io.tombolo.registry;

import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;
import io.tombolo.registry.PutOutcome.Outdated;
import io.tombolo.registry.PutOutcome.Refused;
import io.tombolo.registry.PutOutcome.Stored;
import io.tombolo.registry.PutOutcome.Unknown;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The registry of a region whose brokers are in one process: of a region of one broker, and of
 * simulations, which split it and bring it together again. Deterministic. Callable from any thread;
 * guarded by one lock, under which nothing foreign is called but {@link EventLoop#execute} and the
 * clock.
 */
public final class InMemoryRegion {

    private final Clock clock;
    private final RegistryBounds bounds;
    private final int expected;
    private final List<Member> members = new ArrayList<>();

    /** Members that reach each other, and what they share. */
    private static final class Half {

        private final Set<Member> members = new HashSet<>();
        private final Map<RegistryKey, RegistryEntry> entries = new HashMap<>();
    }

    /**
     * @param expected how many brokers the region has
     */
    public InMemoryRegion(Clock clock, RegistryBounds bounds, int expected) {
        this.clock = clock;
        this.bounds = bounds;
        this.expected = expected;
    }

    /** Another broker takes part, on the side of the first one. */
    public synchronized Registry join() {
        var member = new Member(members.isEmpty() ? new Half() : members.getFirst().half);
        member.half.members.add(member);
        member.half.entries.values().forEach(member.view::found);
        members.add(member);
        return member;
    }

    /** From now on these reach each other only, and the others each other. */
    public synchronized void split(Set<Registry> side) {
        for (Half whole : halves()) {
            var other = new Half();
            other.entries.putAll(whole.entries);
            for (Member member : List.copyOf(whole.members)) {
                if (side.contains(member)) {
                    whole.members.remove(member);
                    other.members.add(member);
                    member.half = other;
                }
            }
        }
    }

    /** All reach each other again; of two entries the one with the higher stamp stays. */
    public synchronized void heal() {
        var whole = new Half();
        for (Half half : halves()) {
            half.entries.forEach(
                    (key, entry) -> whole.entries.merge(key, entry, RegistryEntry::merged));
            whole.members.addAll(half.members);
        }
        for (Member member : whole.members) {
            member.half = whole;
            whole.entries.values().forEach(member.view::found);
        }
    }

    private Set<Half> halves() {
        var halves = new HashSet<Half>();
        members.forEach(member -> halves.add(member.half));
        return halves;
    }

    /** One broker's; guarded by the lock of the region. */
    private final class Member implements Registry {

        private final RegistryView view = new RegistryView(clock, bounds);
        private Half half;
        private boolean closed;

        Member(Half half) {
            this.half = half;
        }

        @Override
        public void put(RegistryEntry entry, EventLoop replyTo, Consumer<PutOutcome> done) {
            PutOutcome outcome = put(entry);
            replyTo.execute(() -> done.accept(outcome));
        }

        private PutOutcome put(RegistryEntry entry) {
            synchronized (InMemoryRegion.this) {
                if (closed) {
                    return new Refused("this broker has left the registry");
                }
                Optional<String> objection = view.objection(entry);
                if (objection.isPresent()) {
                    return new Refused(objection.get());
                }
                if (!reach().majority()) {
                    return new Unknown(
                            "%d of %d brokers are reached"
                                    .formatted(half.members.size(), expected));
                }
                RegistryEntry before = half.entries.get(entry.key());
                if (before != null && !entry.replaces(before)) {
                    return new Outdated(before.stamp());
                }
                half.entries.put(entry.key(), entry);
                half.members.forEach(member -> member.view.heard(entry));
                return new Stored();
            }
        }

        @Override
        public Optional<RegistrySighting> lastSeen(RegistryKey key) {
            return view.lastSeen(key);
        }

        @Override
        public List<RegistrySighting> all() {
            return view.all();
        }

        @Override
        public Reach reach() {
            synchronized (InMemoryRegion.this) {
                return new Reach(closed ? 0 : half.members.size(), expected);
            }
        }

        @Override
        public void close() {
            synchronized (InMemoryRegion.this) {
                closed = true;
                half.members.remove(this);
                members.remove(this);
            }
        }
    }
}
