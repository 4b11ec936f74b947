package io.tombolo.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Disk;
import io.tombolo.environment.ForgetfulDisk;
import io.tombolo.environment.simulated.DiskOperation;
import io.tombolo.environment.simulated.SimulatedCrash;
import io.tombolo.environment.simulated.SimulatedDisk;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.storage.partition.LogOpening;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * One random life of a log, compared step by step with a model. Invariants:
 *
 * <ul>
 *   <li>prefix: after a crash the log is a prefix of what was appended, byte for byte;
 *   <li>durability: it reaches at least to the durable offset;
 *   <li>derived: producers, epochs, aborted transactions and timestamps are those of the batches;
 *   <li>reachable: every offset can be read, and reading on from there reaches the end;
 *   <li>alive: nothing but an injected fault ends a log, and a start never refuses it; a log
 *       without durable records may be gone and is made anew.
 * </ul>
 */
final class LogHistory {

    /** A broken variant of the product. */
    record Mutant(
            LogOpening.Caution caution,
            Predicate<Path> forgottenForces,
            Optional<LogMove.Rules> moving) {

        static final Mutant NONE = new Mutant(LogOpening.Caution.FULL, path -> false);

        /** The product, with two directories between which the log moves. */
        static final Mutant MOVING =
                new Mutant(LogOpening.Caution.FULL, path -> false, Optional.of(LogMove.Rules.ALL));

        Mutant(LogOpening.Caution caution, Predicate<Path> forgottenForces) {
            this(caution, forgottenForces, Optional.empty());
        }
    }

    private static final LogName NAME = new LogName("orders", 0);

    private final SimulatedDisk disk;
    private final SimulatedEntropy entropy;
    private final LogWorld world;
    private final Story story = new Story();
    private LogModel model = new LogModel();
    private LogDirectory directory;
    private PartitionLog log;
    private final Optional<MovingLog> moving;
    private int epoch;

    /** What was durable after the last step, unless it was taken away since. */
    private long promised;

    /** The log is being emptied: a crash leaves any prefix of it, or nothing. */
    private boolean restarting;

    /** It has been emptied in this step, durably. */
    private boolean emptied;

    /** Once a file has been damaged, it may be found out much later. */
    private boolean damaged;

    /** The log is being cut: nothing above has to survive. */
    private long truncatingTo = Long.MAX_VALUE;

    LogHistory(long seed, Mutant mutant) {
        this.entropy = new SimulatedEntropy(seed);
        this.disk = new SimulatedDisk(entropy.fork("disk"));
        disk.mount(Path.of("/data"));
        Disk seen = new ForgetfulDisk(disk, mutant.forgottenForces);
        this.world = new LogWorld(seen, seed + 1);
        world.caution = mutant.caution;
        world.settings = randomSettings();
        moving = mutant.moving.map(rules -> new MovingLog(world, NAME, rules, this::tell));
        directory = moving.map(MovingLog::open).orElseGet(() -> world.opened().directory());
        log = world.create(directory, NAME.topic());
    }

    private LogSettings randomSettings() {
        return new LogSettings(
                (int) entropy.between(1500, 8000),
                Duration.ofDays(7),
                Duration.ZERO,
                (int) entropy.between(16, 200),
                (int) entropy.between(0, 500),
                100_000,
                LogSettings.Timestamps.CREATE_TIME,
                Optional.empty(),
                entropy.chance(0.3) ? Optional.of(4000L) : Optional.empty(),
                Optional.empty(),
                true,
                entropy.chance(0.5)
                        ? LogSettings.Flush.GROUP_COMMIT
                        : LogSettings.Flush.BY_THE_OPERATING_SYSTEM,
                Duration.ofMillis(entropy.between(0, 50)),
                Duration.ofDays(100));
    }

    void live(int steps) {
        story.of(() -> {
            for (int step = 0; step < steps; step++) {
                step();
            }
            crash("the end");
        });
    }

    private void step() {
        if (entropy.chance(0.02)) {
            sicken();
            return;
        }
        boolean doomed = entropy.chance(0.04);
        if (doomed) {
            long at = disk.operationCount() + entropy.between(1, 12);
            disk.losePowerWhen(operation -> operation.number() >= at);
        } else if (moving.isPresent() && entropy.chance(0.1)) {
            doomed = true;
            losePowerInSwap();
        }
        LogModel before = model.copy();
        restarting = false;
        emptied = false;
        try {
            act();
            runSome();
            if (doomed) {
                world.drain();
            }
        } catch (SimulatedCrash crash) {
            model = emptied ? model : merge(before, model);
            crash("in the middle");
            return;
        }
        if (doomed) {
            crash("after it");
            return;
        }
        assertThat(log.failure()).as("alive").isEmpty();
        assertThat(log.endOffset()).as("end").isEqualTo(model.end);
        assertThat(log.durableOffset()).as("durable").isBetween(promised, model.end);
        promised = log.durableOffset();
    }

