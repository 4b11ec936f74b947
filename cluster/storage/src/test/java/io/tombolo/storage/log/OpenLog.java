package io.tombolo.storage.log;

import io.tombolo.environment.simulated.SimulatedDisk;

import org.junit.jupiter.api.BeforeEach;

import java.nio.ByteBuffer;

/** An open log in a world of its own, for each test anew. */
class OpenLog {

    final LogWorld world = new LogWorld(1);
    LogDirectory directory;
    PartitionLog log;

    @BeforeEach
    void openLog() {
        directory = world.opened().directory();
        log = world.create(directory, "orders");
    }

    SimulatedDisk simulated() {
        return (SimulatedDisk) world.disk;
    }

    AppendResult append(ByteBuffer batches, int epoch) {
        return log.append(batches, epoch, AppendOrigin.PRODUCER);
    }

    ReadResult.Slice read(long offset, int bytesMax, long upTo, Isolation isolation) {
        return (ReadResult.Slice) Batches.read(log, offset, bytesMax, upTo, isolation);
    }

    ByteBuffer readAll(long offset) {
        return Batches.bytesOf(read(offset, 100_000, log.endOffset(), Isolation.READ_UNCOMMITTED));
    }
}
