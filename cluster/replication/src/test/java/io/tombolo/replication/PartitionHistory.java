package io.tombolo.replication;

import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.replication.Role.Idle;
import io.tombolo.storage.log.Isolation;
import io.tombolo.storage.log.LogSettings.Flush;
import io.tombolo.storage.log.ReadResult;

import org.apache.kafka.common.protocol.Errors;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * One seeded life of a partition: produces of every kind, duplicates, changes of role, readers,
 * deletions, kills and losses of power. The invariants are checked after every step.
 */
final class PartitionHistory {

    /** What holds all the time. */
    enum Law {
        HIGH_WATERMARK_NEVER_GOES_BACK,
        ACKED_IS_BELOW_THE_HIGH_WATERMARK,
        ANSWERED_EXACTLY_ONCE,
        ACKED_SURVIVES,
        FENCED_TAKES_NOTHING,
        READERS_STAY_BELOW_THE_HIGH_WATERMARK,
        WAITERS_ARE_WOKEN
    }

    /** Ways to be wrong, each in one place between the caller and the partition. */
    enum Mutant {
        NONE(null),
        REPORTS_AN_OLD_WATERMARK(Law.HIGH_WATERMARK_NEVER_GOES_BACK),
        ANSWERS_BEFORE_THE_WATERMARK(Law.ACKED_IS_BELOW_THE_HIGH_WATERMARK),
        ANSWERS_TWICE(Law.ANSWERED_EXACTLY_ONCE),
        NEVER_ANSWERS(Law.ANSWERED_EXACTLY_ONCE),
        FORGETS_THE_FENCE(Law.FENCED_TAKES_NOTHING),
        LOSES_MORE_THAN_IT_MAY(Law.ACKED_SURVIVES),
        READS_TO_THE_END(Law.READERS_STAY_BELOW_THE_HIGH_WATERMARK),
        LOSES_WAITERS(Law.WAITERS_ARE_WOKEN);

        private final Law law;

        Mutant(Law law) {
            this.law = law;
        }

        Law law() {
            return law;
        }
    }

    /** An invariant does not hold. */
    static final class Broken extends AssertionError {
        private static final long serialVersionUID = 1;
        private final Law law;

        Broken(Law law, String detail) {
            super(law + ": " + detail);
            this.law = law;
        }

        Law law() {
            return law;
        }
    }

    private static final class Asked {
        int answers;
    }

    private final PartitionWorld world;
    private final SimulatedEntropy dice;
    private final Mutant mutant;
    private final boolean durable;
    private final List<Asked> asked = new ArrayList<>();
    private final TreeMap<Long, Integer> acked = new TreeMap<>();
    private long seenWatermark;
    private long wokenAt;
    private int epoch;
    private int sequence;

    PartitionHistory(long seed, Mutant mutant) {
        this.dice = new SimulatedEntropy(seed).fork("history");
        this.durable = dice.chance(0.5);
        this.world =
                new PartitionWorld(
                        seed, durable ? Flush.GROUP_COMMIT : Flush.BY_THE_OPERATING_SYSTEM);
        this.mutant = mutant;
        world.node.start(world::begin);
        world.await(world::opened);
        lead();
    }

    void live(int steps) {
        for (int step = 0; step < steps; step++) {
            act();
            check();
            if (dice.chance(0.5)) {
                world.simulator.runFor(Duration.ofNanos(dice.between(1, 3_000_000)));
                check();
            }
        }
        world.simulator.runFor(Duration.ofSeconds(20));
        for (Asked one : asked) {
            require(one.answers == 1, Law.ANSWERED_EXACTLY_ONCE, one.answers + " answers");
        }
    }

    private void act() {
        switch ((int) dice.between(0, 11)) {
            case 0, 1, 2, 3 -> produce();
            case 4 -> lead();
            case 5 -> produceFenced();
            case 6, 7 -> read();
            case 8 ->
                    world.on(p -> p.deleteRecords(dice.between(0, seenWatermark), 0, (_, _) -> {}));
            case 9 -> world.on(Partition::tidy);
            case 10 -> {
                if (dice.chance(0.3)) {
                    world.on(p -> p.become(new Idle()));
                    lead();
                }
            }
            default -> {
                if (dice.chance(0.3)) {
                    die(durable && dice.chance(0.5));
                }
            }
        }
    }

    private void lead() {
        epoch++;
        world.on(p -> {
            if (mutant != Mutant.LOSES_WAITERS) {
                p.addWaiter(changed -> wokenAt = Math.max(wokenAt, changed.highWatermark()));
            }
            p.become(PartitionWorld.leader(epoch));
            wokenAt = Math.max(wokenAt, p.highWatermark());
        });
    }

