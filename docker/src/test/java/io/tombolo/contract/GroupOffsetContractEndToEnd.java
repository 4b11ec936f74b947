package io.tombolo.contract;

import static io.tombolo.contract.GroupCalls.commit;
import static io.tombolo.contract.GroupCalls.commitError;
import static io.tombolo.contract.GroupCalls.committed;
import static io.tombolo.contract.GroupCalls.committedOffset;
import static io.tombolo.contract.GroupCalls.coordinatorOf;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.DisplayName;

import java.util.List;
import java.util.Map;

/** Contracts 92 to 95: the offsets that groups commit. */
class GroupOffsetContractEndToEnd {

    private static final int COMMIT_BY_NAME = 9;
    private static final int COMMIT_BY_ID = 10;
    private static final int METADATA_CHARS_MAX = 4_096;

    @ContractTest
    @DisplayName("92: a simple commit makes its group; every partition has its own error")
    void contract092SimpleCommits(Subject subject) {
        Topic topic = subject.newTopic(2, Map.of());
        String group = Subject.freshName("simple");
        try (var client = subject.connect()) {
            coordinatorOf(client, group);
            var inGeneration =
                    commit(group, topic, committed(0, 1)).setGenerationIdOrMemberEpoch(0);
            assertThat(commitError(client, inGeneration, COMMIT_BY_NAME - 1))
                    .isEqualTo(Errors.ILLEGAL_GENERATION);
            assertThat(commitError(client, inGeneration, COMMIT_BY_NAME))
                    .isEqualTo(Errors.GROUP_ID_NOT_FOUND);

            var longest = "m".repeat(METADATA_CHARS_MAX);
            OffsetCommitResponseData mixed =
                    client.call(
                            commit(
                                    group,
                                    topic,
                                    committed(0, 7).setCommittedMetadata(longest),
                                    committed(1, 8).setCommittedMetadata(longest + "m"),
                                    committed(9, 9)),
                            COMMIT_BY_NAME);
            assertThat(mixed.topics().getFirst().partitions())
                    .extracting(it -> it.partitionIndex() + ":" + Errors.forCode(it.errorCode()))
                    .containsExactlyInAnyOrder(
                            "0:NONE",
                            "1:OFFSET_METADATA_TOO_LARGE",
                            "9:UNKNOWN_TOPIC_OR_PARTITION");
            assertThat(committedOffset(client, group, topic).committedOffset()).isEqualTo(7);
            assertThat(GroupContractEndToEnd.describe(client, group, 6).groupState())
                    .isEqualTo("Empty");

            var unknown = new Topic("nowhere", Uuid.randomUuid());
            assertThat(commitError(client, commit(group, unknown, committed(0, 1)), COMMIT_BY_NAME))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            assertThat(commitError(client, commit(group, unknown, committed(0, 1)), COMMIT_BY_ID))
                    .isEqualTo(Errors.UNKNOWN_TOPIC_ID);
            assertThat(commitError(client, commit(group, topic, committed(0, 9)), COMMIT_BY_ID))
                    .isEqualTo(Errors.NONE);
            assertThat(committedOffset(client, group, topic).committedOffset()).isEqualTo(9);
        }
    }

    @ContractTest
    @DisplayName("93: a commit from outside into a live group comes from an unknown member")
    void contract093CommitIntoALiveGroup(Subject subject) {
        Topic topic = subject.newTopic();
        String group = Subject.freshName("live");
        try (var client = subject.connect()) {
            JoinGroupResponseData member = GroupCalls.stableAlone(client, group);

            OffsetCommitRequestData outside = commit(group, topic, committed(0, 1));
            assertThat(commitError(client, outside, COMMIT_BY_NAME))
                    .isEqualTo(Errors.UNKNOWN_MEMBER_ID);
            OffsetCommitRequestData inside =
                    commit(group, topic, committed(0, 5))
                            .setMemberId(member.memberId())
                            .setGenerationIdOrMemberEpoch(member.generationId());
            assertThat(commitError(client, inside, COMMIT_BY_NAME)).isEqualTo(Errors.NONE);
            inside.setGenerationIdOrMemberEpoch(member.generationId() + 1);
            assertThat(commitError(client, inside, COMMIT_BY_NAME))
                    .isEqualTo(Errors.ILLEGAL_GENERATION);
            assertThat(committedOffset(client, group, topic).committedOffset()).isEqualTo(5);
        }
    }

