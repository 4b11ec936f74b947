package io.tombolo.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;
import io.tombolo.region.RegionId;
import io.tombolo.registry.RegistryEntry.Stamp;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

/** What every registry of a region of three brokers does; what is told takes its time. */
abstract class RegistryContract {

    static final int MEMBERS = 3;
    static final RegistryBounds BOUNDS = new RegistryBounds(60, 1_000, 4_000);

    private static final RegionId EU = new RegionId("eu");
    private static final long PATIENCE_SECONDS = 60;

    /** Outcomes come here; whoever waits for something takes them out. */
    static final class Inbox implements EventLoop {

        private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();

        @Override
        public int index() {
            return 0;
        }

        @Override
        public boolean inLoop() {
            return false;
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            throw new AssertionError("the registry has no timers here");
        }

        void runOne() {
            try {
                Runnable task = tasks.poll(10, TimeUnit.MILLISECONDS);
                if (task != null) {
                    task.run();
                }
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }
    }

    /** Stands still unless it is moved. */
    static final class StillClock implements Clock {

        final AtomicLong nanos = new AtomicLong();

        @Override
        public long nanoTime() {
            return nanos.get();
        }

        @Override
        public long wallTimeMs() {
            return nanos.get() / 1_000_000;
        }
    }

    /** One of the three, from 0. */
    abstract Registry member(int index);

    /** It leaves and comes back with nothing. */
    abstract void restart(int index);

    /** It and the others do not reach each other. */
    abstract void isolate(int index);

    abstract void heal();

    abstract Inbox inbox();

    abstract StillClock clock();

    private String test = "";

    @BeforeEach
    void name(TestInfo info) {
        test = info.getTestMethod().orElseThrow().getName();
    }

    /** Each test has entries of its own. */
    private RegistryKey key(String name) {
        String unique = Integer.toHexString(test.hashCode()) + "-" + name;
        return new RegistryKey(EU, unique);
    }

    private RegistryEntry entry(String name, long epoch, long sequence, String text) {
        return new RegistryEntry(key(name), new Stamp(epoch, sequence), text);
    }

    PutOutcome put(Registry registry, RegistryEntry entry) {
        var outcomes = new ArrayList<PutOutcome>();
        registry.put(entry, inbox(), outcomes::add);
        until("an outcome", () -> !outcomes.isEmpty());
        return outcomes.getFirst();
    }

