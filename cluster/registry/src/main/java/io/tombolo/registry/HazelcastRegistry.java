package io.tombolo.registry;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.Config;
import com.hazelcast.core.EntryEvent;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.map.IMap;
import com.hazelcast.map.listener.EntryAddedListener;
import com.hazelcast.map.listener.EntryMergedListener;
import com.hazelcast.map.listener.EntryUpdatedListener;

import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload.Outcome;
import io.tombolo.environment.ThreadOffload;
import io.tombolo.registry.PutOutcome.Outdated;
import io.tombolo.registry.PutOutcome.Refused;
import io.tombolo.registry.PutOutcome.Stored;
import io.tombolo.registry.PutOutcome.Unknown;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The registry of a region on embedded Hazelcast, one member per broker. Everything that may wait
 * for another member is done on one thread of its own; reading looks at what has come here.
 */
public final class HazelcastRegistry implements Registry {

    private static final Logger LOG = LoggerFactory.getLogger(HazelcastRegistry.class);

    /** What is put beyond that is refused: some member does not answer. */
    static final int WAITING_MAX = 64;

    private static final int LANE = 0;
    private static final int RACES_MAX = 16;

    private final HazelcastSettings settings;
    private final RegistryView view;
    private final EventLoop loop;
    private final ThreadOffload work;
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile Membership membership = new Membership.Joining();

    private sealed interface Membership {

        record Joining() implements Membership {}

        record Joined(HazelcastInstance member, IMap<String, String> map) implements Membership {}

        record Ended(String reason) implements Membership {}
    }

    private HazelcastRegistry(
            HazelcastSettings settings, Clock clock, RegistryBounds bounds, EventLoop loop) {
        this.settings = settings;
        this.loop = loop;
        this.view = new RegistryView(clock, bounds);
        this.work = new ThreadOffload(settings.name() + "-registry", 1);
    }

    /**
     * Begins to take part; returns at once. Until it does, and when it cannot, it holds nothing.
     *
     * @param loop hears what is worth a line in the log
     */
    public static HazelcastRegistry open(
            HazelcastSettings settings, Clock clock, RegistryBounds bounds, EventLoop loop) {
        return open(settings, HazelcastMember.config(settings), clock, bounds, loop);
    }

    static HazelcastRegistry open(
            HazelcastSettings settings,
            Config config,
            Clock clock,
            RegistryBounds bounds,
            EventLoop loop) {
        var registry = new HazelcastRegistry(settings, clock, bounds, loop);
        registry.work.submit(
                LANE,
                () -> {
                    registry.enter(config);
                    return true;
                },
                loop,
                registry::entered);
        return registry;
    }

    /** Takes seconds, or minutes where others do not answer. */
    private void enter(Config config) {
        if (membership instanceof Membership.Ended) {
            return;
        }
        // What it says before it reads its configuration, too.
        System.setProperty("hazelcast.logging.type", "slf4j");
        HazelcastInstance member = Hazelcast.newHazelcastInstance(config);
        IMap<String, String> map = member.getMap(HazelcastMember.MAP);
        map.addEntryListener(new Arrivals(), true);
        member.getCluster().addMembershipListener(new Changes());
        member.getLifecycleService().addLifecycleListener(this::lived);
        if (joined(new Membership.Joined(member, map))) {
            look();
        } else {
            member.getLifecycleService().terminate();
        }
    }

    private synchronized boolean joined(Membership.Joined now) {
        if (membership instanceof Membership.Ended) {
            return false;
        }
        membership = now;
        return true;
    }

    private synchronized Membership leave(String reason) {
        Membership last = membership;
        membership = new Membership.Ended(reason);
        return last;
    }

    private void entered(Outcome<Boolean> outcome) {
        if (outcome instanceof Outcome.Failed<Boolean>(Exception cause)) {
            leave(String.valueOf(cause.getMessage()));
            LOG.atWarn()
                    .setCause(cause)
                    .log("This broker takes no part in the registry; nothing depends on it");
        }
    }