    @ContractTest
    @DisplayName("94: OffsetFetch of nothing is -1 without error; the leader epoch always returns")
    void contract094OffsetFetch(Subject subject) {
        Topic topic = subject.newTopic();
        String group = Subject.freshName("fetched");
        String unknown = Subject.freshName("unknown");
        try (var client = subject.connect()) {
            coordinatorOf(client, group);
            coordinatorOf(client, unknown);
            OffsetFetchResponsePartitions none = committedOffset(client, unknown, topic);
            assertThat(Errors.forCode(none.errorCode())).isEqualTo(Errors.NONE);
            assertThat(none.committedOffset()).isEqualTo(-1);
            assertThat(none.committedLeaderEpoch()).isEqualTo(-1);
            assertThat(none.metadata()).isEmpty();

            var commit =
                    commit(
                            group,
                            topic,
                            committed(0, 12).setCommittedLeaderEpoch(3).setCommittedMetadata("m"));
            assertThat(commitError(client, commit, COMMIT_BY_NAME)).isEqualTo(Errors.NONE);
            for (boolean named : new boolean[] {true, false}) {
                for (int version = named ? 1 : 2; version <= 7; version++) {
                    assertFetchedSingly(client, group, topic, named, version);
                }
                for (int version = 8; version <= 10; version++) {
                    assertFetchedInBatch(client, group, topic, named, version);
                }
            }
        }
    }

    @ContractTest
    @DisplayName("95: offsets expire once their time is over, 7 days unless told otherwise")
    void contract095Expiry(Subject subject) {
        Topic topic = subject.newTopic();
        String forgetful = Subject.freshName("forgetful");
        String patient = Subject.freshName("patient");
        try (var client = subject.connect()) {
            coordinatorOf(client, forgetful);
            coordinatorOf(client, patient);
            // Versions 2 to 4 carry a retention of their own.
            var brief = commit(forgetful, topic, committed(0, 1)).setRetentionTimeMs(1);
            assertThat(commitError(client, brief, 4)).isEqualTo(Errors.NONE);
            assertThat(commitError(client, commit(patient, topic, committed(0, 1)), 4))
                    .isEqualTo(Errors.NONE);

            Eventually.eventually(
                    "the offset has expired",
                    () -> committedOffset(client, forgetful, topic).committedOffset(),
                    offset -> offset == -1);
            assertThat(committedOffset(client, patient, topic).committedOffset()).isEqualTo(1);
            assertThat(ConfigContractEndToEnd.brokerConfig(client, "offsets.retention.minutes"))
                    .isEqualTo("10080");
        }
    }

    @ContractTest
    @DisplayName("OffsetDelete removes committed offsets and knows unknown groups")
    void offsetsAreDeleted(Subject subject) {
        Topic topic = subject.newTopic();
        String group = Subject.freshName("deleted");
        try (var client = subject.connect()) {
            coordinatorOf(client, group);
            commitError(client, commit(group, topic, committed(0, 4)), COMMIT_BY_NAME);

            OffsetDeleteResponseData deleted = deleteOffset(client, group, topic);
            assertThat(Errors.forCode(deleted.errorCode())).isEqualTo(Errors.NONE);
            var only = deleted.topics().iterator().next().partitions().iterator().next();
            assertThat(Errors.forCode(only.errorCode())).isEqualTo(Errors.NONE);
            assertThat(committedOffset(client, group, topic).committedOffset()).isEqualTo(-1);

            String unknown = Subject.freshName("unknown");
            OffsetDeleteResponseData refused = deleteOffset(client, unknown, topic);
            assertThat(Errors.forCode(refused.errorCode())).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        }
    }

    private static void assertFetchedSingly(
            RawClient client, String group, Topic topic, boolean named, int version) {
        var wanted =
                new OffsetFetchRequestTopic().setName(topic.name()).setPartitionIndexes(List.of(0));
        var request =
                new OffsetFetchRequestData()
                        .setGroupId(group)
                        .setTopics(named ? List.of(wanted) : null);
        OffsetFetchResponseData answer = client.call(request, version);
        var found = answer.topics().getFirst().partitions().getFirst();
        assertThat(found.committedOffset()).as("version %s", version).isEqualTo(12);
        assertThat(found.metadata()).isEqualTo("m");
        assertThat(found.committedLeaderEpoch()).isEqualTo(version < 5 ? -1 : 3);
    }

    private static void assertFetchedInBatch(
            RawClient client, String group, Topic topic, boolean named, int version) {
        var wanted =
                new OffsetFetchRequestTopics()
                        .setName(topic.name())
                        .setTopicId(topic.id())
                        .setPartitionIndexes(List.of(0));
        var ofGroup =
                new OffsetFetchRequestGroup()
                        .setGroupId(group)
                        .setTopics(named ? List.of(wanted) : null);
        OffsetFetchResponseData answer =
                client.call(new OffsetFetchRequestData().setGroups(List.of(ofGroup)), version);
        var found = answer.groups().getFirst().topics().getFirst().partitions().getFirst();
        assertThat(found.committedOffset()).as("version %s", version).isEqualTo(12);
        assertThat(found.metadata()).isEqualTo("m");
        assertThat(found.committedLeaderEpoch()).isEqualTo(3);
    }

    private static OffsetDeleteResponseData deleteOffset(
            RawClient client, String group, Topic topic) {
        var wanted =
                new OffsetDeleteRequestTopic()
                        .setName(topic.name())
                        .setPartitions(
                                List.of(new OffsetDeleteRequestPartition().setPartitionIndex(0)));
        var request = new OffsetDeleteRequestData().setGroupId(group);
        request.topics().add(wanted);
        return client.call(request, 0);
    }
}
