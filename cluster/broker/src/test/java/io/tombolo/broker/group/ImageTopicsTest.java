package io.tombolo.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.Worlds;
import io.tombolo.coordinator.group.consumer.ClusterTopics;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.BrokerRecord.BrokerRegistered;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.TopicRecord.PartitionCreated;
import io.tombolo.metadata.record.TopicRecord.TopicCreated;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

import java.util.List;

class ImageTopicsTest {

    private static final Uuid ORDERS = Worlds.idOf("orders");

    @Test
    void aPartitionIsInTheRacksOfItsReplicas() {
        ClusterTopics topics =
                topics(
                        registered(1, "north"),
                        registered(2, "south"),
                        registered(3, ""),
                        new TopicCreated("orders", ORDERS),
                        new PartitionCreated(ORDERS, 0, replicas(1, 2)),
                        new PartitionCreated(ORDERS, 1, replicas(3, 2)));

        assertThat(topics.racksOf(ORDERS, 0)).containsExactlyInAnyOrder("north", "south");
        assertThat(topics.racksOf(ORDERS, 1)).containsExactly("south");
        assertThat(topics.racksOf(ORDERS, 2)).isEmpty();
        assertThat(topics.racksOf(Worlds.idOf("nowhere"), 0)).isEmpty();
    }

    private static ClusterTopics topics(MetadataRecord... records) {
        return new ImageTopics(Worlds.images(Worlds.image(List.of(records)))).now();
    }

    private static BrokerRegistered registered(int id, String rack) {
        var endpoints = new BrokerRegistration.Endpoints(List.of(), rack);
        var noDisk = List.<Uuid>of();
        return new BrokerRegistered(
                new BrokerRegistration(id, new Uuid(0, id), id, endpoints, noDisk, false));
    }

    private static PartitionRegistration replicas(int first, int second) {
        BrokerIds both = BrokerIds.of(first, second);
        return new PartitionRegistration(both, both, first, 3, 0, List.of());
    }
}
