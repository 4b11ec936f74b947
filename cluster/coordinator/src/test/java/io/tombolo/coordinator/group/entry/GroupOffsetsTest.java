package io.tombolo.coordinator.group.entry;

import static io.tombolo.coordinator.group.entry.Stage.G;
import static io.tombolo.coordinator.group.entry.Stage.commitRequest;
import static io.tombolo.coordinator.group.entry.Stage.errorOf;
import static io.tombolo.coordinator.group.entry.Stage.fetchRequest;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.coordinator.stage.Heard;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Committed offsets; numbers in comments are rows of the wire contract. */
class GroupOffsetsTest {

    private final Stage stage = new Stage();

    // ---- who may commit (92, 93) ----

    @Test
    void anybodyMayCommitForAGroupWithoutMembersAndSoMakesIt() {
        assertThat(stage.commit("", -1, 42)).isEqualTo(Errors.NONE);

        assertThat(stage.position("orders")).isEqualTo(42);
        assertThat(stage.state()).isEqualTo("Empty");
        stage.failover();
        assertThat(stage.position("orders")).isEqualTo(42);
        assertThat(stage.state()).isEqualTo("Empty");
    }

    @Test
    void aGenerationOfAGroupThatDoesNotExistIsIllegal() {
        assertThat(stage.commit("a", 3, 42)).isEqualTo(Errors.ILLEGAL_GENERATION);
        var request = commitRequest("orders", 0, 42).setGenerationIdOrMemberEpoch(3);
        assertThat(errorOf(stage.commit(9, request.setMemberId("a"))))
                .isEqualTo(Errors.GROUP_ID_NOT_FOUND);
    }

