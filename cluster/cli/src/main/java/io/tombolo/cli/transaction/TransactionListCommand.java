package io.tombolo.cli.transaction;

import io.tombolo.cli.kafka.Reachable;
import io.tombolo.cli.kafka.RegionChoice;
import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionState;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** Transactional ids of one region or of all, the oldest open transaction first. */
@Command(
        name = "list",
        description =
                "Transactional ids of one region or of all, the oldest open transaction first.",
        footer = {
            "",
            "Example:",
            "  tombolo txn list",
            "  tombolo txn list --state ongoing --longer-than 5m"
        })
final class TransactionListCommand implements Callable<Integer> {

    private final Shell shell;

    @Option(names = "--region", paramLabel = "REGION", description = "Only this one.")
    private @Nullable String region;

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "Only in it, such as ongoing; may be repeated.")
    private List<String> states = new ArrayList<>();

    @Option(
            names = "--longer-than",
            paramLabel = "TIME",
            description = "Only those that have been open for longer, such as 5m.")
    private @Nullable Duration longerThan;

    TransactionListCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        var options =
                new ListTransactionsOptions()
                        .filterStates(states.stream().map(TransactionListCommand::state).toList());
        if (longerThan != null) {
            options.filterOnDuration(longerThan.toMillis());
        }
        List<TransactionSight> sights =
                Reachable.of(
                                shell,
                                RegionChoice.oneOrAll(shell, region),
                                in -> TransactionSight.listed(in, options))
                        .stream()
                        .flatMap(List::stream)
                        .sorted(
                                Comparator.comparingLong(TransactionSight::ageMs)
                                        .reversed()
                                        .thenComparing(TransactionSight::id)
                                        .thenComparing(TransactionSight::region))
                        .toList();
        shell.print(Tree.list(sights, TransactionSight::tree), () -> table(sights));
        return ExitCode.OK.number();
    }

    /** A state by the name that brokers and tools give it, in any case. */
    private static TransactionState state(String name) {
        return Arrays.stream(TransactionState.values())
                .filter(state -> state.toString().equalsIgnoreCase(name))
                .findFirst()
                .orElseThrow(() ->
                        CommandFailure.of(
                                        Code.BAD_INPUT,
                                        "'" + name + "' is no state of a transaction")
                                .at("--state")
                                .seen(
                                        "there are "
                                                + Arrays.stream(TransactionState.values())
                                                        .map(TransactionState::toString)
                                                        .collect(Collectors.joining(", ")))
                                .fix("--state ongoing")
                                .failure());
    }

    private static String table(List<TransactionSight> sights) {
        Table table =
                Table.of(
                        "TRANSACTION",
                        "REGION",
                        "STATE",
                        "AGE",
                        "PRODUCER",
                        "COORDINATOR",
                        "PARTITIONS");
        for (TransactionSight sight : sights) {
            table.row(
                    sight.id(),
                    sight.region(),
                    sight.state(),
                    Amounts.ms(sight.ageMs()),
                    sight.is().producerId(),
                    sight.is().coordinatorId(),
                    sight.partitions().size());
        }
        return table.textOr("no transactions");
    }
}
