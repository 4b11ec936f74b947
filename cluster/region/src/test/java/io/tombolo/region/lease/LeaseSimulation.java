package io.tombolo.region.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.lease.LeaseLedger.Entry;
import io.tombolo.region.lease.LeaseLedger.Holding;
import io.tombolo.region.lease.LeaseLedger.Verdict;
import io.tombolo.region.lease.LeaseLedger.Wish;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * Two regions that write and a witness, each with a voter, under faults: messages are lost, late,
 * come twice and overtake each other; the leader of the voters changes at any moment and takes what
 * was not agreed on with it; processes stand still for longer than a lease, start again with clocks
 * that begin anywhere, and every clock runs as fast as its margin allows, or as slow; links are cut
 * in one direction or both. Regions fail over and hand over all the time.
 *
 * <p>Invariants: ONE_WRITER, at no instant do brokers of two regions acknowledge; EPOCH_GROWS, what
 * is acknowledged later was so under no lower epoch, and an epoch is one region's; LIVENESS, in
 * peace a region whose other one is gone writes in no more than two leases and a few messages.
 *
 * <p>What the voters agree on is one sequence here; that Raft makes it one is QuorumSimulation's.
 */
class LeaseSimulation {

    private static final int SEEDS = Integer.getInteger("seeds", 300);
    private static final int STEPS = 600;
    private static final DomainName DOMAIN = new DomainName("eu-to-us");
    private static final Lease.Terms TERMS = Lease.Terms.STANDARD;
    private static final long MS = 1_000_000;

    /** What is wrong with a world, and what notices. */
    private enum Fault {
        NONE(""),
        HOLDER_COUNTS_FROM_THE_ANSWER("ONE_WRITER"),
        GRANTER_DOES_NOT_WAIT("ONE_WRITER"),
        DRIFT_IS_IGNORED("ONE_WRITER"),
        LEASE_SURVIVES_A_RESTART("ONE_WRITER"),
        LEASE_IS_GOOD_FOR_ANY_EPOCH("ONE_WRITER"),
        JUDGEMENT_IGNORES_NEW_RENEWALS("ONE_WRITER"),
        EPOCHS_ARE_NOT_COMPARED("EPOCH_GROWS"),
        GRANTER_WAITS_FOR_EVER("LIVENESS");

        private final String law;

        Fault(String law) {
            this.law = law;
        }
    }

    @Test
    void oneRegionWritesAtATimeWhateverHappens() {
        var seen = new TreeSet<String>();
        Long only = Long.getLong("seed");
        long end = only == null ? SEEDS : only + 1;
        for (long seed = only == null ? 0 : only; seed < end; seed++) {
            var world = new World(seed, Fault.NONE);
            world.run();
            seen.addAll(world.seen);
        }
        assertThat(only == null ? seen : Set.of("granted", "passed on", "ran out", "void"))
                .contains("granted", "passed on", "ran out", "void");
    }

    @Test
    void oneSeedTwiceGivesOneTrace() {
        var first = new World(3, Fault.NONE);
        var second = new World(3, Fault.NONE);

        first.run();
        second.run();

        assertThat(first.trace).hasToString(second.trace.toString());
    }

    @Test
    void everyMistakeIsCaught() {
        for (Fault fault : Fault.values()) {
            if (fault != Fault.NONE) {
                assertThatThrownBy(() -> runAll(fault), fault.name())
                        .isInstanceOf(AssertionError.class)
                        .hasMessageContaining(fault.law);
            }
        }
    }

    private static void runAll(Fault fault) {
        for (long seed = 0; seed < 3_000; seed++) {
            new World(seed, fault).run();
        }
    }

    /** A machine's monotonic clock: it begins anywhere, and runs a little fast or slow. */
    private static final class Machine {

        private long origin;
        private final double rate;
        private boolean still;

        Machine(Random random) {
            origin = random.nextInt(1_000_000) * MS;
            rate = 1 + (random.nextInt(3) - 1) * 0.049;
        }

        long read(long trueNanos) {
            return origin + (long) (trueNanos * rate);
        }

        void startAgain(Random random) {
            origin = random.nextInt(1_000_000) * MS;
        }
    }

    private static final class Voter {

        private final Machine machine;
        private LeaseLedger granter;
        private int applied;

        Voter(Machine machine, LeaseLedger granter) {
            this.machine = machine;
            this.granter = granter;
        }
    }