    void until(String what, BooleanSupplier goal) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!goal.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            inbox().runOne();
        }
    }

    private void untilAllSee(RegistryEntry entry) {
        for (int index = 0; index < MEMBERS; index++) {
            Registry member = member(index);
            until(
                    entry + " is seen by " + index,
                    () ->
                            member.lastSeen(entry.key())
                                    .filter(it -> it.entry().equals(entry))
                                    .isPresent());
        }
    }

    private void untilStored(Registry registry, RegistryEntry entry) {
        until("stored", () -> put(registry, entry) instanceof PutOutcome.Stored);
    }

    @Test
    void whatOneBrokerPutsAllSee() {
        RegistryEntry entry = entry("a", 1, 1, "über Äcker\n\u0000");

        assertThat(put(member(1), entry)).isEqualTo(new PutOutcome.Stored());

        untilAllSee(entry);
        assertThat(member(0).all()).extracting(RegistrySighting::entry).contains(entry);
        assertThat(member(0).reach()).isEqualTo(new Registry.Reach(MEMBERS, MEMBERS));
    }

    @Test
    void anOlderEntryDoesNotTakeThePlaceOfANewer() {
        put(member(0), entry("a", 2, 1, "new"));

        assertThat(put(member(1), entry("a", 1, 9, "of an earlier writer")))
                .isEqualTo(new PutOutcome.Outdated(new Stamp(2, 1)));
        assertThat(put(member(2), entry("a", 2, 0, "late")))
                .isEqualTo(new PutOutcome.Outdated(new Stamp(2, 1)));

        untilAllSee(entry("a", 2, 1, "new"));
        assertThat(put(member(2), entry("a", 2, 1, "the same again")))
                .isEqualTo(new PutOutcome.Stored());
        untilAllSee(entry("a", 2, 1, "the same again"));
    }

    @Test
    void ofManyThatWriteAtOnceTheNewestStays() {
        var outcomes = new ArrayList<PutOutcome>();
        for (int sequence = 0; sequence < 30; sequence++) {
            member(sequence % MEMBERS)
                    .put(
                            entry("a", 1, (sequence * 7) % 30, "v" + (sequence * 7) % 30),
                            inbox(),
                            outcomes::add);
        }
        until("all answered", () -> outcomes.size() == 30);

        untilAllSee(entry("a", 1, 29, "v29"));
        assertThat(outcomes)
                .allMatch(
                        it -> it instanceof PutOutcome.Stored || it instanceof PutOutcome.Outdated);
    }

    @Test
    void whatIsTooLargeOrTooMuchIsRefused() {
        assertThat(put(member(0), entry("a", 1, 1, "x".repeat(1_001))))
                .isInstanceOfSatisfying(
                        PutOutcome.Refused.class,
                        it -> assertThat(it.reason()).contains("1001 characters, more than 1000"));
        var outcomes = new ArrayList<PutOutcome>();
        for (int index = 0; index < 5; index++) {
            outcomes.add(put(member(0), entry("b" + index, 1, 1, "x".repeat(1_000))));
            int last = index;
            until(
                    "seen or refused",
                    () ->
                            !(outcomes.get(last) instanceof PutOutcome.Stored)
                                    || member(0).lastSeen(key("b" + last)).isPresent());
        }

        assertThat(outcomes.getLast()).isInstanceOf(PutOutcome.Refused.class);
        for (int index = 0; index < 4; index++) {
            put(member(0), entry("b" + index, 2, 1, "")); // room for other tests
        }
        for (int index = 0; index < MEMBERS; index++) {
            Registry member = member(index);
            until(
                    "given up",
                    () ->
                            member.all().stream().mapToInt(it -> it.entry().text().length()).sum()
                                    < 2_000);
        }
    }

    @Test
    void anEntryGrowsOldUntilItIsPutAgain() {
        RegistryEntry entry = entry("a", 1, 1, "alive");
        put(member(0), entry);
        untilAllSee(entry);
        long before = ageOf(entry);

        clock().nanos.addAndGet(Duration.ofSeconds(7).toNanos());

        assertThat(ageOf(entry) - before).isEqualTo(Duration.ofSeconds(7).toNanos());
        put(member(0), entry);
        until("young again", () -> ageOf(entry) == 0);
    }

    private long ageOf(RegistryEntry entry) {
        return member(2).lastSeen(entry.key()).orElseThrow().ageNanos();
    }

    @Test
    void aBrokerThatComesBackSeesWhatIsThere() {
        RegistryEntry entry = entry("a", 3, 4, "there");
        put(member(0), entry);

        restart(2);
        until("back", () -> member(2).reach().members() == MEMBERS);

        untilAllSee(entry);
        List<RegistrySighting> all = member(2).all();
        assertThat(all).extracting(it -> it.entry().key()).isSorted();
    }

    @Test
    void aBrokerAloneIsToldThatItsEntriesAreNotTakenAndTheOthersGoOn() {
        RegistryEntry before = entry("a", 1, 1, "before");
        put(member(0), before);
        untilAllSee(before);
        isolate(0);
        try {
            assertThat(put(member(0), entry("a", 1, 2, "alone")))
                    .isInstanceOf(PutOutcome.Unknown.class);
            untilStored(member(1), entry("a", 1, 3, "the others"));
            untilStored(member(2), entry("b", 1, 1, "only there"));
            until("alone", () -> member(0).reach().members() == 1);
            assertThat(member(0).reach().majority()).isFalse();
            assertThat(put(member(0), entry("c", 1, 1, "alone")))
                    .isInstanceOf(PutOutcome.Unknown.class);
            assertThat(member(0).lastSeen(key("a"))).isPresent();
        } finally {
            heal();
        }
        for (int index = 0; index < MEMBERS; index++) {
            Registry member = member(index);
            until("together again", () -> member.reach().members() == MEMBERS);
        }

        untilAllSee(entry("a", 1, 3, "the others"));
        untilAllSee(entry("b", 1, 1, "only there"));
        untilStored(member(0), entry("a", 1, 4, "after"));
        untilAllSee(entry("a", 1, 4, "after"));
    }
}
