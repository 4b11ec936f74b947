package io.tombolo.contract;

import static io.tombolo.contract.FetchCalls.at;
import static io.tombolo.contract.FetchCalls.from;
import static io.tombolo.contract.GroupCalls.committed;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AddRaftVoterRequestData;
import org.apache.kafka.common.message.AlterClientQuotasRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.RemoveRaftVoterRequestData;
import org.apache.kafka.common.message.SaslAuthenticateRequestData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UnregisterControllerRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One request per API that touches what exists and what does not: partition 0 of the topic and its
 * partition 9, a topic {@code nowhere}, a known group and member {@code nobody}.
 */
record RequestSamples(Topic topic, String group) {

    private static final int TIMEOUT_MS = 30_000;
    private static final String NOWHERE = "nowhere";

    ApiMessage of(ApiKeys api, int version) {
        return switch (api) {
            case PRODUCE, FETCH, LIST_OFFSETS, OFFSET_FOR_LEADER_EPOCH, DELETE_RECORDS ->
                    records(api);
            case OFFSET_COMMIT, OFFSET_FETCH, OFFSET_DELETE -> offsets(api, version);
            case FIND_COORDINATOR, JOIN_GROUP, HEARTBEAT, LEAVE_GROUP, SYNC_GROUP ->
                    membership(api, version);
            case DESCRIBE_GROUPS, LIST_GROUPS, DELETE_GROUPS -> groups(api);
            case CONSUMER_GROUP_HEARTBEAT ->
                    new ConsumerGroupHeartbeatRequestData()
                            .setGroupId(NOWHERE)
                            .setMemberId("nobody")
                            .setMemberEpoch(1);
            case CONSUMER_GROUP_DESCRIBE ->
                    new ConsumerGroupDescribeRequestData().setGroupIds(List.of(group, NOWHERE));
            case CREATE_TOPICS, DELETE_TOPICS, CREATE_PARTITIONS, METADATA -> topics(api, version);
            case DESCRIBE_CONFIGS,
                    ALTER_CONFIGS,
                    INCREMENTAL_ALTER_CONFIGS,
                    LIST_CONFIG_RESOURCES ->
                    configs(api, version);
            case ELECT_LEADERS,
                    ALTER_PARTITION_REASSIGNMENTS,
                    LIST_PARTITION_REASSIGNMENTS,
                    UNREGISTER_BROKER,
                    UNREGISTER_CONTROLLER ->
                    replicas(api);
            case SASL_AUTHENTICATE ->
                    new SaslAuthenticateRequestData().setAuthBytes(new byte[] {1});
            case DESCRIBE_CLIENT_QUOTAS, ALTER_CLIENT_QUOTAS -> quotas(api);
            case ADD_PARTITIONS_TO_TXN,
                    ADD_OFFSETS_TO_TXN,
                    END_TXN,
                    WRITE_TXN_MARKERS,
                    TXN_OFFSET_COMMIT,
                    DESCRIBE_TRANSACTIONS,
                    LIST_TRANSACTIONS ->
                    new TransactionSamples(topic, group).of(api, version);
            default -> cluster(api);
        };
    }

    private static ApiMessage quotas(ApiKeys api) {
        if (api == ApiKeys.ALTER_CLIENT_QUOTAS) {
            var entity = new AlterClientQuotasRequestData.EntityData();
            var nothing = new AlterClientQuotasRequestData.EntryData();
            nothing.entity().add(entity.setEntityType("client-id").setEntityName("nobody"));
            return new AlterClientQuotasRequestData().setEntries(List.of(nothing));
        }
        var component = new DescribeClientQuotasRequestData.ComponentData();
        return new DescribeClientQuotasRequestData()
                .setComponents(
                        List.of(
                                component
                                        .setEntityType("user")
                                        .setMatchType((byte) 2)
                                        .setMatch(null)));
    }

    private ApiMessage records(ApiKeys api) {
        return switch (api) {
            case PRODUCE -> ProduceCalls.produce(topic, 0, ProduceCalls.ALL, Batches.of("sample"));
            case FETCH -> FetchCalls.fetch(FetchCalls.of(topic, from(0, 0), from(9, 0)));
            case LIST_OFFSETS ->
                    FetchCalls.listOffsets(
                            topic.name(), at(0, FetchCalls.EARLIEST), at(9, FetchCalls.LATEST));
            case OFFSET_FOR_LEADER_EPOCH -> {
                var wanted = new OffsetForLeaderTopic().setTopic(topic.name());
                wanted.partitions().add(new OffsetForLeaderPartition().setPartition(0));
                wanted.partitions().add(new OffsetForLeaderPartition().setPartition(9));
                var request = new OffsetForLeaderEpochRequestData().setReplicaId(-1);
                request.topics().add(wanted);
                yield request;
            }
            default ->
                    new DeleteRecordsRequestData()
                            .setTimeoutMs(TIMEOUT_MS)
                            .setTopics(
                                    List.of(
                                            new DeleteRecordsTopic()
                                                    .setName(topic.name())
                                                    .setPartitions(
                                                            List.of(
                                                                    deleted(0, 1_000),
                                                                    deleted(9, 0)))));
        };
    }

