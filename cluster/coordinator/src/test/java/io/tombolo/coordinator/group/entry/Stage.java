package io.tombolo.coordinator.group.entry;

import io.tombolo.coordinator.group.GroupCommand;
import io.tombolo.coordinator.group.GroupEvent;
import io.tombolo.coordinator.group.GroupMachine;
import io.tombolo.coordinator.group.GroupSettings;
import io.tombolo.coordinator.group.GroupsState;
import io.tombolo.coordinator.group.consumer.ClusterTopics;
import io.tombolo.coordinator.group.consumer.ConsumerGroup.Capacity;
import io.tombolo.coordinator.runtime.RuntimeSettings;
import io.tombolo.coordinator.runtime.StateMachine;
import io.tombolo.coordinator.stage.Heard;
import io.tombolo.coordinator.stage.MemoryLog;
import io.tombolo.coordinator.stage.StopsAtGaps;
import io.tombolo.environment.Entropy;
import io.tombolo.environment.simulated.manual.ManualLoop;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData.DescribedGroup;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.protocol.Errors;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** A group coordinator on one loop with a log in memory, and short ways to talk to it. */
final class Stage {

    static final String G = "g";
    static final int SESSION_MS = 10_000;
    static final int REBALANCE_MS = 30_000;
    static final int MANY = 6000;

    final ManualLoop loop = new ManualLoop();
    final MemoryLog log = new MemoryLog(loop);
    final Heard.Reports<GroupEvent> reports = new Heard.Reports<>();
    final Map<String, Topic> topics = new TreeMap<>();
    final GroupSettings settings;
    GroupCoordinator coordinator;
    private int leaderEpoch;
    private long topicsVersion;
    private List<String> racks = List.of();

    /** The topics at one moment. */
    private record StagedTopics(long version, Map<String, Stage.Topic> topics, List<String> racks)
            implements ClusterTopics {

        @Override
        public Optional<ClusterTopics.Topic> topic(String name) {
            return Optional.ofNullable(topics.get(name))
                    .map(topic ->
                            new ClusterTopics.Topic(topic.id(), name, topic.partitionCount()));
        }

        @Override
        public Optional<ClusterTopics.Topic> topic(Uuid id) {
            return topics.entrySet().stream()
                    .filter(entry -> entry.getValue().id().equals(id))
                    .findFirst()
                    .flatMap(entry -> topic(entry.getKey()));
        }

        @Override
        public Set<String> names() {
            return topics.keySet();
        }

        @Override
        public Set<String> racksOf(Uuid id, int partition) {
            return racks.isEmpty() ? Set.of() : Set.of(racks.get(partition % racks.size()));
        }
    }

    /** The one replica of each partition is in one of these racks, in turn. */
    void replicasIn(String... names) {
        racks = List.of(names);
    }

    void deleteTopic(String name) {
        topicsVersion++;
        topics.remove(name);
    }

    record Topic(Uuid id, int partitionCount) {}

    Stage() {
        this(settings(Integer.MAX_VALUE));
    }

    Stage(GroupSettings settings) {
        this(settings, new GroupMachine(settings, _ -> SESSION_MS), 1);
    }

    Stage(
            GroupSettings settings,
            StateMachine<GroupsState, GroupCommand, GroupEvent> machine,
            long seed) {
        this.settings = settings;
        topic("orders", 4);
        topic("payments", 2);
        var random = new SplittableRandom(seed);
        var ports =
                new GroupPorts(
                        loop,
                        partition -> loop,
                        loop,
                        entropy(random),
                        log,
                        lookup(),
                        _ -> new ConsumerTimes(SESSION_MS, 1000),
                        reports);
        coordinator = new GroupCoordinator(settings, ports, machine);
        log.watchedBy(coordinator::highWatermarkMoved);
        lead();
    }

    static GroupSettings settings(int membersMax) {
        return settings(membersMax, GroupSettings.Consumers.STANDARD);
    }

    /** Whose consumer groups take so much. */
    static GroupSettings settings(Capacity capacity) {
        var standard = GroupSettings.Consumers.STANDARD;
        return settings(
                Integer.MAX_VALUE,
                new GroupSettings.Consumers(
                        standard.session(),
                        standard.heartbeatInterval(),
                        capacity,
                        standard.migration()));
    }

