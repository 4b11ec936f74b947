package io.tombolo.cli.transaction;

import io.tombolo.cli.kafka.KafkaRegion;
import io.tombolo.cli.kafka.Reachable;
import io.tombolo.cli.kafka.RegionChoice;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.Shell;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeProducersResult;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionListing;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TransactionalIdNotFoundException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A transactional id as its coordinator in one region knows it.
 *
 * @param seenMs when it was asked
 */
record TransactionSight(KafkaRegion in, String id, TransactionDescription is, long seenMs) {

    private static final Comparator<TopicPartition> ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition);

    String region() {
        return in.name();
    }

    String state() {
        return is.state().toString();
    }

    /** Whether it holds back consumers of what is committed. */
    boolean open() {
        return switch (is.state()) {
            case ONGOING, PREPARE_ABORT, PREPARE_COMMIT, PREPARE_EPOCH_FENCE -> true;
            case COMPLETE_ABORT, COMPLETE_COMMIT, EMPTY, UNKNOWN -> false;
        };
    }

    /** For how long it has been open; −1 when it is not. */
    long ageMs() {
        return open() && is.transactionStartTimeMs().isPresent()
                ? Math.max(0, seenMs - is.transactionStartTimeMs().getAsLong())
                : -1;
    }

    List<TopicPartition> partitions() {
        return is.topicPartitions().stream().sorted(ORDER).toList();
    }

    /**
     * What it holds back in one partition.
     *
     * @param firstOffset of its first record there; −1 when it has none, or none any more
     */
    record Opening(TopicPartition partition, long firstOffset) {

        Tree tree() {
            return Tree.fields()
                    .with("topic", partition.topic())
                    .with("partition", partition.partition())
                    .with("firstOffset", firstOffset);
        }
    }

    /** Asks the leaders of its partitions from where on it holds back readers. */
    List<Opening> openings() {
        List<TopicPartition> all = partitions();
        if (all.isEmpty()) {
            return List.of();
        }
        try (Admin admin = in.admin()) {
            var answers = admin.describeProducers(all);
            return all.stream()
                    .map(one ->
                            new Opening(
                                    one,
                                    in.find(
                                                    answers.partitionResult(one),
                                                    UnknownTopicOrPartitionException.class,
                                                    in.topic(one.topic()))
                                            .map(this::firstOffset)
                                            .orElse(-1L)))
                    .toList();
        }
    }

    private long firstOffset(DescribeProducersResult.PartitionProducerState found) {
        return found.activeProducers().stream()
                .filter(producer -> producer.producerId() == is.producerId())
                .mapToLong(producer -> producer.currentTransactionStartOffset().orElse(-1))
                .findFirst()
                .orElse(-1);
    }

    /** What a list shows of it. */
    Tree.Fields tree() {
        return Tree.fields()
                .with("transaction", id)
                .with("region", region())
                .with("state", state())
                .with("ageMs", ageMs())
                .with("producerId", is.producerId())
                .with("producerEpoch", is.producerEpoch())
                .with("coordinator", is.coordinatorId())
                .with("timeoutMs", is.transactionTimeoutMs())
                .with("partitions", partitions());
    }

    /** Those of a region that the options choose and that did not vanish since they were listed. */
    static List<TransactionSight> listed(KafkaRegion in, ListTransactionsOptions options) {
        try (Admin admin = in.admin()) {
            return listed(in, admin, options);
        }
    }

    static List<TransactionSight> listed(
            KafkaRegion in, Admin admin, ListTransactionsOptions options) {
        List<String> ids =
                in.await(admin.listTransactions(options).all(), in.all("transactions")).stream()
                        .map(TransactionListing::transactionalId)
                        .toList();
        return described(in, admin, ids);
    }

    /** The id in every region that answers and knows it; there may be none. */
    static List<TransactionSight> known(Shell shell, @Nullable String region, String id) {
        return Reachable.of(
                        shell,
                        RegionChoice.oneOrAll(shell, region),
                        in -> {
                            try (Admin admin = in.admin()) {
                                return described(in, admin, List.of(id));
                            }
                        })
                .stream()
                .flatMap(List::stream)
                .toList();
    }

    /** The id in every region that answers and knows it; ends the command when none does. */
    static List<TransactionSight> everywhere(Shell shell, @Nullable String region, String id) {
        List<TransactionSight> sights = known(shell, region, id);
        if (sights.isEmpty()) {
            throw CommandFailure.of(Code.NO_SUCH_TRANSACTION, "there is no transaction " + id)
                    .at(region == null ? "any region that answers" : "region " + region)
                    .fix("tombolo txn list")
                    .failure();
        }
        return sights;
    }

    private static List<TransactionSight> described(
            KafkaRegion in, Admin admin, Collection<String> ids) {
        var sights = new ArrayList<TransactionSight>();
        if (ids.isEmpty()) {
            return sights;
        }
        var answers = admin.describeTransactions(ids);
        for (String id : ids) {
            Optional<TransactionDescription> is =
                    in.find(
                            answers.description(id),
                            TransactionalIdNotFoundException.class,
                            in.transaction(id));
            is.ifPresent(found ->
                    sights.add(new TransactionSight(in, id, found, System.currentTimeMillis())));
        }
        return sights;
    }

    /** Ends the command when there is nothing to abort, or its end is decided. */
    void requireOngoing() {
        if (is.state() != TransactionState.ONGOING) {
            throw CommandFailure.of(
                            Code.TRANSACTION_NOT_OPEN,
                            "transaction %s in %s cannot be aborted".formatted(id, region()))
                    .at("transaction " + id)
                    .seen("its state is " + state())
                    .why(
                            open()
                                    ? "how it ends is decided, and its partitions are being told"
                                    : "nothing is open; its producer would be fenced for nothing")
                    .fix("tombolo txn describe " + id)
                    .failure();
        }
    }
}