    private static final class Site {

        private final RegionId id;
        private final List<Writer> writers = new ArrayList<>();
        private boolean owns;
        private long epoch;
        private boolean cutOff;

        Site(String name) {
            id = new RegionId(name);
        }
    }

    private static final class Writer {

        private final Site site;
        private final Machine machine;
        private Lease lease;
        private int life;

        Writer(Site site, Machine machine, Lease lease) {
            this.site = site;
            this.machine = machine;
            this.lease = lease;
        }
    }

    /** A question under way, and what it was asked from. */
    private record Question(Writer from, int life, long askedNanos, Wish wish) {}

    private record Proposal(Question question, Entry entry) {}

    private record Message(long dueNanos, Runnable delivery) {}

    private static final class World {

        private final StringBuilder trace = new StringBuilder();
        private final Set<String> seen = new TreeSet<>();
        private final Random random;
        private final Fault fault;
        private final Lease.Terms granting;
        private final List<Voter> voters = new ArrayList<>();
        private final Site eu = new Site("eu");
        private final Site us = new Site("us");
        private final List<Message> messages = new ArrayList<>();
        private final List<Proposal> agreed = new ArrayList<>();
        private final List<Proposal> pending = new ArrayList<>();
        private int leader;
        private long now;
        private boolean peace;
        private long epochWritten;
        private RegionId writer = eu.id;

        World(long seed, Fault fault) {
            this.random = new Random(seed);
            this.fault = fault;
            this.granting =
                    switch (fault) {
                        case DRIFT_IS_IGNORED -> stretched(20, 21);
                        case GRANTER_WAITS_FOR_EVER -> new Lease.Terms(Duration.ofHours(1));
                        default -> TERMS;
                    };
            for (int i = 0; i < 3; i++) {
                voters.add(new Voter(new Machine(random), granter()));
            }
            for (Site site : List.of(eu, us)) {
                site.writers.add(new Writer(site, new Machine(random), lease()));
                site.writers.add(new Writer(site, new Machine(random), lease()));
            }
            eu.owns = true;
        }

        private static Lease.Terms stretched(int times, int by) {
            return new Lease.Terms(TERMS.length().multipliedBy(times).dividedBy(by));
        }

        private LeaseLedger granter() {
            var rules = EnumSet.allOf(LeaseRule.class);
            switch (fault) {
                case GRANTER_DOES_NOT_WAIT -> rules.remove(LeaseRule.WAIT);
                case JUDGEMENT_IGNORES_NEW_RENEWALS -> rules.remove(LeaseRule.SEEN_RENEWALS);
                case EPOCHS_ARE_NOT_COMPARED -> rules.remove(LeaseRule.EPOCH_GROWS);
                default -> {}
            }
            return new LeaseLedger(granting, rules);
        }

        private Lease lease() {
            return new Lease(fault == Fault.DRIFT_IS_IGNORED ? stretched(20, 19) : TERMS);
        }

        void run() {
            for (int step = 0; step < STEPS; step++) {
                happen();
                verify();
            }
            peace = true;
            rest();
        }

        private void happen() {
            pass(random.nextInt(400) * MS);
            switch (random.nextInt(22)) {
                case 0, 1, 2, 3, 4, 5 -> agree();
                case 6, 7, 8, 9 -> renew(writerOf(random.nextBoolean() ? eu : us));
                case 10, 11 -> takeOver(random.nextBoolean() ? eu : us);
                case 12 -> handOver(random.nextBoolean() ? eu : us);
                case 13 -> elect();
                case 14 -> pass(random.nextInt(12_000) * MS);
                case 15 -> standStill();
                case 16 -> startAgain();
                case 17 -> (random.nextBoolean() ? eu : us).cutOff = random.nextInt(3) > 0;
                case 18 -> hear();
                default -> apply(voters.get(random.nextInt(3)));
            }
        }

        /** Time goes on in pieces, and what is due arrives. */
        private void pass(long nanos) {
            long end = now + nanos;
            while (now < end) {
                now = Math.min(end, now + 50 * MS);
                deliver();
                verify();
            }
        }

        private void deliver() {
            for (Message message : List.copyOf(messages)) {
                if (message.dueNanos() <= now && messages.remove(message)) {
                    message.delivery().run();
                }
            }
        }