    private void produce() {
        int acks = (int) dice.between(-1, 1);
        int count = (int) dice.between(1, 3);
        boolean again = sequence > 0 && dice.chance(0.2);
        var batch = again ? Batches.idempotent(9, sequence - 1, 1) : fresh(count);
        var one = new Asked();
        asked.add(one);
        int sent = mutant == Mutant.ANSWERS_BEFORE_THE_WATERMARK ? 0 : acks;
        world.on(p ->
                p.produce(
                        PartitionWorld.request(batch, sent),
                        outcome -> answered(p, one, acks, outcome, again ? 1 : batchCount(batch))));
    }

    private static int batchCount(ByteBuffer batch) {
        return batch.getInt(57);
    }

    private ByteBuffer fresh(int count) {
        if (dice.chance(0.5)) {
            return Batches.plain(count);
        }
        return Batches.idempotent(9, sequence++, 1);
    }

    private void answered(Partition p, Asked one, int acks, ProduceOutcome outcome, int count) {
        one.answers += mutant == Mutant.ANSWERS_TWICE ? 2 : 1;
        if (mutant == Mutant.NEVER_ANSWERS) {
            one.answers = 0;
        }
        if (outcome.error() != Errors.NONE || acks == 0) {
            return;
        }
        long end = outcome.baseOffset() + count;
        require(
                end <= p.highWatermark(),
                Law.ACKED_IS_BELOW_THE_HIGH_WATERMARK,
                "up to %d was acknowledged at %d".formatted(end, p.highWatermark()));
        acked.put(outcome.baseOffset(), count);
    }

    private void produceFenced() {
        epoch++;
        var one = new Asked();
        asked.add(one);
        Role role =
                mutant == Mutant.FORGETS_THE_FENCE
                        ? PartitionWorld.leader(epoch)
                        : PartitionWorld.fenced(epoch);
        world.on(p -> {
            p.become(role);
            long before = p.log().endOffset();
            p.produce(PartitionWorld.request(Batches.plain(1), 1), _ -> one.answers++);
            require(
                    p.log().endOffset() == before,
                    Law.FENCED_TAKES_NOTHING,
                    "the log went on from " + before);
        });
        lead();
    }

    private void read() {
        world.on(p -> {
            long from = p.log().startOffset();
            long upTo = mutant == Mutant.READS_TO_THE_END ? p.log().endOffset() : p.highWatermark();
            var outcome =
                    mutant == Mutant.READS_TO_THE_END
                            ? new FetchOutcome.Read(slice(p, from, upTo), null)
                            : p.read(
                                    new FetchRead(
                                            from, -1, -1, 1 << 20, Isolation.READ_UNCOMMITTED));
            if (outcome instanceof FetchOutcome.Read(var slice, var _)) {
                require(
                        slice.bytes() == 0 || slice.nextOffset() <= p.highWatermark(),
                        Law.READERS_STAY_BELOW_THE_HIGH_WATERMARK,
                        slice.nextOffset() + " above " + p.highWatermark());
            }
        });
    }

    private static ReadResult.Slice slice(Partition p, long from, long upTo) {
        return (ReadResult.Slice) p.log().read(from, 1 << 20, upTo, Isolation.READ_UNCOMMITTED);
    }

    private void die(boolean power) {
        check();
        for (Asked one : asked) {
            one.answers = 1; // whoever waited hears that the connection broke
        }
        if (power || mutant == Mutant.LOSES_MORE_THAN_IT_MAY) {
            world.node.losePower();
        } else {
            world.node.kill();
        }
        world.ended();
        asked.clear();
        seenWatermark = 0;
        wokenAt = 0;
        world.node.restart();
        world.await(world::opened);
        long end = world.partition().log().endOffset();
        acked.forEach((base, count) ->
                require(
                        base + count <= end,
                        Law.ACKED_SURVIVES,
                        "%d of %d were acknowledged, the log ends at %d"
                                .formatted(count, base, end)));
        lead();
    }

    private void check() {
        Partition p = world.partition();
        long high = p.highWatermark();
        if (mutant == Mutant.REPORTS_AN_OLD_WATERMARK && high > 9 && high % 2 == 0) {
            high -= 5;
        }
        require(
                high >= seenWatermark,
                Law.HIGH_WATERMARK_NEVER_GOES_BACK,
                "%d after %d".formatted(high, seenWatermark));
        seenWatermark = high;
        require(
                wokenAt >= high || mutant == Mutant.REPORTS_AN_OLD_WATERMARK,
                Law.WAITERS_ARE_WOKEN,
                "last at %d, now at %d".formatted(wokenAt, high));
    }

    private static void require(boolean holds, Law law, String detail) {
        if (!holds) {
            throw new Broken(law, detail);
        }
    }
}