    /** The power fails soon after a copy has begun to take its log's name, if one does. */
    private void losePowerInSwap() {
        long later = entropy.between(0, 8);
        var sinceSwap = new AtomicLong(-1);
        disk.losePowerWhen(operation -> {
            boolean promotion =
                    operation.kind() == DiskOperation.Kind.MOVE
                            && operation.path().toString().endsWith("-future");
            if (promotion || sinceSwap.get() >= 0) {
                sinceSwap.incrementAndGet();
            }
            return sinceSwap.get() >= later;
        });
    }

    /** One operation of the disk fails: the log ends, and the broker is started again. */
    private void sicken() {
        long at = disk.operationCount() + entropy.between(1, 10);
        disk.failWhen(operation -> operation.number() == at);
        LogModel before = model.copy();
        restarting = false;
        emptied = false;
        try {
            act();
            world.drain();
        } catch (AssertionError refused) {
            boolean blamed = disk.operationCount() >= at;
            assertThat(blamed).as("alive: " + refused.getMessage()).isTrue();
        }
        disk.failNever();
        model = emptied ? model : merge(before, model);
        crash("after a fault");
    }

    /** When an operation was cut short, its beginning and its end are both possible. */
    private LogModel merge(LogModel before, LogModel after) {
        return !restarting && after.end >= before.end && after.start >= before.start
                ? after
                : before;
    }

    private void runSome() {
        long count = entropy.between(0, 4);
        for (long index = 0; index < count; index++) {
            if (!world.loop.runOne()) {
                world.work.runOne();
            }
        }
    }

    /** How often the log has come to another directory, and was found in two. */
    Optional<MovingLog> moves() {
        return moving;
    }

    private void act() {
        if (moving.isPresent() && entropy.chance(0.05)) {
            tell("move");
            moving.get().move();
        }
        int kind = entropy.nextInt(100);
        if (kind < 55) {
            append();
        } else if (kind < 65) {
            follow();
        } else if (kind < 70) {
            truncate();
        } else if (kind < 72) {
            restartAt();
        } else if (kind < 76) {
            deleteRecords();
        } else if (kind < 80) {
            tell("retention");
            world.nowMs += 10;
            log.applyRetention(model.end);
            model.start = log.startOffset();
        } else if (kind < 84) {
            tell("flush");
            log.flush();
        } else if (kind < 88) {
            tell("checkpoint");
            log.noteHighWatermark(entropy.between(model.start, model.end));
            moving.ifPresentOrElse(MovingLog::checkpoint, () -> world.checkpoint(directory));
        } else if (kind < 91) {
            tell("time passes");
            world.pass(entropy.between(1, 100));
        } else if (kind < 93) {
            reopen();
        } else if (kind < 95) {
            world.drain();
            check(model.start);
        } else {
            check(model.start);
        }
    }

    private void append() {
        if (entropy.chance(0.05)) {
            epoch++;
        }
        epoch = Math.max(epoch, model.latestEpoch());
        world.nowMs += entropy.between(0, 3);
        ByteBuffer batch = randomBatch();
        boolean marker = BatchView.of(batch).control();
        long expected = model.end;
        tell("append at " + expected + " bytes " + batch.remaining() + " epoch " + epoch);
        var copy = Batches.together(batch);
        Batches.at(copy, expected, epoch);
        model.add(copy);
        AppendResult result =
                log.append(batch, epoch, marker ? AppendOrigin.BROKER : AppendOrigin.PRODUCER);
        assertThat(result).as("append").isInstanceOf(AppendResult.Appended.class);
    }

    private ByteBuffer randomBatch() {
        long timestamp = world.nowMs - entropy.between(0, 5);
        int records = (int) entropy.between(1, 4);
        long id = entropy.between(1, 3);
        LogModel.Producer known = model.producers().get(id);
        int producerEpoch = known == null ? 0 : known.epoch();
        int sequence = known == null ? 0 : (known.lastSequence() + 1) & Integer.MAX_VALUE;
        boolean open = known != null && known.openOffset() >= 0;
        return switch (entropy.nextInt(5)) {
            case 0, 1 ->
                    Batches.plain(records, timestamp, "v".repeat((int) entropy.between(0, 300)));
            case 2 ->
                    open
                            ? Batches.marker(entropy.chance(0.5), id, producerEpoch, timestamp)
                            : Batches.idempotent(id, producerEpoch, sequence, records, timestamp);
            default -> Batches.transactional(id, producerEpoch, sequence, records, timestamp);
        };
    }

