package io.tombolo.replication.fetch;

import io.tombolo.replication.fetch.FollowedPartition.Question;
import io.tombolo.replication.follower.FetchPosition;
import io.tombolo.replication.follower.FollowerOutcome;
import io.tombolo.replication.follower.LeaderAnswer;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The questions for a leader's log start and end, for partitions whose offset it does not have.
 * First the start: whoever ends below it goes on there. Then the end: whoever is beyond it, without
 * an epoch that would tell where they diverge, is cut there.
 */
final class OffsetQuestions {

    private static final long LATEST = -1;
    private static final long EARLIEST = -2;

    private final FetcherSettings settings;
    private final int brokerId;
    private List<FollowedPartition> asked = List.of();

    OffsetQuestions(FetcherSettings settings, int brokerId) {
        this.settings = settings;
        this.brokerId = brokerId;
    }

    /** The request for all partitions that need one. */
    Optional<FetcherRequest> next(Collection<FollowedPartition> followed, long nowNanos) {
        var asking = new ArrayList<FollowedPartition>();
        var topics = new LinkedHashMap<String, ListOffsetsTopic>();
        for (FollowedPartition one : followed) {
            FetchPosition position = one.partition().fetchPosition().orElse(null);
            if (one.question() == Question.RECORDS || one.pausing(nowNanos) || position == null) {
                continue;
            }
            one.asks(position);
            asking.add(one);
            TopicIdPartition id = one.partition().id();
            topics.computeIfAbsent(id.topic(), name -> new ListOffsetsTopic().setName(name))
                    .partitions()
                    .add(
                            new ListOffsetsPartition()
                                    .setPartitionIndex(id.partition())
                                    .setCurrentLeaderEpoch(position.leaderEpoch())
                                    .setTimestamp(
                                            one.question() == Question.START ? EARLIEST : LATEST));
        }
        asked = asking;
        return asking.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new FetcherRequest.ListOffsets(
                                new ListOffsetsRequestData()
                                        .setReplicaId(brokerId)
                                        .setTopics(new ArrayList<>(topics.values()))));
    }

    /** Takes the answers; whoever got none pauses. */
    void answered(
            ListOffsetsResponseData response,
            Map<TopicIdPartition, FollowedPartition> followed,
            long nowNanos) {
        for (FollowedPartition one : asked) {
            TopicIdPartition id = one.partition().id();
            if (followed.get(id) == one) {
                find(response, id)
                        .filter(answer -> answer.errorCode() == Errors.NONE.code())
                        .ifPresentOrElse(
                                answer -> take(one, answer.offset(), nowNanos),
                                () -> one.pause(settings, nowNanos));
            }
        }
        asked = List.of();
    }

    private static Optional<ListOffsetsPartitionResponse> find(
            ListOffsetsResponseData response, TopicIdPartition id) {
        return response.topics().stream()
                .filter(topic -> topic.name().equals(id.topic()))
                .flatMap(topic -> topic.partitions().stream())
                .filter(answer -> answer.partitionIndex() == id.partition())
                .findFirst();
    }

    private void take(FollowedPartition one, long offset, long nowNanos) {
        FetchPosition position = one.asked();
        if (position == null || offset < 0) {
            one.pause(settings, nowNanos);
        } else if (one.question() == Question.START && offset <= position.fetchOffset()) {
            one.askForEnd(offset);
        } else {
            boolean start = one.question() == Question.START;
            long from = start ? offset : one.leaderStartOffset();
            var range = new LeaderAnswer.OutOfRange(from, Math.max(from, offset));
            FollowerOutcome outcome = one.partition().follow(position, range);
            if (outcome instanceof FollowerOutcome.Advanced) {
                one.pause(settings, nowNanos); // in range after all: the leader's log is moving
            } else {
                settle(one, outcome, nowNanos);
            }
        }
    }

    /** What a partition does next after it has taken an answer. */
    void settle(FollowedPartition one, FollowerOutcome outcome, long nowNanos) {
        switch (outcome) {
            case FollowerOutcome.Advanced _, FollowerOutcome.Stale _ -> one.fetchOn();
            case FollowerOutcome.Truncated(long from, long to) -> {
                if (from == to) {
                    one.pause(settings, nowNanos); // nothing came of it, nor would it at once
                } else {
                    one.fetchOn();
                }
            }
            case FollowerOutcome.Refused _, FollowerOutcome.Offline _ ->
                    one.pause(settings, nowNanos);
        }
    }
}
