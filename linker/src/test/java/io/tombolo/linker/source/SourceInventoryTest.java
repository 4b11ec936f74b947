package io.tombolo.linker.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.region.link.Reason;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SourceInventoryTest {

    @Test
    void topicsAndBrokersAreTakenOver() {
        var inventory = SourceInventory.of(answer("orders", 0, 1));

        assertThat(inventory.brokers().get(7).toString()).isEqualTo("eu-7:9092");
        assertThat(inventory.leaderOf("orders", 1).orElseThrow().nodeId()).isEqualTo(7);
        assertThat(inventory.leaderOf("orders", 2)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../etc", "a/b", "a\\b", "naïve", "a\u0000b"})
    void aNameThatCouldEscapeItsFolderIsLeftOut(String name) {
        var inventory = SourceInventory.of(answer(name, 0));

        assertThat(inventory.topics()).isEmpty();
        assertThat(inventory.troubled().values())
                .singleElement()
                .satisfies(reason -> assertThat(reason.code()).isEqualTo(Reason.Code.NAME_ILLEGAL));
    }

    @Test
    void partitionsThatAreMissingOrDoubledAreNotTrusted() {
        assertThat(SourceInventory.of(answer("orders", 0, 2)).topics()).isEmpty();
        assertThat(SourceInventory.of(answer("orders", 0, 0)).topics()).isEmpty();
        assertThat(SourceInventory.of(answer("orders", -1)).topics()).isEmpty();
        assertThat(SourceInventory.of(answer("orders")).topics()).isEmpty();
    }

    @Test
    void aBrokerWithoutAnAddressMakesTheAnswerWorthless() {
        var answer = answer("orders", 0);
        answer.brokers().add(new MetadataResponseBroker().setNodeId(8).setHost("").setPort(1));

        assertThatThrownBy(() -> SourceInventory.of(answer)).isInstanceOf(MalformedAnswer.class);
    }

    private static MetadataResponseData answer(String name, int... partitions) {
        var topic = new MetadataResponseTopic().setName(name).setTopicId(new Uuid(1, 2));
        for (int partition : partitions) {
            topic.partitions()
                    .add(
                            new MetadataResponsePartition()
                                    .setPartitionIndex(partition)
                                    .setLeaderId(7)
                                    .setLeaderEpoch(3));
        }
        var answer = new MetadataResponseData();
        answer.brokers()
                .add(new MetadataResponseBroker().setNodeId(7).setHost("eu-7").setPort(9092));
        answer.topics().add(topic);
        return answer;
    }
}
