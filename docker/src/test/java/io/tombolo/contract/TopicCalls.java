package io.tombolo.contract;

import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.Errors;

import java.util.List;
import java.util.Map;

/** Requests about topics that many statements need. */
final class TopicCalls {

    private static final int TIMEOUT_MS = 30_000;

    private TopicCalls() {}

    /** Creates a topic and waits until each partition has a leader that answers. */
    static Topic create(RawClient client, String name, int partitions, Map<String, String> config) {
        CreatableTopicResult result = tryCreate(client, creatable(name, partitions, 1, config));
        if (result.errorCode() != Errors.NONE.code()) {
            throw new AssertionError("cannot create " + name + ": " + result);
        }
        Eventually.eventually(
                name + " is ready", () -> isReady(client, name, partitions), ready -> ready);
        return new Topic(name, result.topicId());
    }

    static CreatableTopic creatable(
            String name, int partitions, int replicas, Map<String, String> config) {
        var topic =
                new CreatableTopic()
                        .setName(name)
                        .setNumPartitions(partitions)
                        .setReplicationFactor((short) replicas);
        config.forEach((key, value) ->
                topic.configs().add(new CreatableTopicConfig().setName(key).setValue(value)));
        return topic;
    }

    static CreatableTopicResult tryCreate(RawClient client, CreatableTopic topic) {
        return tryCreate(client, topic, false);
    }

    static CreatableTopicResult tryCreate(
            RawClient client, CreatableTopic topic, boolean validateOnly) {
        var request =
                new CreateTopicsRequestData()
                        .setTimeoutMs(TIMEOUT_MS)
                        .setValidateOnly(validateOnly);
        request.topics().add(topic);
        CreateTopicsResponseData response = client.call(request, 7);
        return response.topics().iterator().next();
    }

    /** Deletes a topic and waits until metadata has forgotten it. */
    static void delete(RawClient client, String name) {
        var request =
                new DeleteTopicsRequestData().setTimeoutMs(TIMEOUT_MS).setTopicNames(List.of(name));
        DeleteTopicsResponseData response = client.call(request, 5);
        short error = response.responses().iterator().next().errorCode();
        if (error != Errors.NONE.code()) {
            throw new AssertionError("cannot delete " + name + ": " + Errors.forCode(error));
        }
        Eventually.eventually(
                name + " is gone",
                () -> Errors.forCode(metadata(client, name).errorCode()),
                Errors.UNKNOWN_TOPIC_OR_PARTITION::equals);
    }

    /** What Metadata says of one topic; it is never created by asking. */
    static MetadataResponseTopic metadata(RawClient client, String name) {
        MetadataResponseData response = client.call(metadataRequest(name), 12);
        return response.topics().iterator().next();
    }

    static MetadataRequestData metadataRequest(String name) {
        return new MetadataRequestData()
                .setAllowAutoTopicCreation(false)
                .setTopics(List.of(new MetadataRequestTopic().setName(name)));
    }

    static int brokerCount(RawClient client) {
        MetadataResponseData response =
                client.call(new MetadataRequestData().setTopics(List.of()), 12);
        return response.brokers().size();
    }

    private static boolean isReady(RawClient client, String name, int partitions) {
        MetadataResponseTopic topic = metadata(client, name);
        return topic.errorCode() == Errors.NONE.code()
                && topic.partitions().size() == partitions
                && topic.partitions().stream()
                        .allMatch(partition ->
                                FetchCalls.endOffsetError(client, name, partition.partitionIndex())
                                        == Errors.NONE);
    }
}