        private void send(Site site, Runnable delivery) {
            if (!peace && (site.cutOff || random.nextInt(8) == 0)) {
                return;
            }
            long lateness = peace ? 20 : random.nextInt(random.nextInt(5) == 0 ? 8_000 : 100);
            messages.add(new Message(now + lateness * MS, delivery));
            if (!peace && random.nextInt(10) == 0) {
                messages.add(new Message(now + random.nextInt(5_000) * MS, delivery));
            }
        }

        private Writer writerOf(Site site) {
            return site.writers.get(random.nextInt(site.writers.size()));
        }

        private Site other(Site site) {
            return site == eu ? us : eu;
        }

        private void renew(Writer writer) {
            if (writer.site.owns && !writer.machine.still) {
                ask(writer, new Wish.Hold(DOMAIN, writer.site.id, writer.site.epoch));
            }
        }

        private void takeOver(Site site) {
            if (!site.owns) {
                ask(writerOf(site), new Wish.Hold(DOMAIN, site.id, site.epoch + 1));
            }
        }

        /** Its own log has decided that it writes no more; the other one hears of that later. */
        private void handOver(Site site) {
            if (!site.owns) {
                return;
            }
            site.owns = false;
            site.epoch += 2;
            long epoch = site.epoch;
            Site next = other(site);
            trace.append("handed over ").append(epoch).append('\n');
            ask(writerOf(site), new Wish.PassOn(DOMAIN, site.id, next.id, epoch));
            send(next, () -> own(next, epoch));
        }

        private void own(Site site, long epoch) {
            if (epoch > site.epoch) {
                site.epoch = epoch;
                site.owns = true;
                trace.append(site.id).append(" owns ").append(epoch).append('\n');
            }
        }

        private void ask(Writer from, Wish wish) {
            var question = new Question(from, from.life, from.machine.read(now), wish);
            send(from.site, () -> judge(question));
        }

        private void judge(Question question) {
            Voter judging = voters.get(leader);
            if (judging.machine.still) {
                return;
            }
            switch (judging.granter.judge(question.wish(), judging.machine.read(now))) {
                case Verdict.Agree(Entry entry) -> {
                    pending.add(new Proposal(question, entry));
                    if (random.nextBoolean()) {
                        agree();
                    }
                }
                case Verdict.Wait(Holding _, long nanos) -> {
                    long due = now + (long) (nanos / judging.machine.rate) + MS;
                    messages.add(new Message(due, () -> askAgain(question)));
                }
                case Verdict.Refused refused ->
                        refused.holding()
                                .ifPresent(holding ->
                                        send(
                                                question.from().site,
                                                () -> learn(question.from().site, holding)));
            }
        }

        /** Whoever waits for a lease to run out asks when it should have. */
        private void askAgain(Question question) {
            boolean waits = !question.from().site.owns && question.life() == question.from().life;
            if (waits && !question.from().machine.still) {
                ask(question.from(), question.wish());
            }
        }

        /** Who was refused learns of the epoch that is in force. */
        private void learn(Site site, Holding holding) {
            if (holding.epoch() > site.epoch) {
                site.epoch = holding.epoch();
                site.owns = holding.region().equals(site.id);
            }
        }

        private void agree() {
            if (!pending.isEmpty()) {
                agreed.add(pending.removeFirst());
                apply(voters.get(leader));
            }
        }

        private void apply(Voter voter) {
            while (!voter.machine.still && voter.applied < agreed.size()) {
                Proposal next = agreed.get(voter.applied++);
                boolean valid = voter.granter.apply(next.entry(), voter.machine.read(now));
                if (voter == voters.get(leader) && voter.applied == agreed.size()) {
                    trace.append(now / MS).append(' ').append(next.entry()).append(' ');
                    trace.append(valid).append('\n');
                    count(next.entry(), valid);
                    answer(next, valid);
                }
            }
        }

        private void count(Entry entry, boolean valid) {
            if (!valid) {
                seen.add("void");
            } else if (entry instanceof Entry.Give) {
                seen.add("passed on");
            } else if (entry instanceof Entry.Grant grant) {
                seen.add(grant.renewals() > 0 ? "ran out" : "granted");
            }
        }

        private void answer(Proposal proposal, boolean valid) {
            Question question = proposal.question();
            if (valid && question.wish() instanceof Wish.Hold hold) {
                send(question.from().site, () -> given(question, hold));
            }
        }

