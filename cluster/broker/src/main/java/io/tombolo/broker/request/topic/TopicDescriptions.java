package io.tombolo.broker.request.topic;

import io.tombolo.metadata.image.BrokersImage;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.PartitionRegistration;

import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
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
        BrokerIds replicas = partition.replicas();
        List<Integer> offline = List.of();
        for (int place = 0; place < replicas.size(); place++) {
            int id = replicas.at(place);
            if (!serves(partition, brokers.byId().get(id))) {
                offline = offline.isEmpty() ? new ArrayList<>(replicas.size()) : offline;
                offline.add(id);
            }
        }
        return offline;
    }

    private static boolean serves(
            PartitionRegistration partition, @Nullable BrokerRegistration broker) {
        return broker != null
                && !broker.fenced()
                && broker.hasOnline(partition.directoryOf(broker.brokerId()));
    }
}