    private static DeleteRecordsPartition deleted(int partition, long before) {
        return new DeleteRecordsPartition().setPartitionIndex(partition).setOffset(before);
    }

    private ApiMessage offsets(ApiKeys api, int version) {
        return switch (api) {
            case OFFSET_COMMIT -> GroupCalls.commit(group, topic, committed(0, 1), committed(9, 1));
            case OFFSET_FETCH -> version < 8 ? fetchOfOneGroup() : fetchOfGroups();
            default -> new OffsetDeleteRequestData().setGroupId(NOWHERE);
        };
    }

    private ApiMessage fetchOfOneGroup() {
        var wanted =
                new OffsetFetchRequestTopic()
                        .setName(topic.name())
                        .setPartitionIndexes(List.of(0, 9));
        return new OffsetFetchRequestData().setGroupId(group).setTopics(List.of(wanted));
    }

    private ApiMessage fetchOfGroups() {
        var wanted =
                new OffsetFetchRequestTopics()
                        .setName(topic.name())
                        .setTopicId(topic.id())
                        .setPartitionIndexes(List.of(0, 9));
        return new OffsetFetchRequestData()
                .setGroups(
                        List.of(
                                new OffsetFetchRequestGroup()
                                        .setGroupId(group)
                                        .setTopics(List.of(wanted)),
                                new OffsetFetchRequestGroup().setGroupId(NOWHERE).setTopics(null)));
    }

    private ApiMessage membership(ApiKeys api, int version) {
        return switch (api) {
            case FIND_COORDINATOR ->
                    version < 4
                            ? new FindCoordinatorRequestData().setKey(group)
                            : new FindCoordinatorRequestData()
                                    .setCoordinatorKeys(List.of(group, NOWHERE));
            case JOIN_GROUP -> GroupCalls.join(group, "nobody", "range");
            case HEARTBEAT ->
                    new HeartbeatRequestData()
                            .setGroupId(group)
                            .setMemberId("nobody")
                            .setGenerationId(1);
            case LEAVE_GROUP ->
                    version < 3
                            ? new LeaveGroupRequestData().setGroupId(group).setMemberId("nobody")
                            : new LeaveGroupRequestData()
                                    .setGroupId(group)
                                    .setMembers(
                                            List.of(
                                                    new MemberIdentity().setMemberId("nobody"),
                                                    new MemberIdentity()
                                                            .setMemberId("")
                                                            .setGroupInstanceId("nobody")));
            default -> {
                var sync =
                        new SyncGroupRequestData()
                                .setGroupId(group)
                                .setMemberId("nobody")
                                .setGenerationId(1);
                yield version < 5
                        ? sync
                        : sync.setProtocolType("consumer").setProtocolName("range");
            }
        };
    }

    private ApiMessage groups(ApiKeys api) {
        return switch (api) {
            case DESCRIBE_GROUPS ->
                    new DescribeGroupsRequestData().setGroups(List.of(group, NOWHERE));
            case LIST_GROUPS -> new ListGroupsRequestData();
            default -> new DeleteGroupsRequestData().setGroupsNames(List.of(NOWHERE));
        };
    }

    private ApiMessage topics(ApiKeys api, int version) {
        return switch (api) {
            case CREATE_TOPICS -> {
                var request = new CreateTopicsRequestData().setTimeoutMs(TIMEOUT_MS);
                request.topics().add(TopicCalls.creatable("sample-" + version, 1, 1, Map.of()));
                request.topics().add(TopicCalls.creatable(topic.name(), 1, 1, Map.of()));
                request.topics().add(TopicCalls.creatable("odd", 1, 1, Map.of("no.such", "1")));
                yield request;
            }
            case DELETE_TOPICS -> {
                var request = new DeleteTopicsRequestData().setTimeoutMs(TIMEOUT_MS);
                yield version < 6
                        ? request.setTopicNames(List.of(NOWHERE))
                        : request.setTopics(List.of(new DeleteTopicState().setName(NOWHERE)));
            }
            case CREATE_PARTITIONS -> {
                var request = new CreatePartitionsRequestData().setTimeoutMs(TIMEOUT_MS);
                for (String name : List.of(topic.name(), NOWHERE)) {
                    request.topics()
                            .add(
                                    new CreatePartitionsTopic()
                                            .setName(name)
                                            .setCount(1)
                                            .setAssignments(null));
                }
                yield request;
            }
            default -> metadata(version);
        };
    }