        private void given(Question question, Wish.Hold hold) {
            Writer writer = question.from();
            if (writer.machine.still) {
                messages.add(new Message(now + 100 * MS, () -> given(question, hold)));
                return;
            }
            if (question.life() != writer.life) {
                return;
            }
            own(writer.site, hold.epoch());
            writer.lease.given(
                    fault == Fault.LEASE_IS_GOOD_FOR_ANY_EPOCH ? 0 : hold.epoch(),
                    fault == Fault.HOLDER_COUNTS_FROM_THE_ANSWER
                            ? writer.machine.read(now)
                            : question.askedNanos());
        }

        /** What was not agreed on yet is lost from somewhere on; the next leader has all before. */
        private void elect() {
            int kept = random.nextInt(pending.size() + 1);
            agreed.addAll(pending.subList(0, kept));
            pending.clear();
            leader = random.nextInt(3);
            voters.get(leader).machine.still = false;
            apply(voters.get(leader));
        }

        private void standStill() {
            Machine machine =
                    random.nextInt(3) == 0
                            ? voters.get(random.nextInt(3)).machine
                            : writerOf(random.nextBoolean() ? eu : us).machine;
            machine.still = !machine.still;
        }

        private void startAgain() {
            if (random.nextInt(3) == 0) {
                int which = random.nextInt(3);
                Voter voter = voters.get(which);
                if (which == leader) {
                    pending.clear();
                }
                voter.machine.startAgain(random);
                List<Entry> kept = voter.granter.kept();
                voter.granter = granter();
                kept.forEach(entry -> voter.granter.apply(entry, voter.machine.read(now)));
                return;
            }
            Writer writer = writerOf(random.nextBoolean() ? eu : us);
            writer.machine.startAgain(random);
            writer.machine.still = false;
            writer.life++;
            if (fault != Fault.LEASE_SURVIVES_A_RESTART) {
                writer.lease = lease();
            }
        }

        /** What the regions know of each other's ownership, now and then. */
        private void hear() {
            Site newer = eu.epoch > us.epoch ? eu : us;
            Site older = other(newer);
            if (newer.epoch > older.epoch && newer.owns) {
                long epoch = newer.epoch;
                send(
                        older,
                        () -> {
                            if (epoch > older.epoch) {
                                older.epoch = epoch;
                                older.owns = false;
                            }
                        });
            }
        }

        private boolean writes(Writer one) {
            return one.site.owns
                    && !one.machine.still
                    && one.lease.heldAt(
                            fault == Fault.LEASE_IS_GOOD_FOR_ANY_EPOCH ? 0 : one.site.epoch,
                            one.machine.read(now));
        }

        private void verify() {
            var writing = new ArrayList<Writer>();
            for (Site site : List.of(eu, us)) {
                site.writers.stream().filter(this::writes).forEach(writing::add);
            }
            for (Writer one : writing) {
                Site site = one.site;
                boolean alone = writing.stream().allMatch(other -> other.site == site);
                require(alone, "ONE_WRITER");
                boolean grows =
                        site.epoch > epochWritten
                                || site.epoch == epochWritten && site.id.equals(writer);
                require(grows, "EPOCH_GROWS");
                epochWritten = site.epoch;
                writer = site.id;
            }
        }

        private void require(boolean holds, String law) {
            // A mutant's own law must speak for itself.
            if (!holds && law.contains(fault.law)) {
                String tail = trace.substring(Math.max(0, trace.length() - 3_000));
                throw new AssertionError(law + " at " + now / MS + " ms\n" + tail);
            }
        }

        /** Everything works but one region, which is gone: the other one soon writes. */
        private void rest() {
            Site survivor = random.nextBoolean() ? eu : us;
            other(survivor).writers.forEach(one -> one.machine.still = true);
            survivor.writers.forEach(one -> one.machine.still = false);
            survivor.cutOff = false;
            voters.forEach(one -> one.machine.still = false);
            long deadline = now + 2 * TERMS.granterNanos() + Duration.ofSeconds(10).toNanos();
            boolean written = false;
            while (now < deadline && !written) {
                survivor.writers.forEach(this::renew);
                takeOver(survivor);
                pass(250 * MS);
                while (!pending.isEmpty()) {
                    agree();
                }
                voters.forEach(this::apply);
                pass(250 * MS);
                written = survivor.writers.stream().anyMatch(this::writes);
            }
            require(written, "LIVENESS");
        }
    }
}
