package io.tombolo.broker.request.replica;

import io.tombolo.broker.Images;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.image.TopicsImage;
import io.tombolo.metadata.record.PartitionRegistration;

import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingPartitionReassignment;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData.OngoingTopicReassignment;

import java.util.ArrayList;
import java.util.List;

/** ListPartitionReassignments: those under way, and nothing about what is settled or unknown. */
final class ListPartitionReassignmentsHandler
        implements RequestHandler<ListPartitionReassignmentsRequestData> {

    private final Images images;

    ListPartitionReassignmentsHandler(Images images) {
        this.images = images;
    }

    @Override
    public void handle(Exchange exchange, ListPartitionReassignmentsRequestData body) {
        TopicsImage topics = images.current().topics();
        var underWay = new ArrayList<OngoingTopicReassignment>();
        if (body.topics() == null) {
            topics.reassigning()
                    .byTopic()
                    .forEach((id, indexes) -> {
                        var wanted = new ArrayList<Integer>();
                        indexes.forEach(wanted::add);
                        topics.topic(id).ifPresent(topic -> add(topic, wanted, underWay));
                    });
        } else {
            body.topics()
                    .forEach(wanted ->
                            topics.topic(wanted.name())
                                    .ifPresent(topic ->
                                            add(topic, wanted.partitionIndexes(), underWay)));
        }
        exchange.answer(
                new ListPartitionReassignmentsResponseData()
                        .setErrorMessage(null)
                        .setTopics(underWay));
    }

    private static void add(
            TopicImage topic, List<Integer> wanted, List<OngoingTopicReassignment> to) {
        var partitions = new ArrayList<OngoingPartitionReassignment>();
        for (int index : wanted) {
            topic.partitions()
                    .find(index)
                    .filter(PartitionRegistration::reassigning)
                    .ifPresent(partition -> partitions.add(underWay(index, partition)));
        }
        if (!partitions.isEmpty()) {
            to.add(new OngoingTopicReassignment().setName(topic.name()).setPartitions(partitions));
        }
    }

    private static OngoingPartitionReassignment underWay(
            int index, PartitionRegistration partition) {
        return new OngoingPartitionReassignment()
                .setPartitionIndex(index)
                .setReplicas(partition.replicas().asList())
                .setAddingReplicas(partition.adding().asList())
                .setRemovingReplicas(partition.removing().asList());
    }
}