    /** Topic ids are refused in versions 10 and 11, which have the field; 11 has a name here. */
    private ApiMessage metadata(int version) {
        if (version < 4) {
            return TopicCalls.metadataRequest(topic.name()).setAllowAutoTopicCreation(true);
        }
        var wanted = new ArrayList<MetadataRequestTopic>();
        wanted.add(new MetadataRequestTopic().setName(NOWHERE));
        if (version == 10 || version >= 12) {
            wanted.add(new MetadataRequestTopic().setName(null).setTopicId(new Uuid(1, version)));
        }
        return TopicCalls.metadataRequest(NOWHERE).setTopics(wanted);
    }

    private ApiMessage configs(ApiKeys api, int version) {
        byte ofTopic = 2;
        return switch (api) {
            case DESCRIBE_CONFIGS ->
                    new DescribeConfigsRequestData()
                            .setResources(
                                    List.of(
                                            new DescribeConfigsResource()
                                                    .setResourceType(ofTopic)
                                                    .setResourceName(topic.name())
                                                    .setConfigurationKeys(List.of("retention.ms")),
                                            new DescribeConfigsResource()
                                                    .setResourceType(ofTopic)
                                                    .setResourceName(NOWHERE)));
            case ALTER_CONFIGS -> {
                var request = new AlterConfigsRequestData();
                request.resources()
                        .add(
                                new AlterConfigsRequestData.AlterConfigsResource()
                                        .setResourceType(ofTopic)
                                        .setResourceName(NOWHERE));
                yield request;
            }
            case INCREMENTAL_ALTER_CONFIGS -> {
                var resource =
                        new AlterConfigsResource()
                                .setResourceType(ofTopic)
                                .setResourceName(topic.name());
                resource.configs().add(new AlterableConfig().setName("retention.ms"));
                var request = new IncrementalAlterConfigsRequestData();
                request.resources().add(resource);
                yield request;
            }
            default -> {
                var request = new ListConfigResourcesRequestData();
                yield version < 1 ? request : request.setResourceTypes(List.of(ofTopic));
            }
        };
    }

    private ApiMessage replicas(ApiKeys api) {
        byte preferred = 0;
        return switch (api) {
            case ELECT_LEADERS -> ReplicaContractEndToEnd.elect(preferred, topic.name(), 0, 9);
            case ALTER_PARTITION_REASSIGNMENTS ->
                    ReplicaContractEndToEnd.reassign(topic.name(), 0, null);
            case LIST_PARTITION_REASSIGNMENTS ->
                    new ListPartitionReassignmentsRequestData()
                            .setTopics(
                                    List.of(
                                            ReplicaContractEndToEnd.wanted(topic.name()),
                                            ReplicaContractEndToEnd.wanted(NOWHERE)));
            case UNREGISTER_CONTROLLER -> new UnregisterControllerRequestData().setControllerId(99);
            default -> new UnregisterBrokerRequestData().setBrokerId(99);
        };
    }

    private ApiMessage cluster(ApiKeys api) {
        return switch (api) {
            case API_VERSIONS ->
                    new ApiVersionsRequestData()
                            .setClientSoftwareName("twin")
                            .setClientSoftwareVersion("1");
            case SASL_HANDSHAKE -> new SaslHandshakeRequestData().setMechanism("PLAIN");
            case INIT_PRODUCER_ID ->
                    new InitProducerIdRequestData()
                            .setTransactionalId(null)
                            .setTransactionTimeoutMs(TIMEOUT_MS);
            case ALTER_REPLICA_LOG_DIRS -> LogDirCalls.wish(topic, "/nowhere");
            case DESCRIBE_LOG_DIRS -> LogDirCalls.question(topic);
            case DESCRIBE_QUORUM -> new DescribeQuorumRequestData();
            case ADD_RAFT_VOTER -> new AddRaftVoterRequestData();
            case REMOVE_RAFT_VOTER -> new RemoveRaftVoterRequestData();
            case UPDATE_FEATURES -> new UpdateFeaturesRequestData().setTimeoutMs(TIMEOUT_MS);
            case DESCRIBE_CLUSTER -> new DescribeClusterRequestData();
            case DESCRIBE_PRODUCERS -> {
                var request = new DescribeProducersRequestData();
                for (String name : List.of(topic.name(), NOWHERE)) {
                    request.topics()
                            .add(
                                    new DescribeProducersRequestData.TopicRequest()
                                            .setName(name)
                                            .setPartitionIndexes(List.of(0, 9)));
                }
                yield request;
            }
            case DESCRIBE_TOPIC_PARTITIONS ->
                    new DescribeTopicPartitionsRequestData()
                            .setTopics(
                                    List.of(
                                            new DescribeTopicPartitionsRequestData.TopicRequest()
                                                    .setName(topic.name()),
                                            new DescribeTopicPartitionsRequestData.TopicRequest()
                                                    .setName(NOWHERE)));
            default -> throw new AssertionError("no sample of " + api);
        };
    }
}