    private static GroupSettings settings(int membersMax, GroupSettings.Consumers consumers) {
        return new GroupSettings(
                1,
                new GroupSettings.Membership(
                        Duration.ofSeconds(6),
                        Duration.ofMinutes(30),
                        Duration.ofSeconds(3),
                        membersMax,
                        1 << 20),
                consumers,
                GroupSettings.Offsets.STANDARD,
                RuntimeSettings.STANDARD);
    }

    /** A machine that cannot load what was compacted. */
    static StateMachine<GroupsState, GroupCommand, GroupEvent> stoppingAtGaps() {
        return new StopsAtGaps<>(new GroupMachine(settings(Integer.MAX_VALUE)));
    }

    void topic(String name, int partitionCount) {
        topicsVersion++;
        topics.put(name, new Topic(new Uuid(77, name.hashCode()), partitionCount));
    }

    private TopicLookup lookup() {
        return new TopicLookup() {
            @Override
            public Optional<Uuid> idOf(String topic) {
                return Optional.ofNullable(topics.get(topic)).map(Topic::id);
            }

            @Override
            public Optional<String> nameOf(Uuid topicId) {
                return topics.entrySet().stream()
                        .filter(entry -> entry.getValue().id().equals(topicId))
                        .map(Map.Entry::getKey)
                        .findFirst();
            }

            @Override
            public ClusterTopics now() {
                return new StagedTopics(topicsVersion, Map.copyOf(topics), racks);
            }

            @Override
            public int partitionCount(String topic) {
                return topics.containsKey(topic) ? topics.get(topic).partitionCount() : 0;
            }
        };
    }

    private static Entropy entropy(SplittableRandom random) {
        return new Entropy() {
            @Override
            public long nextLong() {
                return random.nextLong();
            }

            @Override
            public int nextInt(int bound) {
                return random.nextInt(bound);
            }
        };
    }

    // ---- leadership ----

    void lead() {
        leaderEpoch++;
        log.epoch(0, leaderEpoch);
        coordinator.lead(0, leaderEpoch);
        loop.run();
    }

    /** Another leader takes over; what was not committed is lost. */
    void failover() {
        coordinator.resign(0);
        log.loseUncommitted();
        lead();
    }

    Caller caller(int version) {
        return new Caller("client", "/127.0.0.1", (short) version, loop);
    }

    // ---- membership ----

    static JoinGroupRequestData joinRequest(String memberId, String... protocols) {
        var request =
                new JoinGroupRequestData()
                        .setGroupId(G)
                        .setMemberId(memberId)
                        .setProtocolType("consumer")
                        .setSessionTimeoutMs(SESSION_MS)
                        .setRebalanceTimeoutMs(REBALANCE_MS);
        for (String protocol : protocols) {
            request.protocols()
                    .add(
                            new JoinGroupRequestProtocol()
                                    .setName(protocol)
                                    .setMetadata(subscription("orders")));
        }
        return request;
    }

