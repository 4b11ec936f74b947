package io.tombolo.contract;

import static io.tombolo.contract.GroupCalls.coordinatorOf;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.FinalizedVersionRange;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.SubscriptionPattern;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData.TopicPartitions;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopicCollection;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.DisplayName;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Contracts 93 and 96 to 100: the consumer group protocol (KIP-848). */
class ConsumerGroupContractEndToEnd {

    private static final int NEWEST = 1;
    private static final Duration POLL = Duration.ofMillis(100);

    // ---- the wire ----

    private static ConsumerGroupHeartbeatRequestData joining(
            String group, String member, Topic... topics) {
        var names = List.of(topics).stream().map(Topic::name).toList();
        return new ConsumerGroupHeartbeatRequestData()
                .setGroupId(group)
                .setMemberId(member)
                .setMemberEpoch(0)
                .setRebalanceTimeoutMs(60_000)
                .setSubscribedTopicNames(names)
                .setTopicPartitions(List.of());
    }

    private static ConsumerGroupHeartbeatResponseData beat(
            RawClient client, ConsumerGroupHeartbeatRequestData request) {
        return client.call(request, NEWEST);
    }

    private static Errors errorOf(RawClient client, ConsumerGroupHeartbeatRequestData request) {
        return Errors.forCode(beat(client, request).errorCode());
    }

    /** What a member says again and again: its epoch, and what it owns. */
    private static ConsumerGroupHeartbeatRequestData owning(
            String group, String member, int epoch, Topic topic, Integer... partitions) {
        return joining(group, member, topic)
                .setMemberEpoch(epoch)
                .setTopicPartitions(
                        partitions.length == 0
                                ? List.of()
                                : List.of(
                                        new TopicPartitions()
                                                .setTopicId(topic.id())
                                                .setPartitions(List.of(partitions))));
    }

    private static Set<Integer> partitionsOf(
            ConsumerGroupHeartbeatResponseData answer, Uuid topic) {
        var partitions = new HashSet<Integer>();
        if (answer.assignment() != null) {
            answer.assignment().topicPartitions().stream()
                    .filter(assigned -> assigned.topicId().equals(topic))
                    .forEach(assigned -> partitions.addAll(assigned.partitions()));
        }
        return partitions;
    }

    /** Beats as a full request until all of these partitions are assigned. */
    private static ConsumerGroupHeartbeatResponseData until(
            RawClient client, ConsumerGroupHeartbeatRequestData request, Topic topic, int count) {
        return Eventually.eventually(
                count + " partitions for " + request.memberId(),
                () -> {
                    var answer = beat(client, request);
                    if (answer.errorCode() == 0) {
                        request.setMemberEpoch(answer.memberEpoch());
                    }
                    return answer;
                },
                answer -> partitionsOf(answer, topic.id()).size() == count);
    }

    @ContractTest
    @DisplayName("96: heartbeats that make no sense are refused, each in its way")
    void contract096Refusals(Subject subject) {
        Topic topic = subject.newTopic(2, Map.of());
        String group = Subject.freshName("consumers");
        try (var client = subject.connect()) {
            coordinatorOf(client, group);

            assertThat(errorOf(client, joining(group, "", topic)))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(errorOf(client, joining("", "m", topic))).isEqualTo(Errors.INVALID_REQUEST);
            assertThat(errorOf(client, joining(group, "m", topic).setTopicPartitions(null)))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(errorOf(client, joining(group, "m", topic).setRebalanceTimeoutMs(-1)))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(errorOf(client, joining(group, "m", topic).setMemberEpoch(-3)))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(errorOf(client, joining(group, "m", topic).setMemberEpoch(-2)))
                    .isEqualTo(Errors.INVALID_REQUEST);
            assertThat(errorOf(client, joining(group, "m", topic).setServerAssignor("mine")))
                    .isEqualTo(Errors.UNSUPPORTED_ASSIGNOR);
            assertThat(errorOf(client, joining(group, "m", topic).setSubscribedTopicRegex("(a")))
                    .isEqualTo(Errors.INVALID_REGULAR_EXPRESSION);
            assertThat(errorOf(client, joining(group, "m", topic).setMemberEpoch(5)))
                    .isEqualTo(Errors.GROUP_ID_NOT_FOUND);

            var joined = until(client, joining(group, "m", topic), topic, 2);
            assertThat(joined.memberId()).isEqualTo("m");
            assertThat(joined.heartbeatIntervalMs()).isPositive();
            int epoch = joined.memberEpoch();
            assertThat(errorOf(client, owning(group, "m", epoch + 7, topic)))
                    .isEqualTo(Errors.FENCED_MEMBER_EPOCH);
            assertThat(errorOf(client, owning(group, "other", epoch, topic)))
                    .isEqualTo(Errors.UNKNOWN_MEMBER_ID);
            var keepAlive =
                    beat(
                            client,
                            new ConsumerGroupHeartbeatRequestData()
                                    .setGroupId(group)
                                    .setMemberId("m")
                                    .setMemberEpoch(epoch));
            assertThat(Errors.forCode(keepAlive.errorCode())).isEqualTo(Errors.NONE);
            assertThat(keepAlive.assignment()).isNull();
        }
    }

