package io.tombolo.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.SimulatedDisk;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** What the checkpoint files say of logs that are gone, and what it costs. */
class DeletedLogTest {

    private static final String RECOVERY_POINTS = "recovery-point-offset-checkpoint";

    private final LogWorld world = new LogWorld(37);
    private final SimulatedDisk disk = (SimulatedDisk) world.disk;

    @Test
    void deletingManyLogsWritesTheCheckpointsAsOftenAsDeletingOne() {
        assertThat(checkpointOperations(40)).isEqualTo(checkpointOperations(1)).isPositive();
    }

    /** What is done with checkpoint files while logs are deleted and until they are written. */
    private static int checkpointOperations(int logCount) {
        var world = new LogWorld(37);
        LogDirectory directory = world.opened().directory();
        for (int i = 0; i < logCount; i++) {
            append(world.create(directory, "orders" + i));
        }
        world.checkpoint(directory);
        var operations = new AtomicInteger();
        ((SimulatedDisk) world.disk)
                .failWhen(it -> {
                    if (it.path().getFileName().toString().contains("-checkpoint")) {
                        operations.incrementAndGet();
                    }
                    return false;
                });
        for (int i = 0; i < logCount; i++) {
            world.delete(directory, new LogName("orders" + i, 0));
        }
        world.checkpoint(directory);
        return operations.get();
    }

    @Test
    void theNextCheckpointNamesADeletedLogNoMore() throws Exception {
        LogDirectory directory = world.opened().directory();
        append(world.create(directory, "orders"));
        append(world.create(directory, "invoices"));
        world.checkpoint(directory);

        world.delete(directory, new LogName("orders", 0));
        world.checkpoint(directory);

        assertThat(text()).doesNotContain("orders").contains("invoices");
    }

    /** Otherwise what was never forced would be believed, up to where the deleted log was. */
    @Test
    void aLogHasNothingOfADeletedOneOfItsNameAlsoAfterAPowerFailure() throws Exception {
        LogDirectory before = world.opened().directory();
        append(world.create(before, "orders"));
        world.close(before);
        assertThat(text()).contains("orders 0 1");
        LogDirectory directory = world.opened().directory();

        world.delete(directory, new LogName("orders", 0));
        append(world.create(directory, "orders"));
        disk.losePower();
        world.forget();

        assertThat(text()).doesNotContain("orders");
    }

    private String text() throws Exception {
        byte[] content = disk.readAll(LogWorld.DIRECTORY.resolve(RECOVERY_POINTS));
        return new String(content, StandardCharsets.UTF_8);
    }

    private static void append(PartitionLog log) {
        assertThat(log.append(Batches.plain(1, 1, "a"), 0, AppendOrigin.PRODUCER))
                .isInstanceOf(AppendResult.Appended.class);
    }
}
