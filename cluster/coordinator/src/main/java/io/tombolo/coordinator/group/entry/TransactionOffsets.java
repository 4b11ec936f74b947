package io.tombolo.coordinator.group.entry;

import io.tombolo.coordinator.group.CommittedOffset;
import io.tombolo.coordinator.group.GroupCommand;
import io.tombolo.coordinator.group.GroupCommand.Committer;
import io.tombolo.coordinator.group.GroupCommand.PartitionCommit;
import io.tombolo.coordinator.group.Responses;
import io.tombolo.coordinator.group.entry.GroupOffsets.TopicName;
import io.tombolo.coordinator.runtime.CoordinatorLog.AppendResult;
import io.tombolo.coordinator.runtime.Producer;
import io.tombolo.coordinator.runtime.Reply;
import io.tombolo.coordinator.runtime.TransactionEnd;
import io.tombolo.environment.Clock;

import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Offsets that are committed in transactions: TxnOffsetCommit in all versions, and what becomes of
 * them when the marker comes.
 */
public final class TransactionOffsets {

    /** From this version on topics go by id. */
    private static final short VERSION_TOPIC_IDS = 6;

    private final Partitions partitions;
    private final TopicLookup topics;
    private final Clock clock;

    TransactionOffsets(Partitions partitions, TopicLookup topics, Clock clock) {
        this.partitions = partitions;
        this.topics = topics;
        this.clock = clock;
    }

    /** Finds out whether a transaction may reach a partition of {@code __consumer_offsets}. */
    @FunctionalInterface
    public interface Admission {

        /**
         * Asks its coordinator.
         *
         * @param then called once, on the loop of the partition, now or later. Between NONE and the
         *     positions no marker of the transaction gets in
         */
        void ask(int partition, Consumer<Errors> then);
    }

    /**
     * Keeps positions until the transaction of their producer ends. Comes from {@link Caller#loop}
     * and is answered there exactly once, perhaps before it returns.
     *
     * @param admission what every position is refused with when it does not say NONE
     */
    public void commit(
            Caller caller,
            TxnOffsetCommitRequestData request,
            Admission admission,
            Consumer<TxnOffsetCommitResponseData> answer) {
        List<PartitionCommit> commits = resolve(caller, request);
        if (!GroupMembership.isGroupId(request.groupId())) {
            answer.accept(refused(commits, Errors.INVALID_GROUP_ID));
            return;
        }
        if (commits.stream().noneMatch(commit -> commit.error() == Errors.NONE)) {
            answer.accept(refused(commits, Errors.NONE));
            return;
        }
        var committer =
                new Committer(
                        request.groupId(),
                        request.generationIdOrMemberEpoch(),
                        request.memberId(),
                        request.groupInstanceId(),
                        caller.apiVersion());
        var producer = new Producer(request.producerId(), request.producerEpoch());
        int partition = partitions.of(request.groupId());
        Reply<TxnOffsetCommitResponseData> reply =
                Reply.of(answer, error -> refused(commits, error));
        admission.ask(
                partition,
                refusal -> {
                    if (refusal == Errors.NONE) {
                        partitions.write(
                                partition,
                                caller.loop(),
                                ticket ->
                                        new GroupCommand.CommitInTransaction(
                                                committer, producer, commits, ticket),
                                reply);
                    } else {
                        caller.loop().execute(() -> reply.refuse(refusal));
                    }
                });
    }

    private List<PartitionCommit> resolve(Caller caller, TxnOffsetCommitRequestData request) {
        long nowMs = clock.wallTimeMs();
        var commits = new ArrayList<PartitionCommit>();
        for (TxnOffsetCommitRequestTopic topic : request.topics()) {
            boolean byId = caller.apiVersion() >= VERSION_TOPIC_IDS;
            var known = TopicName.of(topics, byId, topic.name(), topic.topicId());
            for (TxnOffsetCommitRequestPartition partition : topic.partitions()) {
                int index = partition.partitionIndex();
                String metadata = partition.committedMetadata();
                var offset =
                        new CommittedOffset(
                                partition.committedOffset(),
                                partition.committedLeaderEpoch(),
                                metadata == null ? "" : metadata,
                                nowMs,
                                -1,
                                known.id());
                commits.add(
                        new PartitionCommit(
                                known.name(),
                                known.id(),
                                index,
                                offset,
                                known.errorOf(topics, index)));
            }
        }
        return commits;
    }

    /** Partitions that are wrong in themselves keep their own error. */
    private static TxnOffsetCommitResponseData refused(
            List<PartitionCommit> commits, Errors error) {
        var results = new Responses.TransactionResults();
        for (PartitionCommit commit : commits) {
            results.add(commit, commit.error() == Errors.NONE ? error : commit.error());
        }
        return results.response();
    }

    /**
     * Ends a producer's transaction on a partition of {@code __consumer_offsets}: positions that
     * were decided on before go to the log, then the marker, and from then on what the transaction
     * committed is what OffsetFetch tells (once the marker is below the high watermark). Call it on
     * the loop that owns the partition, instead of appending the marker.
     *
     * @param append appends the marker to the partition; called at most once, before this returns
     * @return NONE when the marker is in the log. NOT_COORDINATOR and COORDINATOR_LOAD_IN_PROGRESS
     *     when the groups are not loaded here yet: nothing is appended, to be tried again
     */
    public Errors end(int partition, TransactionEnd end, Supplier<AppendResult> append) {
        return partitions.end(partition, end, append);
    }
}
