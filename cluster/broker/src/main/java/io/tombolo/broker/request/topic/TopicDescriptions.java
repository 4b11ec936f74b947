package io.tombolo.broker.request.topic;

import io.tombolo.metadata.image.BrokersImage;
import io.tombolo.metadata.record.BrokerIds;
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

    /** The replicas whose broker does not serve. */
    static List<Integer> offline(BrokerIds replicas, BrokersImage brokers) {
        return replicas.asList().stream().filter(id -> !brokers.isActive(id)).toList();
    }
}
