package io.tombolo.broker.request.data;

import io.tombolo.protocol.PayloadRecords;
import io.tombolo.replication.FetchOutcome;
import io.tombolo.replication.LeaderHint;
import io.tombolo.storage.log.ReadResult;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;
import org.apache.kafka.common.message.FetchResponseData.EpochEndOffset;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.LeaderIdAndEpoch;
import org.apache.kafka.common.message.FetchResponseData.NodeEndpoint;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.List;

/** Writes what was read of partitions into the response of a Fetch. */
record FetchAnswers(LeaderHints hints, boolean readCommitted) {

    /** What one request asks for, all sessions considered. */
    record Plan(List<FetchEntry> entries, @Nullable FetchSession session, boolean incremental) {}

    /**
     * @param errors of each entry of the plan
     * @param outcomes of those entries that have no error
     */
    FetchResponseData response(Plan plan, List<Errors> errors, List<FetchOutcome> outcomes) {
        var response = new FetchResponseData();
        if (plan.session() != null) {
            response.setSessionId(plan.session().id());
        }
        int read = 0;
        FetchableTopicResponse topic = null;
        for (int place = 0; place < errors.size(); place++) {
            FetchEntry entry = plan.entries().get(place);
            PartitionData partition =
                    errors.get(place) == Errors.NONE
                            ? resolved(entry, outcomes.get(read++), response)
                            : failed(entry, errors.get(place));
            if (plan.incremental() && !entry.newsIn(partition)) {
                continue;
            }
            entry.told(partition);
            if (plan.session() != null && PayloadRecords.bytesOf(partition) > 0) {
                plan.session().rotate(entry);
            }
            if (topic == null || !isTopic(topic, entry.key())) {
                topic =
                        new FetchableTopicResponse()
                                .setTopic(entry.key().topic())
                                .setTopicId(entry.key().topicId());
                response.responses().add(topic);
            }
            topic.partitions().add(partition);
        }
        return response;
    }

    /** A response that gives every partition of the request the same error. */
    static FetchResponseData refusal(List<FetchEntry> entries, Errors error) {
        var answers = new FetchAnswers(LeaderHints.NONE, false);
        var plan = new Plan(entries, null, false);
        return answers.response(plan, entries.stream().map(_ -> error).toList(), List.of());
    }

    private static boolean isTopic(FetchableTopicResponse topic, FetchSession.Key key) {
        return topic.topicId().equals(key.topicId()) && topic.topic().equals(key.topic());
    }

    private PartitionData resolved(
            FetchEntry entry, FetchOutcome outcome, FetchResponseData response) {
        PartitionData answer = empty(entry);
        switch (outcome) {
            case FetchOutcome.Read(ReadResult.Slice slice, var bounds) -> {
                setBounds(answer, bounds);
                PayloadRecords.attach(answer, slice.parts());
                if (readCommitted) {
                    answer.setAbortedTransactions(aborted(slice));
                }
            }
            case FetchOutcome.Diverging(var end, var bounds) -> {
                setBounds(answer, bounds);
                answer.setDivergingEpoch(
                        new EpochEndOffset()
                                .setEpoch(end.leaderEpoch())
                                .setEndOffset(end.endOffset()));
            }
            case FetchOutcome.Closer(int brokerId, var bounds) -> {
                setBounds(answer, bounds);
                answer.setPreferredReadReplica(brokerId);
            }
            case FetchOutcome.Refused refused -> {
                answer.setErrorCode(refused.error().code());
                addHint(answer, entry.partition(), refused, response);
            }
            case FetchOutcome.Cold _ ->
                    throw new IllegalStateException("a cold read was not carried out");
        }
        return answer;
    }

    /** Refused before anything was read; Kafka then has an empty list where a read has none. */
    private static PartitionData failed(FetchEntry entry, Errors error) {
        return empty(entry).setErrorCode(error.code()).setAbortedTransactions(List.of());
    }

    private static PartitionData empty(FetchEntry entry) {
        var answer =
                new PartitionData()
                        .setPartitionIndex(entry.key().partition())
                        .setHighWatermark(-1)
                        .setAbortedTransactions(null);
        PayloadRecords.attach(answer, List.of());
        return answer;
    }

    /** KIP-951: who asks the wrong broker is told the right one. */
    private void addHint(
            PartitionData answer,
            TopicIdPartition partition,
            FetchOutcome.Refused refused,
            FetchResponseData response) {
        LeaderHint hint = hints.of(partition, refused.error(), refused.leader());
        if (!hint.equals(LeaderHint.NONE)) {
            answer.setCurrentLeader(
                    new LeaderIdAndEpoch()
                            .setLeaderId(hint.leaderId())
                            .setLeaderEpoch(hint.leaderEpoch()));
            hints.address(hint)
                    .filter(_ -> response.nodeEndpoints().find(hint.leaderId()) == null)
                    .ifPresent(broker ->
                            response.nodeEndpoints()
                                    .add(
                                            new NodeEndpoint()
                                                    .setNodeId(broker.brokerId())
                                                    .setHost(broker.host())
                                                    .setPort(broker.port())
                                                    .setRack(broker.rackOrNull())));
        }
    }

    private static void setBounds(PartitionData answer, FetchOutcome.Bounds bounds) {
        answer.setHighWatermark(bounds.highWatermark())
                .setLastStableOffset(bounds.lastStableOffset())
                .setLogStartOffset(bounds.logStartOffset());
    }

    private static List<AbortedTransaction> aborted(ReadResult.Slice slice) {
        return slice.abortedTransactions().stream()
                .map(one ->
                        new AbortedTransaction()
                                .setProducerId(one.producerId())
                                .setFirstOffset(one.firstOffset()))
                .toList();
    }
}