    @ContractTest
    @DisplayName("97: a partition goes to a new member only after its owner has let go of it")
    void contract097Handover(Subject subject) {
        Topic topic = subject.newTopic(2, Map.of());
        String group = Subject.freshName("consumers");
        try (var client = subject.connect()) {
            coordinatorOf(client, group);
            var first = joining(group, "a", topic);
            until(client, first, topic, 2);

            var second = joining(group, "b", topic);
            var waiting = beat(client, second);
            assertThat(partitionsOf(waiting, topic.id())).isEmpty();
            second = owning(group, "b", waiting.memberEpoch(), topic);

            var shrunk =
                    until(client, owning(group, "a", first.memberEpoch(), topic, 0, 1), topic, 1);
            int kept = partitionsOf(shrunk, topic.id()).iterator().next();
            assertThat(partitionsOf(beat(client, second), topic.id())).isEmpty();

            var letGo =
                    until(client, owning(group, "a", shrunk.memberEpoch(), topic, kept), topic, 1);
            assertThat(letGo.memberEpoch()).isGreaterThanOrEqualTo(shrunk.memberEpoch());
            var given = until(client, second, topic, 1);
            assertThat(partitionsOf(given, topic.id())).containsExactly(1 - kept);
        }
    }

    @ContractTest
    @DisplayName("98: a member's epoch moves on when it has let go, without waiting for others")
    void contract098EpochsMoveOn(Subject subject) {
        Topic topic = subject.newTopic(3, Map.of());
        String group = Subject.freshName("consumers");
        try (var client = subject.connect()) {
            coordinatorOf(client, group);
            var first = joining(group, "a", topic);
            until(client, first, topic, 3);
            int before = first.memberEpoch();
            int joined =
                    Eventually.eventually(
                            "a target for both",
                            () -> beat(client, joining(group, "b", topic)).memberEpoch(),
                            epoch -> epoch > before);

            var shrunk = until(client, owning(group, "a", before, topic, 0, 1, 2), topic, 2);
            assertThat(shrunk.memberEpoch()).isEqualTo(before);
            var kept = partitionsOf(shrunk, topic.id()).toArray(Integer[]::new);
            var letGo = beat(client, owning(group, "a", before, topic, kept));

            assertThat(letGo.memberEpoch()).isEqualTo(joined);
        }
    }

    @ContractTest
    @DisplayName("100: new partitions are given out though no member asks for anything new")
    void contract100NewPartitions(Subject subject) {
        Topic topic = subject.newTopic(1, Map.of());
        String group = Subject.freshName("consumers");
        try (var client = subject.connect()) {
            coordinatorOf(client, group);
            var member = joining(group, "m", topic);
            until(client, member, topic, 1);
            var more = new CreatePartitionsTopicCollection();
            more.mustAdd(
                    new CreatePartitionsTopic()
                            .setName(topic.name())
                            .setCount(3)
                            .setAssignments(null));
            CreatePartitionsResponseData created =
                    client.call(
                            new CreatePartitionsRequestData().setTopics(more).setTimeoutMs(30_000),
                            3);
            assertThat(created.results().getFirst().errorCode()).isZero();

            until(client, owning(group, "m", member.memberEpoch(), topic, 0), topic, 3);
        }
    }

    @ContractTest
    @DisplayName("99: a static member that leaves for now finds its partitions again")
    void contract099StaticMembers(Subject subject) {
        Topic topic = subject.newTopic(2, Map.of());
        String group = Subject.freshName("consumers");
        try (var client = subject.connect()) {
            coordinatorOf(client, group);
            var one = joining(group, "s1", topic).setInstanceId("inst");
            var held = until(client, one, topic, 2);

            assertThat(errorOf(client, joining(group, "s2", topic).setInstanceId("inst")))
                    .isEqualTo(Errors.UNRELEASED_INSTANCE_ID);
            assertThat(
                            errorOf(
                                    client,
                                    owning(group, "s2", held.memberEpoch(), topic)
                                            .setInstanceId("inst")))
                    .isEqualTo(Errors.FENCED_INSTANCE_ID);
            var left =
                    beat(
                            client,
                            new ConsumerGroupHeartbeatRequestData()
                                    .setGroupId(group)
                                    .setMemberId("s1")
                                    .setInstanceId("inst")
                                    .setMemberEpoch(-2));
            assertThat(left.memberEpoch()).isEqualTo(-2);
            var back = beat(client, joining(group, "s2", topic).setInstanceId("inst"));
            assertThat(partitionsOf(back, topic.id())).containsExactlyInAnyOrder(0, 1);
        }
    }

