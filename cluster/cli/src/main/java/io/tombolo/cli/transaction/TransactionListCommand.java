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
            "  tombolo txn list --state ongoing --longer-than 5m",
            "  tombolo txn list --hanging"
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
            description = "Only those that have been open (hanging: idle) for longer, such as 5m.")
    private @Nullable Duration longerThan;

    @Option(
            names = "--hanging",
            description = {
                "Instead, what is open in partitions and known to no coordinator, so that",
                "nobody ends it and readers of what is committed wait for ever."
            })
    private boolean hanging;

    TransactionListCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        if (hanging) {
            listHanging();
        } else {
            list();
        }
        return ExitCode.OK.number();
    }

    private void list() {
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
    }

    private void listHanging() {
        if (!states.isEmpty()) {
            throw CommandFailure.of(Code.BAD_INPUT, "what hangs has no state")
                    .at("--state")
                    .why("a state is what a coordinator says, and here none knows it")
                    .fix("tombolo txn list --hanging")
                    .failure();
        }
        long idleMs = longerThan == null ? -1 : longerThan.toMillis();
        List<HangingTransaction> all =
                Reachable.of(
                                shell,
                                RegionChoice.oneOrAll(shell, region),
                                in -> HangingSearch.in(shell, in))
                        .stream()
                        .flatMap(List::stream)
                        .filter(one -> one.idleMs() > idleMs)
                        .sorted(Comparator.comparingLong(HangingTransaction::idleMs).reversed())
                        .toList();
        shell.print(Tree.list(all, HangingTransaction::tree), () -> tableOfHanging(all));
        if (!all.isEmpty()) {
            shell.note(
                    "each one ends with: tombolo txn abort %s --region %s"
                            .formatted(all.getFirst().writer(), all.getFirst().region()));
        }
    }

    private static String tableOfHanging(List<HangingTransaction> all) {
        Table table = Table.of("HANGING", "REGION", "PRODUCER", "EPOCH", "FIRST-OFFSET", "IDLE");
        for (HangingTransaction one : all) {
            table.row(
                    one.writer(),
                    one.region(),
                    one.writer().producerId(),
                    one.producerEpoch(),
                    one.firstOffset(),
                    Amounts.ms(one.idleMs()));
        }
        return table.textOr("nothing hangs");
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