    @Test
    void onlyMembersOfTheGenerationCommitForALiveGroup() {
        var formed = stage.form(1);

        assertThat(stage.commit("", -1, 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(stage.commit("nobody", 1, 1)).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(stage.commit(formed.leader(), 0, 1)).isEqualTo(Errors.ILLEGAL_GENERATION);
        assertThat(stage.commit(formed.leader(), 2, 1)).isEqualTo(Errors.ILLEGAL_GENERATION);
        assertThat(stage.commit(formed.leader(), 1, 7)).isEqualTo(Errors.NONE);
        assertThat(stage.position("orders")).isEqualTo(7);
    }

    @Test
    void aFencedStaticMemberDoesNotCommit() {
        var join = stage.joinStatic("one", "");
        stage.loop.advance(Duration.ofSeconds(7));
        stage.stabilize(List.of(join));
        stage.joinStatic("one", "");

        var request =
                commitRequest("orders", 0, 1)
                        .setMemberId(join.response().memberId())
                        .setGroupInstanceId("one")
                        .setGenerationIdOrMemberEpoch(1);

        assertThat(errorOf(stage.commit(8, request))).isEqualTo(Errors.FENCED_INSTANCE_ID);
    }

    @Test
    void membersCommitWhileAllJoinAgainButNotBeforeTheyAreAssigned() {
        var formed = stage.form(2);
        stage.join(stage.newId());
        Errors whilePreparing = stage.commit(formed.follower(), 1, 5);
        for (String id : formed.members()) {
            stage.join(id);
        }

        assertThat(whilePreparing).isEqualTo(Errors.NONE);
        assertThat(stage.commit(formed.follower(), 2, 6)).isEqualTo(Errors.REBALANCE_IN_PROGRESS);
    }

    @Test
    void commitsAreASignOfLife() {
        var formed = stage.form(1);
        for (int i = 0; i < 5; i++) {
            stage.loop.advance(Duration.ofSeconds(6));
            assertThat(stage.commit(formed.leader(), 1, i)).isEqualTo(Errors.NONE);
        }

        assertThat(stage.heartbeat(formed.leader(), 1)).isEqualTo(Errors.NONE);
    }

    @Test
    void eachPartitionHasItsOwnResult() {
        var request =
                new OffsetCommitRequestData()
                        .setGroupId(G)
                        .setGenerationIdOrMemberEpoch(-1)
                        .setTopics(
                                List.of(
                                        topic("orders", 0, "fine"),
                                        topic("orders", 1, "x".repeat(4097)),
                                        topic("orders", 4, "no such partition"),
                                        topic("missing", 0, "no such topic")));

        var response = stage.commit(8, request).response();

        assertThat(
                        response.topics().stream()
                                .flatMap(topic -> topic.partitions().stream())
                                .map(partition -> Errors.forCode(partition.errorCode())))
                .containsExactly(
                        Errors.NONE,
                        Errors.OFFSET_METADATA_TOO_LARGE,
                        Errors.UNKNOWN_TOPIC_OR_PARTITION,
                        Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(stage.position("orders")).isEqualTo(9);
    }

    private static OffsetCommitRequestTopic topic(String name, int partition, String metadata) {
        return new OffsetCommitRequestTopic()
                .setName(name)
                .setPartitions(
                        List.of(
                                new OffsetCommitRequestPartition()
                                        .setPartitionIndex(partition)
                                        .setCommittedOffset(9)
                                        .setCommittedMetadata(metadata)));
    }

    @Test
    void metadataMayBeAbsentOrAsLongAsAllowed() {
        var absent = commitRequest("orders", 0, 1).setGenerationIdOrMemberEpoch(-1);
        absent.topics().getFirst().partitions().getFirst().setCommittedMetadata(null);
        var longest = commitRequest("orders", 1, 1).setGenerationIdOrMemberEpoch(-1);
        longest.topics().getFirst().partitions().getFirst().setCommittedMetadata("x".repeat(4096));

        assertThat(errorOf(stage.commit(8, absent))).isEqualTo(Errors.NONE);
        assertThat(errorOf(stage.commit(8, longest))).isEqualTo(Errors.NONE);
    }

    @Test
    void topicsGoByIdFromVersionTen() {
        Uuid orders = stage.topics.get("orders").id();
        var request = commitRequest("", 0, 11).setGenerationIdOrMemberEpoch(-1);
        request.topics().getFirst().setTopicId(orders);
        var unknown = commitRequest("", 0, 11).setGenerationIdOrMemberEpoch(-1);
        unknown.topics().getFirst().setTopicId(Uuid.ONE_UUID);

        var response = stage.commit(10, request).response();

        assertThat(response.topics().getFirst().topicId()).isEqualTo(orders);
        assertThat(stage.position("orders")).isEqualTo(11);
        assertThat(errorOf(stage.commit(10, unknown))).isEqualTo(Errors.UNKNOWN_TOPIC_ID);
    }

    @Test
    void aCommitIsAnsweredOnlyOnceItIsCommitted() {
        stage.log.committing(false);
        var heard = stage.commit(8, commitRequest("orders", 0, 1).setGenerationIdOrMemberEpoch(-1));

        boolean waited = heard.waits();
        long seen = stage.position("orders");
        stage.log.commit(0);

        assertThat(waited).isTrue();
        assertThat(seen).as("positions are read from what is committed").isEqualTo(-1);
        assertThat(errorOf(heard)).isEqualTo(Errors.NONE);
    }

    @Test
    void commitsThatTheLogRefusesAreRefusedRetriably() {
        stage.log.refuseNext(Errors.NOT_ENOUGH_REPLICAS);
        assertThat(stage.commit("", -1, 42)).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
        stage.log.refuseNext(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(stage.commit("", -1, 42)).isEqualTo(Errors.NOT_COORDINATOR);
        stage.log.refuseNext(Errors.MESSAGE_TOO_LARGE);
        assertThat(stage.commit("", -1, 42)).isEqualTo(Errors.UNKNOWN_SERVER_ERROR);
        assertThat(stage.position("orders")).isEqualTo(-1);
    }

    // ---- fetching (94) ----

    private static List<String> positions(OffsetFetchResponseGroup response) {
        return response.topics().stream()
                .flatMap(topic ->
                        topic.partitions().stream()
                                .map(p ->
                                        "%s-%d@%d/%d%s %s"
                                                .formatted(
                                                        topic.name(),
                                                        p.partitionIndex(),
                                                        p.committedOffset(),
                                                        p.committedLeaderEpoch(),
                                                        p.metadata(),
                                                        Errors.forCode(p.errorCode()))))
                .toList();
    }

    @Test
    void aGroupThatDoesNotExistHasNoPositions() {
        var response = stage.fetch(8, fetchRequest("orders", 0, 1), false).response();

        assertThat(response.errorCode()).isZero();
        assertThat(positions(response))
                .containsExactly("orders-0@-1/-1 NONE", "orders-1@-1/-1 NONE");
    }

    @Test
    void positionsComeWithLeaderEpochAndMetadata() {
        stage.commit("", -1, 42);

        var asked = stage.fetch(8, fetchRequest("orders", 0, 1), false).response();
        var all =
                stage.fetch(8, new OffsetFetchRequestGroup().setGroupId(G).setTopics(null), true)
                        .response();

        assertThat(positions(asked)).containsExactly("orders-0@42/2m NONE", "orders-1@-1/-1 NONE");
        assertThat(positions(all)).containsExactly("orders-0@42/2m NONE");
    }

    @Test
    void positionsGoByTopicIdFromVersionTen() {
        stage.commit("", -1, 42);
        var byId =
                new OffsetFetchRequestGroup()
                        .setGroupId(G)
                        .setTopics(
                                List.of(
                                        byId(stage.topics.get("orders").id()),
                                        byId(Uuid.ONE_UUID)));

        var response = stage.fetch(10, byId, false).response();
        var all =
                stage.fetch(10, new OffsetFetchRequestGroup().setGroupId(G).setTopics(null), false)
                        .response();

        assertThat(response.topics().getFirst().topicId())
                .isEqualTo(stage.topics.get("orders").id());
        assertThat(response.topics().getFirst().partitions().getFirst().committedOffset())
                .isEqualTo(42);
        assertThat(response.topics().getLast().partitions().getFirst().errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_ID.code());
        assertThat(all.topics().getFirst().topicId()).isEqualTo(stage.topics.get("orders").id());
    }

    private static OffsetFetchRequestTopics byId(Uuid id) {
        return new OffsetFetchRequestTopics().setTopicId(id).setPartitionIndexes(List.of(0));
    }

    @Test
    void aTopicMadeAnewUnderTheSameNameHasNoPositions() {
        stage.commit("", -1, 42);

        stage.topics.put("orders", new Stage.Topic(Uuid.ONE_UUID, 4));

        assertThat(stage.position("orders")).isEqualTo(-1);
    }

    @Test
    void aStableFetchWaitsForWhatIsBeingCommitted() {
        stage.log.committing(false);
        stage.commit(8, commitRequest("orders", 0, 5).setGenerationIdOrMemberEpoch(-1));

        var stable = stage.fetch(8, fetchRequest("orders", 0), true);
        boolean waited = stable.waits();
        stage.log.commit(0);

        assertThat(waited).isTrue();
        assertThat(positions(stable.response())).containsExactly("orders-0@5/2m NONE");
    }

    @Test
    void errorsOfTheGroupAreSaidPerPartitionOnlyToTheOldestClients() {
        stage.coordinator.resign(0);

        var old = stage.fetch(1, fetchRequest("orders", 0), false).response();
        var newer = stage.fetch(2, fetchRequest("orders", 0), false).response();

        assertThat(positions(old)).containsExactly("orders-0@-1/-1 NOT_COORDINATOR");
        assertThat(newer.errorCode()).isEqualTo(Errors.NOT_COORDINATOR.code());
        assertThat(newer.topics()).isEmpty();
    }

    // ---- retention (95) ----

    @Test
    void positionsOfASimpleGroupExpireWithTheirCommit() {
        stage.commit("", -1, 42);
        stage.loop.advance(Duration.ofDays(6));
        long kept = stage.position("orders");

        stage.loop.advance(Duration.ofDays(1).plusMinutes(11));

        assertThat(kept).isEqualTo(42);
        assertThat(stage.position("orders")).isEqualTo(-1);
        assertThat(stage.state()).isEqualTo("Dead");
        stage.failover();
        assertThat(stage.state()).as("tombstones are read as well").isEqualTo("Dead");
    }

    @Test
    void positionsOfADesertedGroupExpireAfterItsLastMember() {
        var formed = stage.form(1);
        stage.commit(formed.leader(), 1, 42);
        stage.loop.advance(Duration.ofMinutes(1));
        long afterSilence = stage.position("orders");
        stage.loop.advance(Duration.ofDays(6));
        long afterSixDays = stage.position("orders");
        stage.loop.advance(Duration.ofDays(2));

        assertThat(afterSilence).isEqualTo(42);
        assertThat(afterSixDays).isEqualTo(42);
        assertThat(stage.position("orders")).isEqualTo(-1);
        assertThat(stage.state()).isEqualTo("Dead");
    }

    @Test
    void positionsOfTopicsThatALiveGroupReadsNeverExpire() {
        var join =
                stage.join(
                        9,
                        Stage.joinRequest(stage.newId(), "range").setSessionTimeoutMs(1_800_000));
        stage.loop.advance(Duration.ofSeconds(7));
        var formed = stage.stabilize(List.of(join));
        stage.commit(formed.leader(), 1, 42);
        stage.commit(
                8,
                commitRequest("payments", 0, 5)
                        .setMemberId(formed.leader())
                        .setGenerationIdOrMemberEpoch(1));

        for (int i = 0; i < 8 * 24 * 3; i++) {
            stage.loop.advance(Duration.ofMinutes(20));
            stage.heartbeat(formed.leader(), 1);
        }

        assertThat(stage.state()).isEqualTo("Stable");
        assertThat(stage.position("orders")).isEqualTo(42);
        assertThat(stage.position("payments")).as("not subscribed").isEqualTo(-1);
    }

    @Test
    void oldClientsChooseTheirOwnRetention() {
        var request =
                commitRequest("orders", 0, 42)
                        .setGenerationIdOrMemberEpoch(-1)
                        .setRetentionTimeMs(3_600_000);
        stage.commit(3, request);
        stage.failover();
        long kept = stage.position("orders");

        stage.loop.advance(Duration.ofMinutes(75));

        assertThat(kept).isEqualTo(42);
        assertThat(stage.position("orders")).isEqualTo(-1);
    }

    @Test
    void aSweepOverManyPositionsIsDoneInBoundedSteps() {
        stage.topic("wide", 2500);
        for (int i = 0; i < 2500; i++) {
            stage.commit(8, commitRequest("wide", i, 1).setGenerationIdOrMemberEpoch(-1));
        }
        int appends = stage.log.appendCount();

        stage.coordinator.topicDeleted("wide", stage.topics.get("wide").id());
        stage.loop.run();

        assertThat(stage.position("wide")).isEqualTo(-1);
        assertThat(stage.log.appendCount() - appends).isEqualTo(3);
    }

    @Test
    void aDeletedTopicTakesItsPositionsWithIt() {
        var formed = stage.form(1);
        stage.commit(formed.leader(), 1, 42);

        stage.coordinator.topicDeleted("orders", Uuid.ONE_UUID);
        stage.loop.run();
        long kept = stage.position("orders");
        stage.coordinator.topicDeleted("orders", stage.topics.get("orders").id());
        stage.loop.run();

        assertThat(kept).as("another topic of that name was deleted").isEqualTo(42);
        assertThat(stage.position("orders")).isEqualTo(-1);
    }

    @Test
    void aFetchDuringALoadIsToldSo() {
        stage.commit("", -1, 42);
        stage.coordinator.resign(0);
        stage.coordinator.lead(0, 9);
        var heard = new Heard<OffsetFetchResponseGroup>();

        stage.coordinator.offsets().fetch(stage.caller(8), fetchRequest("orders", 0), false, heard);

        assertThat(heard.response().errorCode())
                .isEqualTo(Errors.COORDINATOR_LOAD_IN_PROGRESS.code());
    }

    @Test
    void offsetsAreLoadedOnceTheirPartitionIsLedAndReadToItsEnd() {
        stage.commit("", -1, 42);
        assertThat(loaded()).isTrue();

        stage.coordinator.resign(0);
        assertThat(loaded()).as("not led yet").isFalse();

        stage.log.epoch(0, 9);
        stage.coordinator.lead(0, 9);
        assertThat(loaded()).as("being read").isFalse();

        stage.loop.run();
        assertThat(loaded()).isTrue();
    }

    private boolean loaded() {
        var heard = new ArrayList<Boolean>();
        stage.coordinator.links().loaded(stage.loop, new TreeSet<>(Set.of(0)), heard::add);
        return heard.getFirst();
    }
}