    private void follow() {
        epoch = Math.max(epoch, model.latestEpoch());
        long base = model.end + (entropy.chance(0.3) ? entropy.between(1, 10) : 0);
        ByteBuffer first = Batches.at(Batches.plain(2, world.nowMs, "mirror"), base, epoch);
        ByteBuffer second = Batches.at(Batches.plain(1, world.nowMs, "m"), base + 2, epoch);
        ByteBuffer both = Batches.together(first, second);
        tell("follow at " + base);
        long fetched = model.end;
        model.add(both);
        assertThat(log.appendAsFollower(both, fetched))
                .as("follow")
                .isInstanceOf(AppendResult.Appended.class);
    }

    private void truncate() {
        long offset = entropy.between(Math.max(model.start, model.end - 20), model.end);
        tell("truncate to " + offset + " of " + model.end);
        model.truncateTo(offset);
        truncatingTo = Math.min(offset, model.end);
        promised = Math.min(promised, model.start);
        var result = log.truncateTo(offset);
        assertThat(result).as("truncate").isInstanceOf(ChangeResult.Changed.class);
        truncatingTo = Long.MAX_VALUE;
        // Behind a gap the end is wherever the last batch ends.
        model.end = log.endOffset();
        assertThat(model.end).as("truncated").isLessThanOrEqualTo(Math.max(offset, model.start));
        epoch++;
    }

    private void restartAt() {
        long offset = Math.max(0, model.end + entropy.between(-30, 30));
        tell("restart at " + offset);
        restarting = true;
        promised = 0;
        model.restart(offset);
        assertThat(log.truncateFullyAndStartAt(offset))
                .as("restart")
                .isInstanceOf(ChangeResult.Changed.class);
        restarting = false;
        emptied = true;
    }

    private void deleteRecords() {
        long offset = entropy.between(model.start, model.end);
        tell("delete records before " + offset);
        model.start = Math.max(model.start, offset);
        assertThat(log.deleteRecordsBefore(offset, model.end))
                .as("delete")
                .isInstanceOf(ChangeResult.Changed.class);
    }

    private void reopen() {
        tell("close and open");
        assertThat(moving.map(MovingLog::close).orElseGet(() -> world.close(directory)))
                .as("alive at close: " + log.failure())
                .isTrue();
        world.forget();
        damaged |= entropy.chance(0.5) && damageDerivedFile();
        Recovery recovery = open();
        assertThat(log.failure()).as("alive").isEmpty();
        promised = 0;
        assertThat(log.endOffset()).as("end after a clean stop").isEqualTo(model.end);
        assertThat(log.startOffset()).as("start after a clean stop").isEqualTo(model.start);
        if (!damaged) {
            assertThat(recovery.uneventful()).as(recovery.toString()).isTrue();
        }
        check(model.start);
    }

