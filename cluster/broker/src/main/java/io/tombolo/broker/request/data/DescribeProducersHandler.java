package io.tombolo.broker.request.data;

import io.tombolo.broker.Images;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.broker.shard.Shards;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Role;
import io.tombolo.storage.log.ProducerView;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.ProducerState;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** DescribeProducers: which producers a replica remembers, the leader's or a follower's. */
public final class DescribeProducersHandler
        implements RequestHandler<DescribeProducersRequestData> {

    private final Images images;
    private final Shards shards;

    public DescribeProducersHandler(Images images, Shards shards) {
        this.images = images;
        this.shards = shards;
    }

    @Override
    public void handle(Exchange exchange, DescribeProducersRequestData body) {
        var topics = new Topics(images.current().topics());
        var names = new ArrayList<TopicIdPartition>();
        for (TopicRequest topic : body.topics()) {
            for (int partition : topic.partitionIndexes()) {
                names.add(topics.named(topic.name(), partition));
            }
        }
        shards.<PartitionResponse>askAll(
                names,
                exchange.loop(),
                (place, partition, fill) -> fill.accept(answer(partition, names.get(place))),
                answers -> exchange.answer(response(body, answers)));
    }

    private static PartitionResponse answer(Optional<Partition> partition, TopicIdPartition name) {
        var answer = new PartitionResponse().setPartitionIndex(name.partition());
        if (partition.isEmpty()) {
            return refused(answer, Topics.errorOfMissing(name));
        }
        if (partition.get().log().failure().isPresent()) {
            return refused(answer, Errors.KAFKA_STORAGE_ERROR);
        }
        if (partition.get().role() instanceof Role.Idle) {
            return refused(answer, Errors.NOT_LEADER_OR_FOLLOWER);
        }
        for (ProducerView producer : partition.get().log().producers()) {
            answer.activeProducers()
                    .add(
                            new ProducerState()
                                    .setProducerId(producer.producerId())
                                    .setProducerEpoch(producer.producerEpoch())
                                    .setLastSequence(producer.lastSequence())
                                    .setLastTimestamp(producer.lastTimestampMs())
                                    .setCoordinatorEpoch(producer.coordinatorEpoch())
                                    .setCurrentTxnStartOffset(
                                            producer.openTransactionOffset().orElse(-1)));
        }
        return answer;
    }

    private static PartitionResponse refused(PartitionResponse answer, Errors error) {
        return answer.setErrorCode(error.code()).setErrorMessage(error.message());
    }

    private static DescribeProducersResponseData response(
            DescribeProducersRequestData body, List<PartitionResponse> answers) {
        var response = new DescribeProducersResponseData();
        int place = 0;
        for (TopicRequest topic : body.topics()) {
            var result = new TopicResponse().setName(topic.name());
            for (int index = 0; index < topic.partitionIndexes().size(); index++) {
                result.partitions().add(answers.get(place++));
            }
            response.topics().add(result);
        }
        return response;
    }
}
