package io.tombolo.cli.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.region.topology.file.TopologyFile;

import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

import java.util.Map;

class TopicCreateCommandTest {

    private static final short BY_THE_REGION = -1;

    private static final String DEFAULTS =
            """
            tombolo: 1
            defaults: { topic: { replicas: 3, config: { min.insync.replicas: 2, retention.ms: 1h } } }
            regions: { ap: { brokers: 3 } }
            topics: { orders: { in: ap, partitions: 6, replicas: 2 } }
            """;

    @Test
    void aTopicIsMadeAsTheFileSaysOfTopicsInGeneral() {
        NewTopic topic =
                new TopicCreateCommand.Wish("pay", null, null, Map.of())
                        .completedBy(file(DEFAULTS));

        assertThat(topic.numPartitions()).isEqualTo(BY_THE_REGION);
        assertThat(topic.replicationFactor()).isEqualTo((short) 3);
        assertThat(topic.configs())
                .containsOnly(
                        Map.entry("min.insync.replicas", "2"),
                        Map.entry("retention.ms", "3600000"));
    }

    @Test
    void aTopicIsMadeAsItsOwnEntrySays() {
        NewTopic topic =
                new TopicCreateCommand.Wish("orders", null, null, Map.of())
                        .completedBy(file(DEFAULTS));

        assertThat(topic.numPartitions()).isEqualTo(6);
        assertThat(topic.replicationFactor()).isEqualTo((short) 2);
        assertThat(topic.configs()).containsEntry("min.insync.replicas", "2");
    }

    @Test
    void whatTheCommandSaysWins() {
        NewTopic topic =
                new TopicCreateCommand.Wish("pay", 4, (short) 1, Map.of("min.insync.replicas", "1"))
                        .completedBy(file(DEFAULTS));

        assertThat(topic.numPartitions()).isEqualTo(4);
        assertThat(topic.replicationFactor()).isEqualTo((short) 1);
        assertThat(topic.configs())
                .containsEntry("min.insync.replicas", "1")
                .containsEntry("retention.ms", "3600000");
    }

    @Test
    void whatNobodySaysIsTheRegionsToDecide() {
        NewTopic topic =
                new TopicCreateCommand.Wish("pay", null, null, Map.of())
                        .completedBy(file("tombolo: 1\nregions: { ap: {} }\n"));

        assertThat(topic.numPartitions()).isEqualTo(BY_THE_REGION);
        assertThat(topic.replicationFactor()).isEqualTo(BY_THE_REGION);
        assertThat(topic.configs()).isEmpty();
    }

    private static LoadedFile file(String text) {
        if (!(TopologyFile.parse("tombolo.yaml", text) instanceof TopologyFile.Valid valid)) {
            throw new IllegalStateException(TopologyFile.parse("tombolo.yaml", text).toString());
        }
        return new LoadedFile("tombolo.yaml", valid);
    }
}
