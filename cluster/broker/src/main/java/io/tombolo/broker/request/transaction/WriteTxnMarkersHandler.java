package io.tombolo.broker.request.transaction;

import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.broker.shard.Gathering;
import io.tombolo.broker.transaction.MarkerDesk;
import io.tombolo.coordinator.transaction.entry.TransactionCoordinator;
import io.tombolo.protocol.SendingOrder;
import io.tombolo.replication.transaction.TransactionMarker;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarker;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarkerTopic;
import org.apache.kafka.common.message.WriteTxnMarkersResponseData;
import org.apache.kafka.common.message.WriteTxnMarkersResponseData.WritableTxnMarkerPartitionResult;
import org.apache.kafka.common.message.WriteTxnMarkersResponseData.WritableTxnMarkerResult;
import org.apache.kafka.common.message.WriteTxnMarkersResponseData.WritableTxnMarkerTopicResult;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * WriteTxnMarkers: of the coordinators of other brokers, and of administrators that abort a
 * transaction which its coordinator has forgotten.
 */
final class WriteTxnMarkersHandler implements RequestHandler<WriteTxnMarkersRequestData> {

    private final MarkerDesk desk;

    WriteTxnMarkersHandler(MarkerDesk desk) {
        this.desk = desk;
    }

    private record Wanted(TopicPartition partition, TransactionMarker marker) {}

    @Override
    public void handle(Exchange exchange, WriteTxnMarkersRequestData body) {
        List<Wanted> wanted = wanted(body);
        if (wanted.isEmpty()) {
            exchange.answer(response(body, List.of()));
            return;
        }
        Optional<SendingOrder> order = SendingOrder.of(body);
        var gathering =
                new Gathering<Errors>(
                        wanted.size(), errors -> exchange.answer(response(body, errors)));
        for (int index = 0; index < wanted.size(); index++) {
            int place = index;
            desk.write(
                    wanted.get(index).partition(),
                    wanted.get(index).marker(),
                    order,
                    exchange.loop(),
                    error -> gathering.fill(place, error));
        }
    }

    private static List<Wanted> wanted(WriteTxnMarkersRequestData body) {
        var wanted = new ArrayList<Wanted>();
        for (WritableTxnMarker told : body.markers()) {
            var marker =
                    new TransactionMarker(
                            told.producerId(),
                            told.producerEpoch(),
                            told.transactionResult(),
                            told.coordinatorEpoch(),
                            told.transactionVersion() >= TransactionCoordinator.RAISING);
            for (WritableTxnMarkerTopic topic : told.topics()) {
                for (int partition : topic.partitionIndexes()) {
                    wanted.add(new Wanted(new TopicPartition(topic.name(), partition), marker));
                }
            }
        }
        return wanted;
    }

    private static WriteTxnMarkersResponseData response(
            WriteTxnMarkersRequestData body, List<Errors> errors) {
        var response = new WriteTxnMarkersResponseData();
        int place = 0;
        for (WritableTxnMarker told : body.markers()) {
            var result = new WritableTxnMarkerResult().setProducerId(told.producerId());
            for (WritableTxnMarkerTopic topic : told.topics()) {
                var ofTopic = new WritableTxnMarkerTopicResult().setName(topic.name());
                for (int partition : topic.partitionIndexes()) {
                    ofTopic.partitions()
                            .add(
                                    new WritableTxnMarkerPartitionResult()
                                            .setPartitionIndex(partition)
                                            .setErrorCode(errors.get(place++).code()));
                }
                result.topics().add(ofTopic);
            }
            response.markers().add(result);
        }
        return response;
    }
}
