package io.tombolo.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Disk;
import io.tombolo.environment.ForgetfulDisk;
import io.tombolo.environment.simulated.SimulatedCrash;
import io.tombolo.environment.simulated.SimulatedDisk;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.protocol.records.BatchCompression;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.Codec;
import io.tombolo.storage.cleaner.CleanerListener;
import io.tombolo.storage.cleaner.CleanerMutant;
import io.tombolo.storage.cleaner.CleanerSettings;
import io.tombolo.storage.cleaner.CleaningEnd;
import io.tombolo.storage.directory.LogDirectories;
import io.tombolo.storage.log.Keyed.Pair;
import io.tombolo.storage.partition.LogCompaction;
import io.tombolo.storage.segment.Segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One random life of a compacted log, compared with {@link CompactionModel}; see there for the
 * invariants. Crashes, cuts and moves of time come at any moment, also within a pass.
 */
final class CompactionHistory {

    /** A broken variant of the product. */
    record Mutant(
            CleanerMutant cleaner, LogCompaction.Caution caution, Predicate<Path> forgottenForces) {

        static final Mutant NONE =
                new Mutant(CleanerMutant.NONE, LogCompaction.Caution.FULL, path -> false);
    }

    private static final LogName NAME = new LogName("orders", 0);
    private static final List<Path> PATHS = List.of(Path.of("/data/one"));
    private static final Path DIRECTORY = Path.of("/data/one/orders-0");
    private static final Codec[] CODECS = {Codec.NONE, Codec.NONE, Codec.LZ4, Codec.GZIP};

    private final SimulatedDisk disk;
    private final SimulatedEntropy entropy;
    private final LogWorld world;
    private final Mutant mutant;
    private final CleanerSettings settings;
    private final Story story = new Story();
    private final CompactionModel model;
    private LogDirectories directories;
    private PartitionLog log;

    /** Records were cut off that may have been the last ones of a producer. */
    private boolean cut;

    int passCount;
    int crashCount;
    int finishedSwapCount;

    CompactionHistory(long seed, Mutant mutant) {
        this.mutant = mutant;
        this.entropy = new SimulatedEntropy(seed);
        this.disk = new SimulatedDisk(entropy.fork("disk"));
        disk.mount(Path.of("/data"));
        Disk seen = new ForgetfulDisk(disk, mutant.forgottenForces);
        this.world = new LogWorld(seen, seed + 1);
        long retentionMs = entropy.between(1, 4000);
        world.settings =
                world.settings
                        .withSegmentBytesMax((int) entropy.between(600, 3000))
                        .withCompaction(
                                new LogSettings.Compaction(
                                        entropy.chance(0.5) ? 0 : 0.3,
                                        Duration.ofMillis(entropy.chance(0.7) ? 0 : 500),
                                        Duration.ofDays(9),
                                        Duration.ofMillis(retentionMs)));
        this.settings =
                new CleanerSettings(
                        1,
                        24 * entropy.between(16, 64),
                        0.9,
                        4096,
                        Double.MAX_VALUE,
                        Duration.ofMillis(500),
                        1 << 20);
        this.model = new CompactionModel(retentionMs);
        directories = world.openAll(PATHS).directories();
        log = world.create(directories.first(), NAME.topic());
        begin();
    }

    private void begin() {
        log.contents().caution = mutant.caution;
        mutant.cleaner
                .cleaner(
                        directories,
                        () -> settings,
                        world.work,
                        world.loop,
                        new CleanerListener() {
                            @Override
                            public void cleaned(LogName name, CleaningEnd.Cleaned pass) {
                                passCount++;
                                tell("a pass came to " + pass.toOffset());
                            }

                            @Override
                            public void uncleanable(LogName name, Exception cause) {
                                throw new AssertionError("alive: uncleanable", cause);
                            }
                        })
                .start();
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
        boolean doomed = entropy.chance(0.04);
        if (doomed) {
            long at = disk.operationCount() + entropy.between(1, 80);
            disk.losePowerWhen(operation -> operation.number() >= at);
        }
        try {
            act();
            if (doomed) {
                world.pass(settings.backoff().toMillis());
            }
        } catch (SimulatedCrash crash) {
            crash("in the middle");
            return;
        }
        if (doomed) {
            crash("after it");
            return;
        }
        assertThat(log.failure()).as("alive").isEmpty();
    }

