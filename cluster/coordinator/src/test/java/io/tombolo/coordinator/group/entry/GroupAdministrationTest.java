package io.tombolo.coordinator.group.entry;

import static io.tombolo.coordinator.group.entry.Stage.G;
import static io.tombolo.coordinator.group.entry.Stage.commitRequest;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.coordinator.group.CommittedOffset;
import io.tombolo.coordinator.group.GroupCommand.MirroredCommit;
import io.tombolo.coordinator.group.GroupSettings;
import io.tombolo.coordinator.runtime.RuntimeSettings;
import io.tombolo.coordinator.stage.Heard;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

class GroupAdministrationTest {

    private final Stage stage = new Stage();

    private ListGroupsResponseData list(List<String> states, List<String> types) {
        var heard = new Heard<ListGroupsResponseData>();
        stage.coordinator
                .administration()
                .list(
                        stage.caller(5),
                        new ListGroupsRequestData().setStatesFilter(states).setTypesFilter(types),
                        heard);
        return heard.response();
    }

    private Errors delete(String group) {
        var heard = new Heard<DeleteGroupsResponseData>();
        stage.coordinator
                .administration()
                .delete(
                        stage.caller(3),
                        new DeleteGroupsRequestData().setGroupsNames(List.of(group)),
                        heard);
        stage.loop.run();
        return Errors.forCode(heard.response().results().find(group).errorCode());
    }

    private OffsetDeleteResponseData deleteOffsets(String... topics) {
        var request = new OffsetDeleteRequestData().setGroupId(G);
        for (String topic : topics) {
            request.topics()
                    .add(
                            new OffsetDeleteRequestTopic()
                                    .setName(topic)
                                    .setPartitions(
                                            List.of(
                                                    new OffsetDeleteRequestPartition()
                                                            .setPartitionIndex(0))));
        }
        var heard = new Heard<OffsetDeleteResponseData>();
        stage.coordinator.administration().deleteOffsets(stage.caller(0), request, heard);
        stage.loop.run();
        return heard.response();
    }

    private static Errors errorOf(OffsetDeleteResponseData response, String topic) {
        return Errors.forCode(response.topics().find(topic).partitions().find(0).errorCode());
    }

    // ---- describing ----

    @Test
    void aGroupThatDoesNotExistIsDeadAndFromVersionSixAnError() { // 33
        assertThat(stage.describe(5, G).groupState()).isEqualTo("Dead");
        assertThat(stage.describe(5, G).errorCode()).isZero();
        assertThat(stage.describe(6, G).groupState()).isEqualTo("Dead");
        assertThat(stage.describe(6, G).errorCode()).isEqualTo(Errors.GROUP_ID_NOT_FOUND.code());
        assertThat(stage.describe(6, G).errorMessage()).isEqualTo("Group g not found.");
    }