    @Override
    public void put(RegistryEntry entry, EventLoop replyTo, Consumer<PutOutcome> done) {
        Optional<PutOutcome> refusal = refusal(entry);
        if (refusal.isPresent()) {
            replyTo.execute(() -> done.accept(refusal.get()));
            return;
        }
        waiting.incrementAndGet();
        work.submit(
                LANE,
                () -> store(entry),
                replyTo,
                outcome -> {
                    waiting.decrementAndGet();
                    done.accept(
                            switch (outcome) {
                                case Outcome.Done<PutOutcome>(PutOutcome stored) -> stored;
                                case Outcome.Failed<PutOutcome>(Exception cause) ->
                                        new Unknown(String.valueOf(cause.getMessage()));
                            });
                });
    }

    private Optional<PutOutcome> refusal(RegistryEntry entry) {
        if (membership instanceof Membership.Ended(String reason)) {
            return Optional.of(new Refused(reason));
        }
        if (waiting.get() >= WAITING_MAX) {
            return Optional.of(new Unknown("%d entries wait".formatted(waiting.get())));
        }
        return view.objection(entry).map(Refused::new);
    }

    /** Compares and sets until nobody comes in between; on the thread of the registry. */
    private PutOutcome store(RegistryEntry entry) {
        if (!(membership instanceof Membership.Joined(_, IMap<String, String> map))) {
            return new Unknown("this broker does not take part yet");
        }
        String key = EntryCodec.key(entry);
        String value = EntryCodec.value(entry);
        try {
            for (int race = 0; race < RACES_MAX; race++) {
                String there = map.get(key);
                Optional<RegistryEntry> before =
                        Optional.ofNullable(there).flatMap(text -> EntryCodec.decode(key, text));
                if (before.isPresent() && !entry.replaces(before.get())) {
                    return new Outdated(before.get().stamp());
                }
                boolean stored =
                        there == null
                                ? map.putIfAbsent(key, value) == null
                                : map.replace(key, there, value);
                if (stored) {
                    return new Stored();
                }
            }
            return new Unknown("others write " + key);
        } catch (HazelcastException | IllegalStateException failure) {
            return new Unknown(String.valueOf(failure.getMessage()));
        }
    }

    /** Takes in what came while nobody told. */
    private void look() {
        if (membership instanceof Membership.Joined(_, IMap<String, String> map)) {
            map.entrySet()
                    .forEach(each ->
                            EntryCodec.decode(each.getKey(), each.getValue())
                                    .ifPresent(view::found));
        }
    }

    private void lookSoon() {
        if (membership instanceof Membership.Ended) {
            return;
        }
        work.submit(
                LANE,
                () -> {
                    look();
                    return true;
                },
                loop,
                outcome -> {
                    if (outcome instanceof Outcome.Failed<Boolean>(Exception cause)) {
                        LOG.atDebug().setCause(cause).log("The registry could not be looked at");
                    }
                });
    }

    private void lived(LifecycleEvent event) {
        if (event.getState() == LifecycleEvent.LifecycleState.MERGED) {
            lookSoon();
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
        int expected = settings.all().size();
        if (!(membership instanceof Membership.Joined(HazelcastInstance member, _))) {
            return new Reach(0, expected);
        }
        try {
            return new Reach(member.getCluster().getMembers().size(), expected);
        } catch (HazelcastException | IllegalStateException ended) {
            return new Reach(0, expected);
        }
    }

    @Override
    public void close() {
        Membership last = leave("this broker has left the registry");
        if (last instanceof Membership.Joined(HazelcastInstance member, _)) {
            // What is here is told again by those that wrote it; nothing has to move away first.
            member.getLifecycleService().terminate();
        }
        try {
            work.close();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Hears of entries on the thread of Hazelcast's events. */
    private final class Arrivals
            implements EntryAddedListener<String, String>,
                    EntryUpdatedListener<String, String>,
                    EntryMergedListener<String, String> {

        @Override
        public void entryAdded(EntryEvent<String, String> event) {
            hear(event);
        }

        @Override
        public void entryUpdated(EntryEvent<String, String> event) {
            hear(event);
        }

        @Override
        public void entryMerged(EntryEvent<String, String> event) {
            EntryCodec.decode(event.getKey(), event.getValue()).ifPresent(view::found);
        }

        private void hear(EntryEvent<String, String> event) {
            EntryCodec.decode(event.getKey(), event.getValue()).ifPresent(view::heard);
        }
    }

    /** Members that come may bring entries. */
    private final class Changes implements MembershipListener {

        @Override
        public void memberAdded(MembershipEvent event) {
            lookSoon();
        }

        @Override
        public void memberRemoved(MembershipEvent event) {}
    }
}
