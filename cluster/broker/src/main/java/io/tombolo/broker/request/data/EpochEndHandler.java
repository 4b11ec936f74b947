package io.tombolo.broker.request.data;

import io.tombolo.broker.Images;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.broker.shard.Shards;
import io.tombolo.replication.Partition;
import io.tombolo.storage.log.EpochEnd;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.OffsetForLeaderTopicResult;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** OffsetForLeaderEpoch: where a leader epoch ends, so that a reader notices a truncated log. */
public final class EpochEndHandler implements RequestHandler<OffsetForLeaderEpochRequestData> {

    private final Images images;
    private final Shards shards;
    private final AwayTopics away;

    public EpochEndHandler(Images images, Shards shards, AwayTopics away) {
        this.away = away;
        this.images = images;
        this.shards = shards;
    }

    @Override
    public void handle(Exchange exchange, OffsetForLeaderEpochRequestData body) {
        var topics = new Topics(images.current().topics());
        var names = new ArrayList<TopicIdPartition>();
        var wishes = new ArrayList<OffsetForLeaderPartition>();
        var away = new HashSet<String>();
        for (OffsetForLeaderTopic topic : body.topics()) {
            if (this.away.away(exchange, topic.topic())) {
                away.add(topic.topic());
            }
            for (OffsetForLeaderPartition partition : topic.partitions()) {
                names.add(topics.named(topic.topic(), partition.partition()));
                wishes.add(partition);
            }
        }
        shards.<EpochEndOffset>askAll(
                names,
                exchange.loop(),
                (place, partition, fill) ->
                        fill.accept(
                                away.contains(names.get(place).topic())
                                        ? refused(wishes.get(place))
                                        : answer(partition, names.get(place), wishes.get(place))),
                answers -> exchange.answer(response(body, answers)));
    }

    private static EpochEndOffset refused(OffsetForLeaderPartition wish) {
        return new EpochEndOffset()
                .setPartition(wish.partition())
                .setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code());
    }

    private static EpochEndOffset answer(
            Optional<Partition> partition, TopicIdPartition name, OffsetForLeaderPartition wish) {
        var answer = new EpochEndOffset().setPartition(wish.partition());
        if (partition.isEmpty()) {
            return answer.setErrorCode(Topics.errorOfMissing(name).code());
        }
        Errors error = partition.get().checkEpoch(wish.currentLeaderEpoch());
        if (error != Errors.NONE) {
            return answer.setErrorCode(error.code());
        }
        Optional<EpochEnd> end = partition.get().endOfEpoch(wish.leaderEpoch());
        end.ifPresent(found ->
                answer.setLeaderEpoch(found.leaderEpoch()).setEndOffset(found.endOffset()));
        return answer;
    }

    private static OffsetForLeaderEpochResponseData response(
            OffsetForLeaderEpochRequestData body, List<EpochEndOffset> answers) {
        var response = new OffsetForLeaderEpochResponseData();
        int place = 0;
        for (OffsetForLeaderTopic topic : body.topics()) {
            var result = new OffsetForLeaderTopicResult().setTopic(topic.topic());
            for (int index = 0; index < topic.partitions().size(); index++) {
                result.partitions().add(answers.get(place++));
            }
            response.topics().add(result);
        }
        return response;
    }
}
