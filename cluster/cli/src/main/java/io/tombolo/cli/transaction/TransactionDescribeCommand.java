package io.tombolo.cli.transaction;

import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.List;
import java.util.concurrent.Callable;

/** One transactional id: its state and partitions, in every region that knows it. */
@Command(
        name = "describe",
        description = "One transactional id: its state and partitions, in every region.",
        footer = {"", "Example:", "  tombolo txn describe billing-1"})
final class TransactionDescribeCommand implements Callable<Integer> {

    private final Shell shell;

    @Parameters(paramLabel = "ID", description = "Its transactional id.")
    private String id = "";

    @Option(names = "--region", paramLabel = "REGION", description = "Only this one.")
    private @Nullable String region;

    TransactionDescribeCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        List<TransactionSight> sights = TransactionSight.everywhere(shell, region, id);
        shell.print(Tree.list(sights, TransactionSight::tree), () -> text(sights));
        return ExitCode.OK.number();
    }

    static String text(List<TransactionSight> sights) {
        Table states =
                Table.of(
                        "TRANSACTION",
                        "REGION",
                        "STATE",
                        "AGE",
                        "TIMEOUT",
                        "PRODUCER",
                        "EPOCH",
                        "COORDINATOR");
        Table partitions = Table.of("TOPIC", "PARTITION", "REGION");
        for (TransactionSight sight : sights) {
            states.row(
                    sight.id(),
                    sight.region(),
                    sight.state(),
                    Amounts.ms(sight.ageMs()),
                    Amounts.ms(sight.is().transactionTimeoutMs()),
                    sight.is().producerId(),
                    sight.is().producerEpoch(),
                    sight.is().coordinatorId());
            sight.partitions()
                    .forEach(at -> partitions.row(at.topic(), at.partition(), sight.region()));
        }
        return states.text() + (partitions.isEmpty() ? "" : "\n" + partitions.text());
    }
}
