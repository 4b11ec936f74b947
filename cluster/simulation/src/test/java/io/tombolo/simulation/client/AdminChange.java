package io.tombolo.simulation.client;

import io.tombolo.simulation.law.AdminWatch;
import io.tombolo.simulation.law.AdminWatch.Subject;

import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignableTopic;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

import java.util.List;

/** One change that somebody asks for. */
public sealed interface AdminChange {

    int TIMEOUT_MS = 20_000;

    /** What is changed. */
    Subject subject();

    /** How it is to be then; asked for when it has begun. */
    String value();

    ApiKeys api();

    /** The highest version that is filled in. */
    int version();

    ApiMessage body();

    /** What the answer says of the change. */
    Errors error(ApiMessage answer);

    /** How it is if nobody has ever changed it. */
    String before();

    /** Makes a topic. */
    record Create(String topic, int partitions, int replicas) implements AdminChange {

        @Override
        public Subject subject() {
            return new Subject.Existence(topic);
        }

        @Override
        public String value() {
            return AdminWatch.THERE;
        }

        @Override
        public String before() {
            return AdminWatch.NOTHING;
        }

        @Override
        public ApiKeys api() {
            return ApiKeys.CREATE_TOPICS;
        }

        @Override
        public int version() {
            return 7;
        }

        @Override
        public ApiMessage body() {
            var body = new CreateTopicsRequestData().setTimeoutMs(TIMEOUT_MS);
            body.topics()
                    .add(
                            new CreatableTopic()
                                    .setName(topic)
                                    .setNumPartitions(partitions)
                                    .setReplicationFactor((short) replicas));
            return body;
        }

        @Override
        public Errors error(ApiMessage answer) {
            var topics = ((CreateTopicsResponseData) answer).topics();
            return Errors.forCode(topics.iterator().next().errorCode());
        }
    }

    /** Takes a topic away. */
    record Delete(String topic) implements AdminChange {

        @Override
        public Subject subject() {
            return new Subject.Existence(topic);
        }

        @Override
        public String value() {
            return AdminWatch.NOTHING;
        }

        @Override
        public String before() {
            return AdminWatch.THERE;
        }

        @Override
        public ApiKeys api() {
            return ApiKeys.DELETE_TOPICS;
        }

        @Override
        public int version() {
            return 5;
        }

        @Override
        public ApiMessage body() {
            return new DeleteTopicsRequestData()
                    .setTimeoutMs(TIMEOUT_MS)
                    .setTopicNames(List.of(topic));
        }

        @Override
        public Errors error(ApiMessage answer) {
            var topics = ((DeleteTopicsResponseData) answer).responses();
            return Errors.forCode(topics.iterator().next().errorCode());
        }
    }

    /** Gives a topic more partitions. */
    record Grow(String topic, int partitions, String before) implements AdminChange {

        @Override
        public Subject subject() {
            return new Subject.Count(topic);
        }

        @Override
        public String value() {
            return Integer.toString(partitions);
        }

        @Override
        public ApiKeys api() {
            return ApiKeys.CREATE_PARTITIONS;
        }

        @Override
        public int version() {
            return 3;
        }

        @Override
        public ApiMessage body() {
            var body = new CreatePartitionsRequestData().setTimeoutMs(TIMEOUT_MS);
            body.topics()
                    .add(
                            new CreatePartitionsTopic()
                                    .setName(topic)
                                    .setCount(partitions)
                                    .setAssignments(null));
            return body;
        }

        @Override
        public Errors error(ApiMessage answer) {
            var results = ((CreatePartitionsResponseData) answer).results();
            return Errors.forCode(results.getFirst().errorCode());
        }
    }

    /** Sets a config of a topic. */
    record Set(String topic, String key, String value, String before) implements AdminChange {

        private static final byte TOPIC = 2;

        @Override
        public Subject subject() {
            return new Subject.Config(topic, key);
        }

        @Override
        public ApiKeys api() {
            return ApiKeys.INCREMENTAL_ALTER_CONFIGS;
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public ApiMessage body() {
            var resource = new AlterConfigsResource().setResourceType(TOPIC).setResourceName(topic);
            resource.configs().add(new AlterableConfig().setName(key).setValue(value));
            var body = new IncrementalAlterConfigsRequestData();
            body.resources().add(resource);
            return body;
        }

        @Override
        public Errors error(ApiMessage answer) {
            var responses = ((IncrementalAlterConfigsResponseData) answer).responses();
            return Errors.forCode(responses.getFirst().errorCode());
        }
    }

    /**
     * Gives a partition other replicas, or goes back to those it had.
     *
     * @param targets empty to go back
     * @param value the replicas it has then
     */
    record Move(String topic, int partition, List<Integer> targets, String value, String before)
            implements AdminChange {

        @Override
        public Subject subject() {
            return new Subject.Replicas(topic, partition);
        }

        @Override
        public ApiKeys api() {
            return ApiKeys.ALTER_PARTITION_REASSIGNMENTS;
        }

        @Override
        public int version() {
            return 0;
        }

        @Override
        public ApiMessage body() {
            var one =
                    new ReassignablePartition()
                            .setPartitionIndex(partition)
                            .setReplicas(targets.isEmpty() ? null : targets);
            var named = new ReassignableTopic().setName(topic).setPartitions(List.of(one));
            return new AlterPartitionReassignmentsRequestData()
                    .setTimeoutMs(TIMEOUT_MS)
                    .setTopics(List.of(named));
        }

        @Override
        public Errors error(ApiMessage answer) {
            var response = (AlterPartitionReassignmentsResponseData) answer;
            return response.responses().isEmpty()
                    ? Errors.forCode(response.errorCode())
                    : Errors.forCode(
                            response.responses().getFirst().partitions().getFirst().errorCode());
        }
    }

    /** Lets the first replicas lead. */
    record Elect(String topic, List<Integer> partitions) implements AdminChange {

        @Override
        public Subject subject() {
            return new Subject.Leaders(topic);
        }

        @Override
        public String value() {
            return AdminWatch.PREFERRED;
        }

        /** Sooner or later they are elected unasked. */
        @Override
        public String before() {
            return AdminWatch.PREFERRED;
        }

        @Override
        public ApiKeys api() {
            return ApiKeys.ELECT_LEADERS;
        }

        @Override
        public int version() {
            return 2;
        }

        @Override
        public ApiMessage body() {
            var body = new ElectLeadersRequestData().setTimeoutMs(TIMEOUT_MS);
            body.topicPartitions()
                    .add(
                            new ElectLeadersRequestData.TopicPartitions()
                                    .setTopic(topic)
                                    .setPartitions(partitions));
            return body;
        }

        @Override
        public Errors error(ApiMessage answer) {
            var response = (ElectLeadersResponseData) answer;
            if (response.errorCode() != Errors.NONE.code()) {
                return Errors.forCode(response.errorCode());
            }
            for (var result : response.replicaElectionResults()) {
                for (var partition : result.partitionResult()) {
                    Errors error = Errors.forCode(partition.errorCode());
                    if (error != Errors.NONE && error != Errors.ELECTION_NOT_NEEDED) {
                        return error;
                    }
                }
            }
            return Errors.NONE;
        }
    }
}
