package io.tombolo.contract;

import static io.tombolo.contract.FetchCalls.at;
import static io.tombolo.contract.FetchCalls.from;

import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

import java.util.List;
import java.util.Map;

/** Beside the one request of {@link RequestSamples}: what an API answers when it is asked more. */
record FurtherSamples(Topic topic, String group) {

    private static final byte OF_TOPIC = 2;
    private static final byte COMMITTED = 1;
    private static final long MAX_TIMESTAMP = -3;

    /** More requests of this version, by what they are about. */
    Map<String, ApiMessage> of(ApiKeys api, int version) {
        return switch (api) {
            case FETCH -> version < 4 ? Map.of() : Map.of("committed", committed());
            case LIST_OFFSETS -> version < 7 ? Map.of() : Map.of("youngest", youngest());
            case METADATA -> version < 8 ? Map.of() : Map.of("allowed", allowedOnTopic());
            case OFFSET_FETCH -> version < 2 ? Map.of() : Map.of("all", allOffsets(version));
            case OFFSET_DELETE -> Map.of("known", deletedOffset());
            case DESCRIBE_CONFIGS -> Map.of("whole", wholeTopic());
            case INCREMENTAL_ALTER_CONFIGS -> Map.of("refused", refusedConfig());
            case DESCRIBE_GROUPS -> version < 3 ? Map.of() : Map.of("allowed", allowedOnGroup());
            case DESCRIBE_CLUSTER -> Map.of("allowed", allowedOnCluster());
            default -> Map.of();
        };
    }

    private FetchRequestData committed() {
        return FetchCalls.fetch(FetchCalls.of(topic, from(0, 0))).setIsolationLevel(COMMITTED);
    }

    private ListOffsetsRequestData youngest() {
        return FetchCalls.listOffsets(topic.name(), at(0, MAX_TIMESTAMP))
                .setIsolationLevel(COMMITTED);
    }

    private ApiMessage allowedOnTopic() {
        return TopicCalls.metadataRequest(topic.name())
                .setTopics(List.of(new MetadataRequestTopic().setName(topic.name())))
                .setIncludeTopicAuthorizedOperations(true);
    }

    private ApiMessage allOffsets(int version) {
        return version < 8
                ? new OffsetFetchRequestData().setGroupId(group).setTopics(null)
                : new OffsetFetchRequestData()
                        .setGroups(
                                List.of(
                                        new OffsetFetchRequestGroup()
                                                .setGroupId(group)
                                                .setTopics(null)));
    }

    private ApiMessage deletedOffset() {
        var wanted =
                new OffsetDeleteRequestTopic()
                        .setName(topic.name())
                        .setPartitions(
                                List.of(
                                        new OffsetDeleteRequestPartition().setPartitionIndex(0),
                                        new OffsetDeleteRequestPartition().setPartitionIndex(9)));
        var request = new OffsetDeleteRequestData().setGroupId(group);
        request.topics().add(wanted);
        return request;
    }

    private ApiMessage wholeTopic() {
        return new DescribeConfigsRequestData()
                .setIncludeSynonyms(true)
                .setResources(
                        List.of(
                                new DescribeConfigsResource()
                                        .setResourceType(OF_TOPIC)
                                        .setResourceName(topic.name())
                                        .setConfigurationKeys(null)));
    }

    private ApiMessage refusedConfig() {
        var resource =
                new AlterConfigsResource().setResourceType(OF_TOPIC).setResourceName(topic.name());
        resource.configs()
                .add(new AlterableConfig().setName("retention.ms").setValue("not a number"));
        var request = new IncrementalAlterConfigsRequestData();
        request.resources().add(resource);
        return request;
    }

    private ApiMessage allowedOnGroup() {
        return new DescribeGroupsRequestData()
                .setGroups(List.of(group))
                .setIncludeAuthorizedOperations(true);
    }

    private static ApiMessage allowedOnCluster() {
        return new DescribeClusterRequestData().setIncludeClusterAuthorizedOperations(true);
    }
}