    /** Turns one bit over, or takes the whole file away. */
    private boolean damageDerivedFile() {
        Path directoryOfLog = log.contents().directory;
        try {
            List<String> all = disk.list(directoryOfLog);
            var files =
                    new ArrayList<>(
                            all.stream()
                                    .filter(file ->
                                            file.endsWith(".index") || file.endsWith(".timeindex"))
                                    .toList());
            // Without its first segment a log cannot tell what an old snapshot said.
            if (all.contains("00000000000000000000.log")) {
                all.stream()
                        .filter(file -> file.endsWith(".snapshot"))
                        .reduce((first, second) -> second)
                        .ifPresent(files::add);
            }
            if (files.isEmpty()) {
                return false;
            }
            Path file = directoryOfLog.resolve(files.get(entropy.nextInt(files.size())));
            int bytes = disk.readAll(file).length;
            if (bytes == 0 || entropy.chance(0.2)) {
                disk.delete(file);
                disk.forceDirectory(directoryOfLog);
            } else {
                disk.flipBit(file, damagedByte(file, bytes), entropy.nextInt(8));
            }
            tell("damaged " + file.getFileName());
            return true;
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    /** Of a time index only the timestamps: another offset may be as true by accident. */
    private int damagedByte(Path file, int bytes) {
        int position = entropy.nextInt(bytes);
        return file.toString().endsWith(".timeindex") ? position - position % 12 : position;
    }

    private Recovery open() {
        if (moving.isPresent()) {
            Recovery recovery = moving.get().reopen();
            directory = moving.get().place();
            log = directory.log(NAME).orElseThrow();
            return recovery;
        }
        var opened = world.opened();
        directory = opened.directory();
        Optional<OpenResult.OpenedLog> found =
                opened.logs().stream().filter(it -> it.log().topicId().isPresent()).findFirst();
        if (found.isEmpty()) {
            // Nothing was durable: the log is gone, or does not know whose it is.
            world.delete(directory, NAME);
            log = world.create(directory, NAME.topic());
            return LogWorld.madeAnew(NAME);
        }
        log = found.get().log();
        return found.get().recovery();
    }

    private void crash(String when) {
        promised = 0;
        long durable = Math.min(log.durableOffset(), truncatingTo);
        truncatingTo = Long.MAX_VALUE;
        tell("crash " + when + ", durable " + durable);
        disk.losePowerWhen(operation -> false);
        disk.losePower();
        world.forget();
        boolean again = entropy.chance(0.2);
        if (again) {
            long at = disk.operationCount() + entropy.between(1, 60);
            disk.losePowerWhen(operation -> operation.number() >= at);
            try {
                open();
            } catch (SimulatedCrash crash) {
                tell("crash while opening");
            }
            disk.losePowerWhen(operation -> false);
            disk.losePower();
            world.forget();
        }
        Recovery recovery = open();
        tell("opened " + log.startOffset() + " to " + log.endOffset() + ": " + recovery);
        assertThat(log.failure()).as("alive after a crash").isEmpty();
        long promised = restarting ? 0 : durable;
        restarting = false;
        for (LogModel.Entry entry : model.entries) {
            if (entry.last() < promised) {
                assertThat(log.endOffset()).as("durability").isGreaterThan(entry.last());
            }
        }
        adopt(promised);
        check(log.startOffset());
    }

    /** The model forgets what the crash took. */
    private void adopt(long durable) {
        model.entries.removeIf(entry -> entry.last() >= log.endOffset());
        // Of an empty log only the producers tell how much of it had survived.
        while (log.startOffset() == log.endOffset()
                && !model.entries.isEmpty()
                && model.entries.getLast().last() >= durable
                && !producersAgree()) {
            model.entries.removeLast();
        }
        model.end = log.endOffset();
        model.start = log.startOffset();
        epoch++;
    }

    private boolean producersAgree() {
        try {
            checkProducers();
            return true;
        } catch (AssertionError different) {
            return false;
        }
    }

    private void check(long from) {
        var expected = new ArrayList<byte[]>();
        for (LogModel.Entry entry : model.entries) {
            if (entry.last() >= from) {
                expected.add(entry.bytes());
            }
        }
        List<byte[]> found = Batches.all(log, from);
        assertThat(found.size()).as("prefix: number of batches").isEqualTo(expected.size());
        for (int index = 0; index < found.size(); index++) {
            assertThat(found.get(index))
                    .as("prefix: batch %d", index)
                    .isEqualTo(expected.get(index));
        }
        checkDerived(from);
        checkReads(from);
    }

    private void checkDerived(long from) {
        for (LogModel.Entry entry : model.entries) {
            if (entry.base() >= from) {
                assertThat(log.epochAt(entry.base())).as("epochs").hasValue(entry.epoch());
            }
        }
        checkProducers();
    }

    private void checkProducers() {
        var expected = model.producers();
        assertThat(log.producers()).as("producers").hasSize(expected.size());
        for (ProducerView view : log.producers()) {
            LogModel.Producer producer = expected.get(view.producerId());
            assertThat(producer).as("producer").isNotNull();
            assertThat(view.lastSequence()).as("sequence").isEqualTo(producer.lastSequence());
            assertThat(view.openTransactionOffset().orElse(-1))
                    .as("transaction")
                    .isEqualTo(producer.openOffset());
        }
    }

    private void checkReads(long from) {
        if (from == model.end) {
            return;
        }
        long offset = entropy.between(from, model.end - 1);
        int bytesMax = (int) entropy.between(1, 1500);
        long upTo = entropy.between(offset, model.end);
        var result = Batches.read(log, offset, bytesMax, upTo, Isolation.READ_COMMITTED);
        assertThat(result).as("reachable").isInstanceOf(ReadResult.Slice.class);
        var slice = (ReadResult.Slice) result;
        if (slice.bytes() > 0) {
            assertThat(slice.nextOffset()).isLessThanOrEqualTo(upTo);
            assertThat(LogModel.pairs(slice.abortedTransactions()))
                    .as("aborted transactions in %d to %d", offset, slice.nextOffset())
                    .isEqualTo(model.aborted(offset, slice.nextOffset()));
        }
        checkTimestamp(world.nowMs - entropy.between(0, 200));
    }

    private void checkTimestamp(long target) {
        TimestampLookup expected = new TimestampLookup.None();
        for (LogModel.Entry entry : model.entries) {
            if (entry.last() >= model.start && entry.timestampMs() >= target) {
                long offset = Math.max(entry.base(), model.start);
                expected = new TimestampLookup.Found(offset, entry.timestampMs(), entry.epoch());
                break;
            }
        }
        try {
            assertThat(log.firstAtOrAfter(target, model.end).call())
                    .as("timestamp %d", target)
                    .isEqualTo(expected);
        } catch (RuntimeException unexpected) {
            throw unexpected;
        } catch (Exception unexpected) {
            throw new AssertionError(unexpected);
        }
    }

    private void tell(String what) {
        story.tell(what + " [ops " + disk.operationCount() + "]");
    }
}
