package io.tombolo.broker.request.topic;

import io.tombolo.metadata.image.BrokersImage;
import io.tombolo.metadata.record.PartitionRegistration;

import org.apache.kafka.common.protocol.Errors;

import java.util.List;
import java.util.Set;

/** What Metadata and DescribeTopicPartitions say alike. */
final class TopicDescriptions {

    private static final Set<String> INTERNAL =
            Set.of("__consumer_offsets", "__transaction_state", "__share_group_state");

    private TopicDescriptions() {}

    static boolean internal(String topic) {
        return INTERNAL.contains(topic);
    }

    static Errors error(PartitionRegistration partition, BrokersImage brokers) {
        return partition.hasLeader() && brokers.isActive(partition.leader())
                ? Errors.NONE
                : Errors.LEADER_NOT_AVAILABLE;
    }

    /** The leader, as long as its broker serves. */
    static int leader(PartitionRegistration partition, BrokersImage brokers) {
        return error(partition, brokers) == Errors.NONE
                ? partition.leader()
                : PartitionRegistration.NO_LEADER;
    }

    /** The replicas whose broker does not serve, or cannot use their log directory. */
    static List<Integer> offline(PartitionRegistration partition, BrokersImage brokers) {
        return partition.replicas().asList().stream()
                .filter(id ->
                        brokers.broker(id)
                                .filter(broker -> !broker.fenced())
                                .filter(broker -> broker.hasOnline(partition.directoryOf(id)))
                                .isEmpty())
                .toList();
    }
}