    private void act() {
        int kind = entropy.nextInt(100);
        if (kind < 60) {
            append();
            runSome();
        } else if (kind < 70) {
            tell("the high watermark is the end");
            log.noteHighWatermark(log.endOffset());
            model.committed(log.endOffset());
        } else if (kind < 80) {
            world.pass(entropy.between(1, 2000));
            check();
        } else if (kind < 84) {
            world.nowMs += entropy.between(1, 300);
            world.loop.execute(() -> {});
            runSome();
        } else if (kind < 87) {
            truncate();
        } else if (kind < 89) {
            restart();
        } else if (kind < 92) {
            world.drain();
            directories.checkpoint(world.loop, _ -> {});
            world.drain();
        } else {
            world.drain();
            check();
        }
    }

    private void runSome() {
        long count = entropy.between(0, 6);
        for (long index = 0; index < count; index++) {
            if (!world.loop.runOne()) {
                world.work.runOne();
            }
        }
    }

    private void append() {
        world.nowMs += entropy.between(0, 20);
        ByteBuffer batch = randomBatch();
        long offset = log.endOffset();
        boolean marker = BatchView.of(batch).control();
        AppendResult result =
                log.append(batch, 0, marker ? AppendOrigin.BROKER : AppendOrigin.PRODUCER);
        assertThat(result).as("append").isInstanceOf(AppendResult.Appended.class);
        model.appended(BatchView.of(batch));
        tell("appended at " + offset + (marker ? " a marker" : ""));
        if (entropy.chance(0.3)) {
            log.noteHighWatermark(log.endOffset());
            model.committed(log.endOffset());
        }
    }

    private ByteBuffer randomBatch() {
        long id = entropy.between(1, 3);
        Optional<ProducerView> known =
                log.producers().stream().filter(one -> one.producerId() == id).findFirst();
        short epoch = known.map(ProducerView::producerEpoch).orElse((short) 0);
        int sequence = known.map(one -> one.lastSequence() + 1).orElse(0);
        boolean open = known.isPresent() && known.get().openTransactionOffset().isPresent();
        var spec =
                BatchSpec.PLAIN.compressed(
                        BatchCompression.of(CODECS[entropy.nextInt(CODECS.length)]));
        return switch (entropy.nextInt(6)) {
            case 0, 1, 2 -> Keyed.batch(spec, world.nowMs, randomPairs());
            case 3 ->
                    open
                            ? Batches.marker(entropy.chance(0.5), id, epoch, world.nowMs)
                            : Keyed.batch(
                                    spec.from(id, epoch, sequence, false),
                                    world.nowMs,
                                    randomPairs());
            case 4 ->
                    open
                            ? Batches.marker(entropy.chance(0.5), id, epoch, world.nowMs)
                            : transactional(spec, id, epoch, sequence);
            default -> transactional(spec, id, epoch, sequence);
        };
    }

    private ByteBuffer transactional(BatchSpec spec, long id, short epoch, int sequence) {
        return Keyed.batch(spec.from(id, epoch, sequence, true), world.nowMs, randomPairs());
    }

    private List<Pair> randomPairs() {
        var pairs = new ArrayList<Pair>();
        long count = entropy.between(1, 4);
        for (long index = 0; index < count; index++) {
            String value = "v" + model.count() + "x".repeat((int) entropy.between(0, 60));
            pairs.add(
                    new Pair(
                            entropy.chance(0.03) ? null : "k" + entropy.nextInt(12),
                            entropy.chance(0.2) ? null : value));
        }
        return pairs;
    }

