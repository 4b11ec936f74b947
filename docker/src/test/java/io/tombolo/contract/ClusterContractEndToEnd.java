package io.tombolo.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumRequestData.TopicData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.DisplayName;

import java.util.List;

/** What the cluster says of itself: its quorum and its features. */
class ClusterContractEndToEnd {

    @ContractTest
    @DisplayName("DescribeQuorum shows one voter, which leads and has everything")
    void quorumIsDescribed(Subject subject) {
        var request = quorumOf("__cluster_metadata");
        try (var client = subject.connect()) {
            DescribeQuorumResponseData answer = client.call(request, 2);

            assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.NONE);
            var partition = answer.topics().getFirst().partitions().getFirst();
            assertThat(Errors.forCode(partition.errorCode())).isEqualTo(Errors.NONE);
            assertThat(partition.highWatermark()).isPositive();
            assertThat(partition.leaderEpoch()).isPositive();
            assertThat(partition.currentVoters())
                    .singleElement()
                    .satisfies(voter -> {
                        assertThat(voter.replicaId()).isEqualTo(partition.leaderId());
                        assertThat(voter.logEndOffset()).isPositive();
                    });
            assertThat(answer.nodes())
                    .singleElement()
                    .satisfies(node -> assertThat(node.nodeId()).isEqualTo(partition.leaderId()));

            DescribeQuorumResponseData other = client.call(quorumOf("other"), 2);
            var refused = other.topics().getFirst().partitions().getFirst();
            assertThat(Errors.forCode(refused.errorCode()))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
    }

    @ContractTest
    @DisplayName("finalised features lie within the supported ones")
    void featuresAreConsistent(Subject subject) {
        try (var client = subject.connect()) {
            ApiVersionsResponseData answer =
                    client.call(
                            new ApiVersionsRequestData()
                                    .setClientSoftwareName("twin")
                                    .setClientSoftwareVersion("1"),
                            4);

            assertThat(answer.finalizedFeaturesEpoch()).isNotNegative();
            assertThat(answer.finalizedFeatures()).isNotEmpty();
            assertThat(answer.finalizedFeatures())
                    .allSatisfy(finalised -> {
                        var supported = answer.supportedFeatures().find(finalised.name());
                        assertThat(supported).as(finalised.name()).isNotNull();
                        assertThat(finalised.maxVersionLevel())
                                .isBetween(supported.minVersion(), supported.maxVersion());
                    });
        }
    }

    @ContractTest
    @DisplayName("UpdateFeatures refuses what is unknown or too new")
    void unknownFeaturesAreRefused(Subject subject) {
        try (var client = subject.connect()) {
            for (var update :
                    List.of(
                            new FeatureUpdateKey()
                                    .setFeature("no.such")
                                    .setMaxVersionLevel((short) 1),
                            new FeatureUpdateKey()
                                    .setFeature(anyFeature(client))
                                    .setMaxVersionLevel((short) 999))) {
                var request = new UpdateFeaturesRequestData().setTimeoutMs(30_000);
                request.featureUpdates().add(update);
                UpdateFeaturesResponseData answer = client.call(request, 2);

                assertThat(Errors.forCode(answer.errorCode()))
                        .isEqualTo(Errors.INVALID_UPDATE_VERSION);
                assertThat(answer.errorMessage()).contains(update.feature());
            }
        }
    }

    private static DescribeQuorumRequestData quorumOf(String topic) {
        var partition = new PartitionData().setPartitionIndex(0);
        return new DescribeQuorumRequestData()
                .setTopics(
                        List.of(
                                new TopicData()
                                        .setTopicName(topic)
                                        .setPartitions(List.of(partition))));
    }

    private static String anyFeature(RawClient client) {
        var request =
                new ApiVersionsRequestData()
                        .setClientSoftwareName("twin")
                        .setClientSoftwareVersion("1");
        ApiVersionsResponseData answer = client.call(request, 4);
        return answer.finalizedFeatures().iterator().next().name();
    }
}