    @Test
    void aStableGroupShowsItsMembersAndWhatTheyHave() {
        var formed = stage.form(2);

        var described = stage.describe(G);

        assertThat(described.groupState()).isEqualTo("Stable");
        assertThat(described.protocolType()).isEqualTo("consumer");
        assertThat(described.protocolData()).isEqualTo("range");
        assertThat(described.members())
                .extracting(member -> member.memberId())
                .containsExactlyElementsOf(formed.members());
        var member = described.members().getFirst();
        assertThat(member.clientId()).isEqualTo("client");
        assertThat(member.clientHost()).isEqualTo("/127.0.0.1");
        assertThat(member.memberMetadata()).isEqualTo(Stage.subscription("orders"));
        assertThat(new String(member.memberAssignment(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("for " + member.memberId());
    }

    @Test
    void aGroupInARebalanceDoesNotShowWhatItsMembersHave() {
        stage.form(2);
        stage.join(stage.newId());

        var described = stage.describe(G);

        assertThat(described.groupState()).isEqualTo("PreparingRebalance");
        assertThat(described.protocolData()).isEmpty();
        assertThat(described.members()).allSatisfy(m -> assertThat(m.memberAssignment()).isEmpty());
    }

    // ---- listing ----

    @Test
    void groupsAreListedByStateAndType() {
        stage.form(1);
        stage.commit(8, commitRequest("orders", 0, 1).setGroupId("s"));

        assertThat(list(List.of(), List.of()).groups())
                .extracting(g -> g.groupId() + " " + g.groupState() + " " + g.groupType())
                .containsExactly("g Stable classic", "s Empty classic");
        assertThat(list(List.of("stable"), List.of()).groups()).hasSize(1);
        assertThat(list(List.of("Empty"), List.of("CLASSIC")).groups())
                .extracting(g -> g.groupId() + g.protocolType())
                .containsExactly("s");
        assertThat(list(List.of(), List.of("consumer")).groups()).isEmpty();
    }

    @Test
    void aListIsRefusedWhileGroupsAreLoadingAndLacksThoseElsewhere() {
        stage.form(1);
        stage.coordinator.resign(0);
        var elsewhere = list(List.of(), List.of());
        stage.coordinator.lead(0, 9);
        var loading = list(List.of(), List.of());

        assertThat(elsewhere.errorCode()).isZero();
        assertThat(elsewhere.groups()).isEmpty();
        assertThat(loading.errorCode()).isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS.code());
    }

    // ---- deleting ----

    @Test
    void onlyGroupsWithoutMembersAreDeleted() {
        var formed = stage.form(1);
        stage.commit(formed.leader(), 1, 42);
        Errors live = delete(G);
        stage.leave(formed.leader(), null);

        Errors empty = delete(G);

        assertThat(live).isEqualTo(Errors.NON_EMPTY_GROUP);
        assertThat(empty).isEqualTo(Errors.NONE);
        assertThat(delete(G)).isEqualTo(Errors.GROUP_ID_NOT_FOUND);
        stage.failover();
        assertThat(stage.state()).isEqualTo("Dead");
        assertThat(stage.position("orders")).isEqualTo(-1);
    }

    @Test
    void aGroupIsDeletedThatHasMorePositionsThanABatchTakesBack() {
        String topic = stage.commitMany();

        assertThat(delete(G)).isEqualTo(Errors.NONE);

        stage.failover();
        assertThat(stage.state()).isEqualTo("Dead");
        assertThat(stage.position(topic, Stage.MANY - 1)).isEqualTo(-1);
    }

    @Test
    void morePositionsAreDeletedThanABatchTakesBack() {
        String topic = stage.commitMany();
        var all = new ArrayList<OffsetDeleteRequestPartition>();
        for (int partition = 0; partition < Stage.MANY; partition++) {
            all.add(new OffsetDeleteRequestPartition().setPartitionIndex(partition));
        }
        var request = new OffsetDeleteRequestData().setGroupId(G);
        request.topics().add(new OffsetDeleteRequestTopic().setName(topic).setPartitions(all));

        var heard = new Heard<OffsetDeleteResponseData>();
        stage.coordinator.administration().deleteOffsets(stage.caller(0), request, heard);
        stage.loop.run();

        assertThat(heard.response().topics().find(topic).partitions())
                .hasSize(Stage.MANY)
                .allSatisfy(partition ->
                        assertThat(partition.errorCode()).isEqualTo(Errors.NONE.code()));
        assertThat(stage.position(topic, 0)).isEqualTo(-1);
        assertThat(stage.position(topic, Stage.MANY - 1)).isEqualTo(-1);
    }

    @Test
    void moreOffsetsGoWithTheirTopicThanABatchTakesBack() {
        String topic = stage.commitMany();

        stage.coordinator.topicDeleted(topic, stage.topics.get(topic).id());
        stage.loop.run();

        assertThat(stage.position(topic, 0)).isEqualTo(-1);
        assertThat(stage.position(topic, Stage.MANY - 1)).isEqualTo(-1);
    }

    @Test
    void offsetsOfTopicsThatAreReadAreNotDeleted() {
        var formed = stage.form(1);
        for (String topic : List.of("orders", "payments")) {
            stage.commit(
                    8,
                    commitRequest(topic, 0, 42)
                            .setMemberId(formed.leader())
                            .setGenerationIdOrMemberEpoch(1));
        }

        var response = deleteOffsets("orders", "payments", "missing");

        assertThat(errorOf(response, "orders")).isEqualTo(Errors.GROUP_SUBSCRIBED_TO_TOPIC);
        assertThat(errorOf(response, "payments")).isEqualTo(Errors.NONE);
        assertThat(errorOf(response, "missing")).isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(stage.position("orders")).isEqualTo(42);
        assertThat(stage.position("payments")).isEqualTo(-1);
    }

    @Test
    void aPartitionThatItsTopicDoesNotHaveIsUnknownBesideOneThatItHas() {
        stage.form(1);
        var request = new OffsetDeleteRequestData().setGroupId(G);
        request.topics()
                .add(
                        new OffsetDeleteRequestTopic()
                                .setName("payments")
                                .setPartitions(
                                        List.of(
                                                new OffsetDeleteRequestPartition()
                                                        .setPartitionIndex(0),
                                                new OffsetDeleteRequestPartition()
                                                        .setPartitionIndex(9_999))));
        var heard = new Heard<OffsetDeleteResponseData>();

        stage.coordinator.administration().deleteOffsets(stage.caller(0), request, heard);
        stage.loop.run();

        var partitions = heard.response().topics().find("payments").partitions();
        assertThat(partitions.find(0).errorCode()).isZero();
        assertThat(partitions.find(9_999).errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    @Test
    void offsetsOfAGroupThatIsNoConsumerGroupAreDeletedOnlyWhenItIsEmpty() {
        var join = stage.join(3, Stage.joinRequest("", "default").setProtocolType("connect"));
        stage.loop.advance(java.time.Duration.ofSeconds(4));
        stage.stabilize(List.of(join));

        assertThat(deleteOffsets("orders").errorCode()).isEqualTo(Errors.NON_EMPTY_GROUP.code());
    }

    @Test
    void offsetsOfAGroupThatDoesNotExistCannotBeDeleted() {
        assertThat(deleteOffsets("orders").errorCode()).isEqualTo(Errors.GROUP_ID_NOT_FOUND.code());
    }

    // ---- links ----

    private MirroredCommit mirror(String group, TopicPartition partition, long offset) {
        var heard = new Heard<MirroredCommit>();
        stage.coordinator
                .links()
                .commitMirroredOffsets(
                        stage.loop,
                        group,
                        Map.of(partition, CommittedOffset.at(offset, 3, "from afar")),
                        heard);
        stage.loop.run();
        return heard.response();
    }

    private Map<TopicPartition, CommittedOffset> committed() {
        var heard = new Heard<LinkOffsets.Outcome<Map<TopicPartition, CommittedOffset>>>();
        stage.coordinator.links().fetchGroupOffsets(stage.loop, G, heard);
        return ((LinkOffsets.Outcome.Known<Map<TopicPartition, CommittedOffset>>) heard.response())
                .value();
    }

    @Test
    void aLinkCommitsForGroupsThatNobodyUsesHere() {
        var partition = new TopicPartition("orders", 1);

        assertThat(mirror(G, partition, 42)).isEqualTo(new MirroredCommit.Stored());
        assertThat(mirror(G, partition, 40)).isEqualTo(new MirroredCommit.Stored());

        assertThat(committed().get(partition).offset()).isEqualTo(40);
        assertThat(committed().get(partition).leaderEpoch()).isEqualTo(3);
        var groups = new Heard<LinkOffsets.Outcome<SortedSet<String>>>();
        stage.coordinator.links().groups(stage.loop, groups);
        assertThat(groups.response().toString()).contains("[g]");
    }

    @Test
    void aLinkLeavesGroupsWithMembersAlone() {
        stage.form(2);

        assertThat(mirror(G, new TopicPartition("orders", 1), 42))
                .isEqualTo(new MirroredCommit.InUse(2));
        assertThat(committed()).isEmpty();
    }

    @Test
    void aLinkHearsWhyItCannotCommit() {
        assertThat(mirror(G, new TopicPartition("missing", 0), 42))
                .isEqualTo(new MirroredCommit.Unavailable(Errors.UNKNOWN_TOPIC_OR_PARTITION));
        stage.coordinator.resign(0);
        assertThat(mirror(G, new TopicPartition("orders", 0), 42))
                .isEqualTo(new MirroredCommit.Unavailable(Errors.NOT_COORDINATOR));
    }

    @Test
    void atAFailoverNoPositionStaysBeyondTheEndOfItsLog() {
        mirror(G, new TopicPartition("orders", 0), 50);
        mirror(G, new TopicPartition("orders", 1), 50);
        mirror("other", new TopicPartition("orders", 0), 99);

        var heard = new Heard<LinkOffsets.Outcome<Integer>>();
        stage.coordinator
                .links()
                .clampOffsets(
                        stage.loop,
                        0,
                        Map.of(
                                new TopicPartition("orders", 0), 45L,
                                new TopicPartition("orders", 1), 60L),
                        heard);
        stage.loop.run();

        assertThat(heard.response()).isEqualTo(new LinkOffsets.Outcome.Known<>(2));
        assertThat(committed().get(new TopicPartition("orders", 0)))
                .extracting(CommittedOffset::offset, CommittedOffset::leaderEpoch)
                .containsExactly(45L, -1);
        assertThat(committed().get(new TopicPartition("orders", 1)).offset()).isEqualTo(50);
    }

    /** A full disk is no reason to take the groups for another broker's business. */
    @ParameterizedTest
    @EnumSource(
            value = Errors.class,
            names = {"KAFKA_STORAGE_ERROR", "NOT_LEADER_OR_FOLLOWER", "NOT_ENOUGH_REPLICAS"})
    void aFailoverIsToldThatTheLogRefusedPositions(Errors refusal) {
        mirror(G, new TopicPartition("orders", 0), 50);
        stage.log.refuseNext(refusal);
        var heard = new Heard<LinkOffsets.Outcome<Integer>>();

        stage.coordinator
                .links()
                .clampOffsets(stage.loop, 0, Map.of(new TopicPartition("orders", 0), 45L), heard);
        stage.loop.run();

        assertThat(heard.response()).isEqualTo(new LinkOffsets.Outcome.Unavailable<>(refusal));
    }

    // ---- partitions ----

    @Test
    void aGroupLivesWhereKafkaWouldPutIt() {
        var wide =
                new Stage(
                        new GroupSettings(
                                50,
                                GroupSettings.Membership.STANDARD,
                                GroupSettings.Consumers.STANDARD,
                                GroupSettings.Offsets.STANDARD,
                                RuntimeSettings.STANDARD));

        assertThat(wide.coordinator.partitionOf("g")).isEqualTo("g".hashCode() % 50);
        assertThat(wide.coordinator.partitionOf("polygenelubricants"))
                .as("the hash without an absolute value")
                .isZero();
        assertThat(wide.coordinator.partitionOf("console-consumer-1"))
                .isEqualTo(Math.abs("console-consumer-1".hashCode()) % 50);
    }
}
