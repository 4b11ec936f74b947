package io.tombolo.cli.transaction;

import io.tombolo.cli.kafka.KafkaRegion;
import io.tombolo.cli.kafka.RegionChoice;
import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;
import io.tombolo.cli.transaction.TransactionDescribeCommand.Described;

import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ProducerState;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** Aborts a transaction, or what hangs of one in a partition. */
@Command(
        name = "abort",
        description = {
            "Aborts an ongoing transaction by its id, and fences its producer; or, where no",
            "coordinator ends it any more, what one producer has open in one partition. Asks first."
        },
        footer = {
            "",
            "Example:",
            "  tombolo txn abort billing-1 -y",
            "  tombolo txn abort orders/0/1000"
        })
final class TransactionAbortCommand implements Callable<Integer> {

    private final Shell shell;

    @Parameters(
            paramLabel = "WHAT",
            description = "A transactional id, or TOPIC/PARTITION/PRODUCER.")
    private String what = "";

    @Option(names = "--region", paramLabel = "REGION", description = "Where, if several know it.")
    private @Nullable String region;

    TransactionAbortCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        Optional<WriterName> writer = WriterName.parse(what);
        if (writer.isPresent() && TransactionSight.known(shell, region, what).isEmpty()) {
            abortIn(writer.get());
        } else {
            abort(only());
        }
        return ExitCode.OK.number();
    }

    /** The one region that is to be changed, which the user names when several know the id. */
    private TransactionSight only() {
        List<TransactionSight> sights = TransactionSight.everywhere(shell, region, what);
        if (sights.size() > 1) {
            throw CommandFailure.of(
                            Code.BAD_INPUT, "transaction " + what + " is known in several regions")
                    .at("--region")
                    .seen(String.join(", ", sights.stream().map(TransactionSight::region).toList()))
                    .fix("name one of them: --region " + sights.getFirst().region())
                    .failure();
        }
        return sights.getFirst();
    }

    private void abort(TransactionSight sight) {
        sight.requireOngoing();
        shell.note(TransactionDescribeCommand.text(List.of(Described.of(sight))).stripTrailing());
        shell.note("Its producer is fenced: it has to start anew before it can go on.");
        shell.confirm("aborting transaction " + what, what);
        KafkaRegion in = sight.in();
        try (Admin admin = in.admin()) {
            in.await(admin.fenceProducers(List.of(what)).all(), in.transaction(what));
        }
        String partitions = Amounts.of(sight.partitions().size(), "partition");
        shell.print(
                sight.tree().with("state", "Aborted").with("aborted", true),
                () -> "aborted transaction %s in %s, %s\n".formatted(what, in.name(), partitions));
    }

    private void abortIn(WriterName writer) {
        String topic = writer.partition().topic();
        KafkaRegion in = RegionChoice.forTopic(shell, region, topic);
        try (Admin admin = in.admin()) {
            ProducerState state = writing(in, admin, writer);
            long from = state.currentTransactionStartOffset().orElse(-1);
            shell.note(
                    "Producer %d has a transaction open in %s in %s, from offset %d on."
                            .formatted(writer.producerId(), writer.partition(), in.name(), from));
            shell.note("It is aborted in this partition alone, whatever its coordinator knows.");
            shell.confirm("aborting " + writer, writer.toString());
            var spec =
                    new AbortTransactionSpec(
                            writer.partition(),
                            writer.producerId(),
                            (short) state.producerEpoch(),
                            Math.max(0, state.coordinatorEpoch().orElse(0)));
            in.await(admin.abortTransaction(spec).all(), in.topic(topic));
            shell.print(
                    Tree.fields()
                            .with("topic", topic)
                            .with("partition", writer.partition().partition())
                            .with("region", in.name())
                            .with("producerId", writer.producerId())
                            .with("producerEpoch", state.producerEpoch())
                            .with("fromOffset", from)
                            .with("aborted", true),
                    () ->
                            "aborted what producer %d had open in %s in %s\n"
                                    .formatted(writer.producerId(), writer.partition(), in.name()));
        }
    }

    /** The producer in the partition; ends the command when it has nothing open there. */
    private static ProducerState writing(KafkaRegion in, Admin admin, WriterName writer) {
        List<ProducerState> open =
                in
                        .await(
                                admin.describeProducers(List.of(writer.partition()))
                                        .partitionResult(writer.partition()),
                                in.topic(writer.partition().topic()))
                        .activeProducers()
                        .stream()
                        .filter(state -> state.currentTransactionStartOffset().isPresent())
                        .toList();
        return open.stream()
                .filter(state -> state.producerId() == writer.producerId())
                .findFirst()
                .orElseThrow(() -> nothingOpen(in, writer, open));
    }

    private static CommandFailure nothingOpen(
            KafkaRegion in, WriterName writer, List<ProducerState> open) {
        List<String> ids = open.stream().map(state -> Long.toString(state.producerId())).toList();
        return CommandFailure.of(
                        Code.NO_SUCH_TRANSACTION,
                        "producer %d has no transaction open in %s in %s"
                                .formatted(writer.producerId(), writer.partition(), in.name()))
                .at(writer.toString())
                .seen(ids.isEmpty() ? "nobody has" : "those who have: " + String.join(", ", ids))
                .fix("tombolo txn list --region " + in.name())
                .failure();
    }
}
