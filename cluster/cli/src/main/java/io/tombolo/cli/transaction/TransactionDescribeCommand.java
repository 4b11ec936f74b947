package io.tombolo.cli.transaction;

import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;
import io.tombolo.cli.transaction.TransactionSight.Opening;

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
        List<Described> described = sights.stream().map(Described::of).toList();
        shell.print(Tree.list(described, Described::tree), () -> text(described));
        return ExitCode.OK.number();
    }

    /**
     * One id in one region.
     *
     * @param openings what it holds back
     */
    record Described(TransactionSight sight, List<Opening> openings) {

        /** Asks the leaders of its partitions. */
        static Described of(TransactionSight sight) {
            return new Described(sight, sight.openings());
        }

        private Tree tree() {
            return sight.tree().with("openings", Tree.list(openings, Opening::tree));
        }
    }

    /** A table of the ids, and one of their partitions. */
    static String text(List<Described> described) {
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
        Table partitions = Table.of("TOPIC", "PARTITION", "REGION", "FIRST-OFFSET");
        for (Described one : described) {
            TransactionSight sight = one.sight();
            states.row(
                    sight.id(),
                    sight.region(),
                    sight.state(),
                    Amounts.ms(sight.ageMs()),
                    Amounts.ms(sight.is().transactionTimeoutMs()),
                    sight.is().producerId(),
                    sight.is().producerEpoch(),
                    sight.is().coordinatorId());
            for (Opening at : one.openings()) {
                partitions.row(
                        at.partition().topic(),
                        at.partition().partition(),
                        sight.region(),
                        at.firstOffset() < 0 ? "–" : at.firstOffset());
            }
        }
        return states.text() + (partitions.isEmpty() ? "" : "\n" + partitions.text());
    }
}
