package io.tombolo.cli.transaction;

import io.tombolo.cli.kafka.KafkaRegion;
import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.Shell;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Finds what hangs in a region. Leaders are asked before and after the coordinators: what was open
 * at both times was open in between, so a coordinator that was to end it must have known it then.
 */
final class HangingSearch {

    private static final Set<TransactionState> OPEN =
            Set.of(
                    TransactionState.ONGOING,
                    TransactionState.PREPARE_COMMIT,
                    TransactionState.PREPARE_ABORT,
                    TransactionState.PREPARE_EPOCH_FENCE);

    private static final String COORDINATORS = "__transaction_state";

    private final Shell shell;
    private final KafkaRegion in;
    private final Admin admin;

    private HangingSearch(Shell shell, KafkaRegion in, Admin admin) {
        this.shell = shell;
        this.in = in;
        this.admin = admin;
    }

    /** What hangs in a region. Mirrors are left out: theirs is for their source to end. */
    static List<HangingTransaction> in(Shell shell, KafkaRegion in) {
        try (Admin admin = in.admin()) {
            return new HangingSearch(shell, in, admin).found();
        }
    }

    private List<HangingTransaction> found() {
        Set<Place> own = ownPartitions();
        List<HangingTransaction> before = open(own.stream().map(Place::partition).toList());
        if (before.isEmpty()) {
            return before;
        }
        requireCoordinators();
        Set<WriterName> known = known();
        List<HangingTransaction> suspects =
                before.stream().filter(one -> !known.contains(one.writer())).toList();
        List<TopicPartition> asked =
                suspects.stream().map(one -> one.writer().partition()).distinct().toList();
        List<HangingTransaction> after = open(asked);
        Set<TopicPartition> stayed = stayed(own, asked);
        return after.stream()
                .filter(one -> stayed.contains(one.writer().partition()))
                .filter(one -> suspects.stream().anyMatch(one::sameAs))
                .toList();
    }

    /** Those whose leader is the same as before: a follower may know less, and answers as well. */
    private Set<TopicPartition> stayed(Set<Place> before, List<TopicPartition> asked) {
        Set<String> topics = asked.stream().map(TopicPartition::topic).collect(Collectors.toSet());
        return partitionsOf(topics).stream()
                .filter(before::contains)
                .map(Place::partition)
                .collect(Collectors.toSet());
    }

    /** All partitions that no link writes to and that have a leader; the others are warned of. */
    private Set<Place> ownPartitions() {
        var options = new ListTopicsOptions().listInternal(true);
        var names = new TreeSet<>(in.await(admin.listTopics(options).names(), in.all("topics")));
        names.removeAll(in.mirrors());
        List<Place> all = partitionsOf(names);
        long leaderless = all.stream().filter(one -> !one.hasLeader()).count();
        if (leaderless > 0) {
            shell.warn(
                    "%s: not looked into, for want of a leader: %s"
                            .formatted(in.name(), Amounts.of(leaderless, "partition")));
        }
        return all.stream().filter(Place::hasLeader).collect(Collectors.toSet());
    }

    /**
     * A partition and who leads it.
     *
     * @param leader the id of a broker; -1 for none
     */
    private record Place(TopicPartition partition, int leader) {

        static Place of(String topic, TopicPartitionInfo info) {
            Node leader = info.leader();
            return new Place(
                    new TopicPartition(topic, info.partition()), leader == null ? -1 : leader.id());
        }

        boolean hasLeader() {
            return leader >= 0;
        }
    }

    /** The partitions of those topics that are still there. */
    private List<Place> partitionsOf(Set<String> names) {
        var places = new ArrayList<Place>();
        var answers = admin.describeTopics(names).topicNameValues();
        for (String name : names) {
            in
                    .find(
                            KafkaRegion.entry(answers, name),
                            UnknownTopicOrPartitionException.class,
                            in.topic(name))
                    .stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .map(info -> Place.of(name, info))
                    .forEach(places::add);
        }
        return places;
    }

    /** What is open in partitions, as their leaders see it. */
    private List<HangingTransaction> open(Collection<TopicPartition> partitions) {
        var open = new ArrayList<HangingTransaction>();
        if (partitions.isEmpty()) {
            return open;
        }
        var answers = admin.describeProducers(partitions);
        for (TopicPartition partition : partitions) {
            in
                    .find(
                            answers.partitionResult(partition),
                            UnknownTopicOrPartitionException.class,
                            in.topic(partition.topic()))
                    .stream()
                    .flatMap(found -> found.activeProducers().stream())
                    .filter(state -> state.currentTransactionStartOffset().isPresent())
                    .map(state ->
                            HangingTransaction.of(
                                    in.name(), partition, state, System.currentTimeMillis()))
                    .forEach(open::add);
        }
        return open;
    }

    /** Ends the command when a coordinator is away: what it knows would pass for hanging. */
    private void requireCoordinators() {
        long away =
                partitionsOf(Set.of(COORDINATORS)).stream().filter(one -> !one.hasLeader()).count();
        if (away > 0) {
            throw CommandFailure.of(
                            Code.UNREACHABLE,
                            "not every coordinator of transactions in " + in.name() + " is there")
                    .at("topic " + COORDINATORS + " in " + in.name())
                    .seen(Amounts.of(away, "partition") + " without a leader")
                    .why("a transaction whose coordinator is away looks as if nobody knew it")
                    .fix("tombolo status", "tombolo region describe " + in.name())
                    .failure();
        }
    }

    /** What coordinators have open. */
    private Set<WriterName> known() {
        var options = new ListTransactionsOptions().filterStates(OPEN);
        return TransactionSight.listed(in, admin, options).stream()
                .flatMap(sight ->
                        sight.partitions().stream()
                                .map(one -> new WriterName(one, sight.is().producerId())))
                .collect(Collectors.toSet());
    }
}
