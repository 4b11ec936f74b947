package io.tombolo.region.registry;

import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;
import io.tombolo.region.RegionId;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The notice-board of regions that run in one process: of {@code dev} and of simulations. Regions
 * can be cut off from each other. Deterministic: deliveries are handed to loops in the order of
 * publication and of subscription. Callable from any thread; guarded by one lock, under which
 * nothing foreign is called but {@link EventLoop#execute} and the clock.
 */
public final class InMemoryRegistry {

    private record Cut(RegionId from, RegionId to) {}

    private record Seen(RegionDocument document, long atNanos) {}

    private final Clock clock;
    private final SortedMap<RegionId, Member> members = new TreeMap<>();
    private final Set<Cut> cuts = new HashSet<>();

    public InMemoryRegistry(Clock clock) {
        this.clock = clock;
    }

    /** The view of this region; the same object for the same region. */
    public synchronized RegionRegistry of(RegionId region) {
        return members.computeIfAbsent(region, Member::new);
    }

    /** From now on documents of one region do not reach the other. Repeatable. */
    public synchronized void cut(RegionId from, RegionId to) {
        cuts.add(new Cut(from, to));
    }

    /** Ends {@link #cut}; the latest document is delivered at once. */
    public synchronized void heal(RegionId from, RegionId to) {
        if (cuts.remove(new Cut(from, to)) && members.containsKey(from)) {
            Member sender = members.get(from);
            Seen own = sender == null ? null : sender.seen.get(from);
            if (own != null) {
                deliver(own.document(), to);
            }
        }
    }

    private synchronized void publish(RegionDocument document) {
        for (RegionId to : List.copyOf(members.keySet())) {
            if (!cuts.contains(new Cut(document.region(), to))) {
                deliver(document, to);
            }
        }
    }

    private void deliver(RegionDocument document, RegionId to) {
        Member receiver = members.get(to);
        if (receiver != null) {
            receiver.receive(document);
        }
    }

    /** The board as one region sees it; guarded by the lock of the board. */
    private final class Member implements RegionRegistry {

        private final RegionId own;
        private final SortedMap<RegionId, Seen> seen = new TreeMap<>();
        private final List<Delivery> deliveries = new ArrayList<>();

        Member(RegionId own) {
            this.own = own;
            for (Member other : members.values()) {
                Seen document = other.seen.get(other.own);
                if (document != null && !cuts.contains(new Cut(other.own, own))) {
                    seen.put(other.own, document);
                }
            }
        }

        @Override
        public void publish(RegionDocument document) {
            if (!document.region().equals(own)) {
                throw new IllegalArgumentException(
                        "region " + own + " cannot publish for region " + document.region());
            }
            InMemoryRegistry.this.publish(document);
        }

        void receive(RegionDocument document) {
            Seen before = seen.get(document.region());
            int order =
                    before == null ? 1 : document.version().compareTo(before.document().version());
            RegionDocument newest = before == null || order >= 0 ? document : before.document();
            seen.put(document.region(), new Seen(newest, clock.nanoTime()));
            if (order > 0 && !document.region().equals(own)) {
                deliveries.forEach(delivery -> delivery.hand(document));
            }
        }

        @Override
        public Optional<Sighting> lastSeen(RegionId region) {
            synchronized (InMemoryRegistry.this) {
                return Optional.ofNullable(seen.get(region)).map(this::sighting);
            }
        }

        @Override
        public List<Sighting> others() {
            synchronized (InMemoryRegistry.this) {
                return seen.values().stream()
                        .filter(document -> !document.document().region().equals(own))
                        .map(this::sighting)
                        .toList();
            }
        }

        @Override
        public Subscription subscribe(EventLoop loop, Consumer<RegionDocument> listener) {
            synchronized (InMemoryRegistry.this) {
                var delivery = new Delivery(loop, listener);
                deliveries.add(delivery);
                others().forEach(sighting -> delivery.hand(sighting.document()));
                return () -> end(delivery);
            }
        }

        private void end(Delivery delivery) {
            synchronized (InMemoryRegistry.this) {
                deliveries.remove(delivery);
            }
        }

        private Sighting sighting(Seen document) {
            return new Sighting(document.document(), clock.nanoTime() - document.atNanos());
        }
    }

    private record Delivery(EventLoop loop, Consumer<RegionDocument> listener) {

        void hand(RegionDocument document) {
            loop.execute(() -> listener.accept(document));
        }
    }
}
