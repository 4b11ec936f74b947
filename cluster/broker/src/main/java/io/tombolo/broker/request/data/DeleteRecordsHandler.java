package io.tombolo.broker.request.data;

import io.tombolo.broker.Images;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.broker.shard.Shards;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsTopicResult;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** DeleteRecords: raises the log start of partitions. */
public final class DeleteRecordsHandler implements RequestHandler<DeleteRecordsRequestData> {

    private final Images images;
    private final Shards shards;

    public DeleteRecordsHandler(Images images, Shards shards) {
        this.images = images;
        this.shards = shards;
    }

    @Override
    public void handle(Exchange exchange, DeleteRecordsRequestData body) {
        var topics = new Topics(images.current().topics());
        var names = new ArrayList<TopicIdPartition>();
        var wishes = new ArrayList<DeleteRecordsPartition>();
        for (DeleteRecordsTopic topic : body.topics()) {
            for (DeleteRecordsPartition partition : topic.partitions()) {
                names.add(topics.named(topic.name(), partition.partitionIndex()));
                wishes.add(partition);
            }
        }
        long timeoutNanos = TimeUnit.MILLISECONDS.toNanos(Math.max(0, body.timeoutMs()));
        shards.<DeleteRecordsPartitionResult>askAll(
                names,
                exchange.loop(),
                (place, partition, fill) -> {
                    int index = wishes.get(place).partitionIndex();
                    if (partition.isEmpty()) {
                        fill.accept(result(index, Topics.errorOfMissing(names.get(place)), -1));
                    } else {
                        partition
                                .get()
                                .deleteRecords(
                                        wishes.get(place).offset(),
                                        timeoutNanos,
                                        (error, low) -> fill.accept(result(index, error, low)));
                    }
                },
                answers -> exchange.answer(response(body, answers)));
    }

    private static DeleteRecordsPartitionResult result(int index, Errors error, long lowWatermark) {
        return new DeleteRecordsPartitionResult()
                .setPartitionIndex(index)
                .setErrorCode(error.code())
                .setLowWatermark(lowWatermark);
    }

    private static DeleteRecordsResponseData response(
            DeleteRecordsRequestData body, List<DeleteRecordsPartitionResult> answers) {
        var response = new DeleteRecordsResponseData();
        int place = 0;
        for (DeleteRecordsTopic topic : body.topics()) {
            var result = new DeleteRecordsTopicResult().setName(topic.name());
            for (int index = 0; index < topic.partitions().size(); index++) {
                result.partitions().add(answers.get(place++));
            }
            response.topics().add(result);
        }
        return response;
    }
}
