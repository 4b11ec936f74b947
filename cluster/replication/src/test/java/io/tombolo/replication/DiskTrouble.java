package io.tombolo.replication;

import io.tombolo.environment.simulated.DiskOperation;
import io.tombolo.environment.simulated.SimulatedDisk;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.protocol.records.BatchWalk;
import io.tombolo.storage.log.Isolation;
import io.tombolo.storage.log.PartitionLog;
import io.tombolo.storage.log.ReadResult;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;

/**
 * Faults of one disk at a time: writes and forces that fail, and bits that turn over below the high
 * watermark, where two others have the record. The next victim is chosen when the one before has
 * been repaired.
 */
final class DiskTrouble {

    private static final Path LOG =
            Path.of("/data/one/orders-0").resolve("00000000000000000000.log");

    private static final int EPOCH_AT = 12;
    private static final Duration LOOKS_EVERY = Duration.ofMillis(200);

    /** When the last effect of a fault has shown. */
    private static final Duration LASTS = Duration.ofSeconds(2);

    private final ReplicaRegion region;
    private final SimulatedEntropy dice;
    private int victim = -1;
    private long struckNanos;
    private long lookedNanos;

    DiskTrouble(ReplicaRegion region, SimulatedEntropy dice) {
        this.region = region;
        this.dice = dice;
    }

    void begin() {
        region.simulator.after(
                Duration.ofMillis(dice.between(100, 1500)),
                "disk",
                () -> {
                    if (!region.calm()) {
                        strike(region.nodes.get((int) dice.between(0, 2)));
                        begin();
                    }
                });
    }

    /** Whether a replica has to be repaired before another one may suffer. */
    boolean unsettled() {
        boolean over = region.simulator.nowNanos() - struckNanos > LASTS.toNanos();
        if (victim > 0 && over && region.controller.isr().has(victim) && sound(node(victim))) {
            victim = -1;
        }
        return victim > 0;
    }

    private ReplicaNode node(int id) {
        return region.nodes.get(id - 1);
    }

    private void strike(ReplicaNode node) {
        Partition partition = node.partition;
        boolean possible =
                !unsettled()
                        && !region.unsettled()
                        && partition != null
                        && partition.log().failure().isEmpty()
                        && partition.highWatermark() > 3
                        && region.controller.isr().has(node.id)
                        && region.controller.isr().size() > 1;
        if (!possible) {
            return;
        }
        victim = node.id;
        struckNanos = region.simulator.nowNanos();
        switch ((int) dice.between(0, 3)) {
            case 0 -> fail(node, DiskOperation.Kind.WRITE);
            case 1 -> {
                fail(node, DiskOperation.Kind.FORCE);
                onLoop(node, () -> partition.log().flush());
            }
            case 2 -> {
                fail(node, DiskOperation.Kind.WRITE);
                flip(node, partition);
            }
            default -> {
                flip(node, partition);
                read(node, partition);
            }
        }
    }

    private void fail(ReplicaNode node, DiskOperation.Kind kind) {
        SimulatedDisk disk = node.node.disk();
        disk.failWhen(operation -> operation.kind() == kind && operation.path().equals(LOG));
        region.simulator.after(
                Duration.ofMillis(dice.between(20, 1500)), "healed", disk::failNever);
    }

    /** In a batch below the high watermark, and not in its epoch, which no checksum covers. */
    private void flip(ReplicaNode node, Partition partition) {
        SimulatedDisk disk = node.node.disk();
        ByteBuffer bytes = disk.unharmed(() -> contentOf(disk));
        var positions = new ArrayList<Integer>();
        var walk = new BatchWalk(bytes);
        while (walk.next() && walk.batch().nextOffset() <= partition.highWatermark()) {
            int start = walk.batch().position();
            for (int at = start; at < start + walk.batch().lengthBytes(); at++) {
                if (at - start < EPOCH_AT || at - start >= EPOCH_AT + Integer.BYTES) {
                    positions.add(at);
                }
            }
        }
        int position = positions.get((int) dice.between(0, positions.size() - 1));
        disk.flipBit(LOG, position, (int) dice.between(0, 7));
        region.watch.damaged();
    }

    private static ByteBuffer contentOf(SimulatedDisk disk) {
        try {
            return ByteBuffer.wrap(disk.readAll(LOG));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** Somebody reads everything, sooner or later. */
    private void read(ReplicaNode node, Partition partition) {
        region.simulator.after(
                Duration.ofMillis(dice.between(1, 900)),
                "reading",
                () ->
                        onLoop(
                                node,
                                () -> {
                                    if (node.partition == partition) {
                                        sound(node);
                                    }
                                }));
    }

    private static void onLoop(ReplicaNode node, Runnable task) {
        if (node.node.running() && node.environment != null) {
            node.running().loops().loop(0).execute(task);
        }
    }

    /** Whether all replicas are sound; looked at now and then, and true only then. */
    boolean allSound() {
        long now = region.simulator.nowNanos();
        if (now - lookedNanos < LOOKS_EVERY.toNanos()) {
            return false;
        }
        lookedNanos = now;
        return region.nodes.stream().allMatch(this::sound);
    }

    /** Whether every record of a replica can be read; if not, its partition hears of it. */
    boolean sound(ReplicaNode node) {
        Partition partition = node.partition;
        if (partition == null || partition.log().failure().isPresent()) {
            return false;
        }
        return node.node.disk().unharmed(() -> sound(partition.log()));
    }

    private static boolean sound(PartitionLog log) {
        long offset = log.startOffset();
        while (offset < log.endOffset()) {
            ReadResult result =
                    log.readChecked(offset, 1 << 20, log.endOffset(), Isolation.READ_UNCOMMITTED);
            ReadResult read = result instanceof ReadResult.Cold(var cold) ? cold.call() : result;
            if (!(read instanceof ReadResult.Slice slice) || slice.bytes() == 0) {
                return false;
            }
            slice.parts().forEach(io.tombolo.environment.Payload::release);
            offset = slice.nextOffset();
        }
        return true;
    }
}