    @ContractTest
    @DisplayName("a member commits in its epoch, nobody else while the group has members")
    void memberEpochsOfCommits(Subject subject) {
        Topic topic = subject.newTopic(1, Map.of());
        String group = Subject.freshName("consumers");
        try (var client = subject.connect()) {
            coordinatorOf(client, group);
            var joined = until(client, joining(group, "m", topic), topic, 1);

            assertThat(commit(client, group, topic, "m", joined.memberEpoch()))
                    .isEqualTo(Errors.NONE);
            assertThat(commit(client, group, topic, "m", joined.memberEpoch() + 1))
                    .isEqualTo(Errors.STALE_MEMBER_EPOCH);
            assertThat(commit(client, group, topic, "", -1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
            assertThat(commit(client, group, topic, "other", joined.memberEpoch()))
                    .isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        }
    }

    private static Errors commit(
            RawClient client, String group, Topic topic, String member, int epoch) {
        OffsetCommitResponseData answer =
                client.call(
                        GroupCalls.commit(group, topic, GroupCalls.committed(0, 0))
                                .setMemberId(member)
                                .setGenerationIdOrMemberEpoch(epoch),
                        9);
        return Errors.forCode(answer.topics().getFirst().partitions().getFirst().errorCode());
    }

    @ContractTest
    @DisplayName("consumer groups are described with epochs, targets and subscriptions")
    void describeConsumerGroups(Subject subject) {
        Topic topic = subject.newTopic(2, Map.of());
        String group = Subject.freshName("consumers");
        try (var client = subject.connect()) {
            coordinatorOf(client, group);
            ConsumerGroupDescribeResponseData unknown = describe(client, group);
            assertThat(Errors.forCode(unknown.groups().getFirst().errorCode()))
                    .isEqualTo(Errors.GROUP_ID_NOT_FOUND);
            var joined = until(client, joining(group, "m", topic), topic, 2);

            var described = describe(client, group).groups().getFirst();

            assertThat(described.groupState()).isEqualTo("Stable");
            assertThat(described.assignorName()).isEqualTo("uniform");
            assertThat(described.groupEpoch()).isEqualTo(joined.memberEpoch());
            assertThat(described.assignmentEpoch()).isEqualTo(joined.memberEpoch());
            var member = described.members().getFirst();
            assertThat(member.memberType()).isEqualTo((byte) 1);
            assertThat(member.subscribedTopicNames()).containsExactly(topic.name());
            assertThat(member.assignment().topicPartitions().getFirst().partitions())
                    .containsExactlyInAnyOrder(0, 1);
            assertThat(member.targetAssignment()).isEqualTo(member.assignment());
        }
    }

    private static ConsumerGroupDescribeResponseData describe(RawClient client, String group) {
        return client.call(
                new ConsumerGroupDescribeRequestData().setGroupIds(List.of(group)), NEWEST);
    }

    // ---- the stock consumer ----

    @ContractTest
    @DisplayName("stock consumers of the new protocol share, follow a pattern, take over, commit")
    void stockConsumers(Subject subject) throws Exception {
        String prefix = Subject.freshName("pattern");
        String group = Subject.freshName("consumers");
        try (Admin admin = Admin.create(config(subject, group));
                var one = consumer(subject, group)) {
            create(admin, prefix + "-a", 3);
            create(admin, prefix + "-b", 1);
            one.subscribe(new SubscriptionPattern(prefix + "-.*"));
            shares(one, 4);

            try (var two = consumer(subject, group)) {
                two.subscribe(new SubscriptionPattern(prefix + "-.*"));
                Eventually.eventually(
                        "both have half of it",
                        () -> {
                            one.poll(POLL);
                            two.poll(POLL);
                            return List.of(one.assignment().size(), two.assignment().size());
                        },
                        List.of(2, 2)::equals);
                var described = description(admin, group);
                assertThat(described.type()).isEqualTo(GroupType.CONSUMER);
                assertThat(described.members()).hasSize(2);
                two.commitSync();
            }
            shares(one, 4);
            one.commitSync();
            assertThat(description(admin, group).groupState()).isEqualTo(GroupState.STABLE);
        }
        try (Admin admin = Admin.create(config(subject, group))) {
            assertThat(description(admin, group).groupState()).isEqualTo(GroupState.EMPTY);
            assertThat(
                            admin.listConsumerGroupOffsets(group)
                                    .partitionsToOffsetAndMetadata()
                                    .get(60, TimeUnit.SECONDS))
                    .isNotEmpty();
            admin.deleteConsumerGroups(List.of(group)).all().get(60, TimeUnit.SECONDS);
        }
    }

    @ContractTest
    @DisplayName("a static stock consumer finds its partitions again after it was closed")
    void aStaticConsumerComesBack(Subject subject) throws Exception {
        Topic topic = subject.newTopic(4, Map.of());
        String group = Subject.freshName("consumers");
        Map<String, Object> instance = config(subject, group);
        instance.put("group.instance.id", "inst");
        try (Admin admin = Admin.create(config(subject, group));
                var other = consumer(subject, group)) {
            other.subscribe(List.of(topic.name()));
            Set<TopicPartition> before;
            try (var first = consumer(instance)) {
                first.subscribe(List.of(topic.name()));
                share(first, other);
                before = first.assignment();
            }
            other.poll(POLL);
            assertThat(other.assignment()).as("kept for the other one").hasSize(2);
            assertThat(description(admin, group).members()).hasSize(2);

            try (var back = consumer(instance)) {
                back.subscribe(List.of(topic.name()));
                share(back, other);
                assertThat(back.assignment()).isEqualTo(before);
            }
        }
    }

    private static void share(
            KafkaConsumer<String, String> one, KafkaConsumer<String, String> other) {
        Eventually.eventually(
                "both have half of it",
                () -> {
                    one.poll(POLL);
                    other.poll(POLL);
                    return List.of(one.assignment().size(), other.assignment().size());
                },
                List.of(2, 2)::equals);
    }

    @ContractTest
    @DisplayName("the consumer protocol is refused while group.version is 0")
    void theConsumerProtocolNeedsGroupVersion(Subject subject) throws Exception {
        Topic topic = subject.newTopic(1, Map.of());
        String group = Subject.freshName("consumers");
        try (Admin admin = Admin.create(config(subject, group));
                var client = subject.connect()) {
            coordinatorOf(client, group);
            var request = joining(group, Uuid.randomUuid().toString(), topic);
            try {
                finalize(admin, 0, FeatureUpdate.UpgradeType.SAFE_DOWNGRADE);

                awaitError(client, request, Errors.UNSUPPORTED_VERSION);
                assertThat(Errors.forCode(describe(client, group).groups().getFirst().errorCode()))
                        .isEqualTo(Errors.UNSUPPORTED_VERSION);
            } finally {
                finalize(admin, 1, FeatureUpdate.UpgradeType.UPGRADE);
            }

            awaitError(client, request, Errors.NONE);
        }
    }

    private static void awaitError(
            RawClient client, ConsumerGroupHeartbeatRequestData request, Errors wanted) {
        Eventually.eventually(
                wanted + " for a heartbeat", () -> errorOf(client, request), wanted::equals);
    }

    /** Returns when clients are told this level. */
    private static void finalize(Admin admin, int level, FeatureUpdate.UpgradeType type)
            throws Exception {
        var update = Map.of("group.version", new FeatureUpdate((short) level, type));
        admin.updateFeatures(update, new UpdateFeaturesOptions()).all().get(60, TimeUnit.SECONDS);
        Eventually.eventually(
                "group.version is " + level,
                () -> {
                    var finalized = finalized(admin).get("group.version");
                    return finalized == null ? 0 : finalized.maxVersionLevel();
                },
                told -> told == level);
    }

    private static Map<String, FinalizedVersionRange> finalized(Admin admin) {
        try {
            return admin.describeFeatures()
                    .featureMetadata()
                    .get(60, TimeUnit.SECONDS)
                    .finalizedFeatures();
        } catch (InterruptedException | ExecutionException | TimeoutException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static void create(Admin admin, String topic, int partitions) throws Exception {
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all()
                .get(60, TimeUnit.SECONDS);
    }

    private static ConsumerGroupDescription description(Admin admin, String group)
            throws InterruptedException, ExecutionException {
        return admin.describeConsumerGroups(List.of(group)).describedGroups().get(group).get();
    }

    private static void shares(KafkaConsumer<String, String> consumer, int partitions) {
        Eventually.eventually(
                partitions + " partitions",
                () -> {
                    consumer.poll(POLL);
                    return consumer.assignment().size();
                },
                count -> count == partitions);
    }

    private static Map<String, Object> config(Subject subject, String group) {
        var config = new HashMap<String, Object>();
        config.put("bootstrap.servers", subject.bootstrap());
        config.put("group.id", group);
        config.put("group.protocol", "consumer");
        config.put("auto.offset.reset", "earliest");
        config.put("enable.auto.commit", "false");
        config.put("metadata.max.age.ms", "1000");
        return config;
    }

    private static KafkaConsumer<String, String> consumer(Subject subject, String group) {
        return consumer(config(subject, group));
    }

    private static KafkaConsumer<String, String> consumer(Map<String, Object> config) {
        return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    }
}