    static byte[] subscription(String... topics) {
        ByteBuffer out = ByteBuffer.allocate(200).putShort((short) 1).putInt(topics.length);
        for (String topic : topics) {
            byte[] name = topic.getBytes(StandardCharsets.UTF_8);
            out.putShort((short) name.length).put(name);
        }
        out.putInt(-1).putInt(0);
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    Heard<JoinGroupResponseData> join(int version, JoinGroupRequestData request) {
        var heard = new Heard<JoinGroupResponseData>();
        coordinator.membership().join(caller(version), request, heard);
        loop.run();
        return heard;
    }

    /** A dynamic member asks for an id, as clients do. */
    String newId() {
        var response = join(9, joinRequest("", "range")).response();
        if (response.errorCode() != Errors.MEMBER_ID_REQUIRED.code()) {
            throw new AssertionError("no id: " + Errors.forCode(response.errorCode()));
        }
        return response.memberId();
    }

    Heard<JoinGroupResponseData> join(String memberId, String... protocols) {
        String[] named = protocols.length == 0 ? new String[] {"range"} : protocols;
        return join(9, joinRequest(memberId, named));
    }

    Heard<JoinGroupResponseData> joinStatic(String instanceId, String memberId) {
        return join(9, joinRequest(memberId, "range").setGroupInstanceId(instanceId));
    }

    Heard<SyncGroupResponseData> sync(
            String memberId, int generation, Map<String, String> assignments) {
        var request =
                new SyncGroupRequestData()
                        .setGroupId(G)
                        .setMemberId(memberId)
                        .setGenerationId(generation);
        assignments.forEach((member, assignment) ->
                request.assignments()
                        .add(
                                new SyncGroupRequestAssignment()
                                        .setMemberId(member)
                                        .setAssignment(
                                                assignment.getBytes(StandardCharsets.UTF_8))));
        return sync(4, request);
    }

    Heard<SyncGroupResponseData> sync(int version, SyncGroupRequestData request) {
        var heard = new Heard<SyncGroupResponseData>();
        coordinator.membership().sync(caller(version), request, heard);
        loop.run();
        return heard;
    }

    Errors heartbeat(String memberId, int generation) {
        return heartbeat(memberId, null, generation);
    }

    Errors heartbeat(String memberId, String instanceId, int generation) {
        return Errors.forCode(
                heartbeating(memberId, instanceId, generation).response().errorCode());
    }

    Heard<HeartbeatResponseData> heartbeating(String memberId, String instanceId, int generation) {
        var heard = new Heard<HeartbeatResponseData>();
        coordinator
                .membership()
                .heartbeat(
                        caller(4),
                        new HeartbeatRequestData()
                                .setGroupId(G)
                                .setMemberId(memberId)
                                .setGroupInstanceId(instanceId)
                                .setGenerationId(generation),
                        heard);
        loop.run();
        return heard;
    }

    Heard<LeaveGroupResponseData> leave(int version, LeaveGroupRequestData request) {
        var heard = new Heard<LeaveGroupResponseData>();
        coordinator.membership().leave(caller(version), request, heard);
        loop.run();
        return heard;
    }

    Heard<LeaveGroupResponseData> leave(String memberId, String instanceId) {
        var identity = new MemberIdentity().setMemberId(memberId).setGroupInstanceId(instanceId);
        return leave(5, new LeaveGroupRequestData().setGroupId(G).setMembers(List.of(identity)));
    }

    // ---- whole groups ----

    /** A stable group; its members in the order of their ids, the leader among them. */
    record Formed(int generation, String leader, List<String> members) {
        String follower() {
            return members.stream().filter(id -> !id.equals(leader)).findFirst().orElseThrow();
        }
    }

    Formed form(int count, String... protocols) {
        var ids = new ArrayList<String>();
        var joins = new ArrayList<Heard<JoinGroupResponseData>>();
        for (int i = 0; i < count; i++) {
            ids.add(newId());
        }
        ids.forEach(id -> joins.add(join(id, protocols)));
        loop.advance(Duration.ofMillis(8999));
        return stabilize(joins);
    }

    /** Everybody syncs, the leader assigning to each member its own name. */
    Formed stabilize(List<Heard<JoinGroupResponseData>> joins) {
        var first = joins.getFirst().response();
        var ids = new ArrayList<String>();
        var assignments = new TreeMap<String, String>();
        for (var join : joins) {
            ids.add(join.response().memberId());
            assignments.put(join.response().memberId(), "for " + join.response().memberId());
        }
        for (String id : ids) {
            sync(id, first.generationId(), id.equals(first.leader()) ? assignments : Map.of());
        }
        return new Formed(first.generationId(), first.leader(), ids.stream().sorted().toList());
    }

    DescribedGroup describe(String group) {
        return describe(6, group);
    }

    DescribedGroup describe(int version, String group) {
        var heard = new Heard<DescribeGroupsResponseData>();
        coordinator
                .administration()
                .describe(
                        caller(version),
                        new DescribeGroupsRequestData().setGroups(List.of(group)),
                        heard);
        return heard.response().groups().getFirst();
    }

    /** The group, as one of the consumer protocol. */
    ConsumerGroupDescribeResponseData.DescribedGroup describeConsumers() {
        var heard = new Heard<ConsumerGroupDescribeResponseData>();
        coordinator
                .consumers()
                .describe(
                        caller(1),
                        new ConsumerGroupDescribeRequestData().setGroupIds(List.of(G)),
                        heard);
        return heard.response().groups().getFirst();
    }

    String state() {
        return describe(G).groupState();
    }

    // ---- offsets ----

    static OffsetCommitRequestData commitRequest(String topic, int partition, long offset) {
        return new OffsetCommitRequestData()
                .setGroupId(G)
                .setTopics(
                        List.of(
                                new OffsetCommitRequestTopic()
                                        .setName(topic)
                                        .setPartitions(
                                                List.of(
                                                        new OffsetCommitRequestPartition()
                                                                .setPartitionIndex(partition)
                                                                .setCommittedOffset(offset)
                                                                .setCommittedLeaderEpoch(2)
                                                                .setCommittedMetadata("m")))));
    }

    Heard<OffsetCommitResponseData> commit(int version, OffsetCommitRequestData request) {
        var heard = new Heard<OffsetCommitResponseData>();
        coordinator.offsets().commit(caller(version), request, heard);
        loop.run();
        return heard;
    }

    /** Makes a topic, and commits positions in it that a batch of the log could not take back. */
    String commitMany() {
        String name = "t".repeat(240);
        topic(name, MANY);
        for (int from = 0; from < MANY; from += 1000) {
            var request = commitRequest(name, from, 42);
            var partitions = new ArrayList<OffsetCommitRequestPartition>();
            for (int partition = from; partition < from + 1000; partition++) {
                partitions.add(
                        request.topics()
                                .getFirst()
                                .partitions()
                                .getFirst()
                                .duplicate()
                                .setPartitionIndex(partition));
            }
            request.topics().getFirst().setPartitions(partitions);
            if (errorOf(commit(8, request)) != Errors.NONE) {
                throw new AssertionError("not committed");
            }
        }
        return name;
    }

    Errors commit(String memberId, int generation, long offset) {
        return errorOf(
                commit(
                        8,
                        commitRequest("orders", 0, offset)
                                .setMemberId(memberId)
                                .setGenerationIdOrMemberEpoch(generation)));
    }

    static TxnOffsetCommitRequestData transactionRequest(String topic, int partition, long offset) {
        return new TxnOffsetCommitRequestData()
                .setTransactionalId("t")
                .setGroupId(G)
                .setTopics(
                        List.of(
                                new TxnOffsetCommitRequestTopic()
                                        .setName(topic)
                                        .setPartitions(
                                                List.of(
                                                        new TxnOffsetCommitRequestPartition()
                                                                .setPartitionIndex(partition)
                                                                .setCommittedOffset(offset)
                                                                .setCommittedMetadata("m")))));
    }

    static Errors errorOf(TxnOffsetCommitResponseData response) {
        return Errors.forCode(response.topics().getFirst().partitions().getFirst().errorCode());
    }

    static Errors errorOf(OffsetCommitResponseData response) {
        return Errors.forCode(response.topics().getFirst().partitions().getFirst().errorCode());
    }

    static Errors errorOf(Heard<OffsetCommitResponseData> heard) {
        return errorOf(heard.response());
    }

    Heard<OffsetFetchResponseGroup> fetch(
            int version, OffsetFetchRequestGroup request, boolean requireStable) {
        var heard = new Heard<OffsetFetchResponseGroup>();
        coordinator.offsets().fetch(caller(version), request, requireStable, heard);
        loop.run();
        return heard;
    }

    static OffsetFetchRequestGroup fetchRequest(String topic, Integer... partitions) {
        return new OffsetFetchRequestGroup()
                .setGroupId(G)
                .setTopics(
                        List.of(
                                new OffsetFetchRequestTopics()
                                        .setName(topic)
                                        .setPartitionIndexes(List.of(partitions))));
    }

    /** The committed position of partition 0 of the topic, −1 for none. */
    long position(String topic) {
        return position(topic, 0);
    }

    long position(String topic, int partition) {
        return fetch(9, fetchRequest(topic, partition), false)
                .response()
                .topics()
                .getFirst()
                .partitions()
                .getFirst()
                .committedOffset();
    }

    static Errors error(JoinGroupResponseData response) {
        return Errors.forCode(response.errorCode());
    }

    static Errors joinError(Heard<JoinGroupResponseData> heard) {
        return error(heard.response());
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
