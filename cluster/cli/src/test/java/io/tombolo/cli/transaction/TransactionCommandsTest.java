package io.tombolo.cli.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.cli.CommandRun;

import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;

class TransactionCommandsTest {

    @TempDir private Path folder;

    @Test
    void aStateThatDoesNotExistIsRefusedWithThoseThatDo() {
        CommandRun run = CommandRun.of(folder, "txn", "list", "--state", "open");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err())
                .startsWith("error[TMB-2006]: 'open' is no state of a transaction")
                .contains("Ongoing, ", "PrepareCommit", "--state ongoing");
    }

    @Test
    void anAgeWithoutAUnitIsRefused() {
        CommandRun run = CommandRun.of(folder, "txn", "list", "--longer-than", "5");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("'5' is not a duration with its unit");
    }

    @Test
    void whatHangsHasNoState() {
        CommandRun run = CommandRun.of(folder, "txn", "list", "--hanging", "--state", "ongoing");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).startsWith("error[TMB-2006]: what hangs has no state");
    }

    @Test
    void aGroupWithoutACommandNamesItsCommands() {
        CommandRun run = CommandRun.of(folder, "txn");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("list, describe, abort");
    }

    @Test
    void aProducerInAPartitionIsNamedByThreeParts() {
        var writer = WriterName.parse("orders.v2/3/1000").orElseThrow();

        assertThat(writer.partition()).isEqualTo(new TopicPartition("orders.v2", 3));
        assertThat(writer.producerId()).isEqualTo(1000);
        assertThat(writer).hasToString("orders.v2/3/1000");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"billing-1", "orders/0", "orders/0/x", "a/b/0/1", "orders/-1/7", "/0/1"})
    void everyOtherFormIsATransactionalId(String text) {
        assertThat(WriterName.parse(text)).isEmpty();
    }
}
