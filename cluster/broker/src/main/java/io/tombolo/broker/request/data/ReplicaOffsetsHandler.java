package io.tombolo.broker.request.data;

import io.tombolo.broker.Images;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.broker.shard.Shards;
import io.tombolo.replication.Partition;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.Optional;

/**
 * ListOffsets by the replicas of other brokers: where the log of a leader begins and where it ends,
 * committed or not. Other offsets are of no use to a replica and are refused.
 */
public final class ReplicaOffsetsHandler implements RequestHandler<ListOffsetsRequestData> {

    private final Images images;
    private final Shards shards;

    public ReplicaOffsetsHandler(Images images, Shards shards) {
        this.images = images;
        this.shards = shards;
    }

    @Override
    public void handle(Exchange exchange, ListOffsetsRequestData body) {
        var topics = new Topics(images.current().topics());
        var names = new ArrayList<TopicIdPartition>();
        var wishes = new ArrayList<ListOffsetsPartition>();
        for (ListOffsetsTopic topic : body.topics()) {
            for (ListOffsetsPartition partition : topic.partitions()) {
                names.add(topics.named(topic.name(), partition.partitionIndex()));
                wishes.add(partition);
            }
        }
        shards.<ListOffsetsPartitionResponse>askAll(
                names,
                exchange.loop(),
                (place, partition, fill) ->
                        fill.accept(answer(partition, names.get(place), wishes.get(place))),
                answers -> exchange.answer(ListOffsetsHandler.response(body, answers)));
    }

    private static ListOffsetsPartitionResponse answer(
            Optional<Partition> hosted, TopicIdPartition name, ListOffsetsPartition wish) {
        var answer = new ListOffsetsPartitionResponse().setPartitionIndex(wish.partitionIndex());
        if (hosted.isEmpty()) {
            return answer.setErrorCode(Topics.errorOfMissing(name).code());
        }
        Partition partition = hosted.get();
        Errors error = partition.checkEpoch(wish.currentLeaderEpoch());
        if (error != Errors.NONE) {
            return answer.setErrorCode(error.code());
        }
        return switch (SpecialOffset.of(wish.timestamp()).orElse(null)) {
            case EARLIEST -> answer.setOffset(partition.log().startOffset());
            case LATEST -> answer.setOffset(partition.log().endOffset());
            case null, default -> answer.setErrorCode(Errors.INVALID_REQUEST.code());
        };
    }
}