    /** What nobody has committed is cut off. */
    private void truncate() {
        long committed = Math.min(model.committed(), log.endOffset());
        long offset = entropy.between(committed, log.endOffset());
        tell("truncate to " + offset + " of " + log.endOffset());
        model.mayBeCutTo(offset);
        cut |= offset < log.endOffset();
        assertThat(log.truncateTo(offset)).isInstanceOf(ChangeResult.Changed.class);
        assertThat(log.endOffset()).as("cut").isLessThanOrEqualTo(offset);
        model.cutTo(log.endOffset());
    }

    /** A clean stop; sometimes all that is known of producers has to be found in the records. */
    private void restart() {
        tell("restart");
        assertThat(close()).as("alive at close").isTrue();
        List<ProducerView> before = log.producers();
        long end = log.endOffset();
        world.forget();
        boolean forgotten = !cut && entropy.chance(0.5);
        if (forgotten) {
            deleteSnapshots();
        }
        open();
        assertThat(log.endOffset()).as("end after a clean stop").isEqualTo(end);
        if (forgotten) {
            assertThat(traces(log.producers())).as("sequences").isEqualTo(traces(before));
        }
        check();
    }

    private boolean close() {
        world.drain();
        var answer = new ArrayList<Boolean>();
        directories.close(41, world.loop, answer::add);
        world.drain();
        return answer.getFirst();
    }

    private static List<String> traces(List<ProducerView> producers) {
        return producers.stream()
                .map(one ->
                        one.producerId()
                                + " "
                                + one.producerEpoch()
                                + " "
                                + one.lastSequence()
                                + " "
                                + one.openTransactionOffset())
                .toList();
    }

    private void deleteSnapshots() {
        try {
            for (String file : disk.list(DIRECTORY)) {
                if (file.endsWith(".snapshot")) {
                    disk.delete(DIRECTORY.resolve(file));
                }
            }
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private void crash(String when) {
        crashCount++;
        long durable = Math.min(log.durableOffset(), model.cutting());
        long end = log.endOffset();
        tell("crash " + when + ", durable " + durable);
        losePower();
        if (entropy.chance(0.3)) {
            long at = disk.operationCount() + entropy.between(1, 60);
            disk.losePowerWhen(operation -> operation.number() >= at);
            try {
                open();
            } catch (SimulatedCrash crash) {
                tell("crash while opening");
            }
            losePower();
        }
        open();
        assertThat(log.endOffset()).as("durability").isGreaterThanOrEqualTo(durable);
        cut |= log.endOffset() < end;
        model.cutTo(log.endOffset());
        check();
    }

    private void losePower() {
        disk.losePowerWhen(operation -> false);
        disk.losePower();
        world.forget();
    }

    private void open() {
        var opened = world.openAll(PATHS);
        directories = opened.directories();
        Optional<PartitionLog> found =
                directories.first().log(NAME).filter(it -> it.topicId().isPresent());
        if (found.isEmpty()) {
            world.delete(directories.first(), NAME);
            log = world.create(directories.first(), NAME.topic());
        } else {
            log = found.get();
        }
        finishedSwapCount +=
                (int)
                        opened.logs().stream()
                                .flatMap(it -> it.recovery().repairs().stream())
                                .filter(repair -> repair.contains("finished the swap"))
                                .count();
        assertThat(log.failure()).as("alive").isEmpty();
        tell("opened to " + log.endOffset());
        begin();
    }

    private void check() {
        List<Segment> segments = log.contents().segments;
        for (int index = 1; index < segments.size(); index++) {
            assertThat(segments.get(index).baseOffset())
                    .as("no hole between segments")
                    .isEqualTo(segments.get(index - 1).endOffset());
        }
        model.check(log, world.nowMs);
    }

    private void tell(String what) {
        story.tell(what + " [ops " + disk.operationCount() + ", ms " + world.nowMs + "]");
    }
}
