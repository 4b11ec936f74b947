package io.tombolo.coordinator.group.entry;

import static io.tombolo.coordinator.group.entry.Stage.G;
import static io.tombolo.coordinator.group.entry.Stage.fetchRequest;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.coordinator.group.CommittedOffset;
import io.tombolo.coordinator.group.GroupCommand.MirroredCommit;
import io.tombolo.coordinator.runtime.StoredRecord;
import io.tombolo.coordinator.runtime.TransactionEnd;
import io.tombolo.coordinator.stage.Heard;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Offsets committed in transactions; numbers in comments are rows of the wire contract. */
class TransactionOffsetsTest {

    private static final long ONE = 1001;
    private static final long OTHER = 1002;

    private final Stage stage = new Stage();

    private Errors commit(long producerId, long offset) {
        return commit(producerId, Stage.transactionRequest("orders", 0, offset));
    }

    private Errors commit(long producerId, TxnOffsetCommitRequestData request) {
        var heard = new Heard<TxnOffsetCommitResponseData>();
        request.setProducerId(producerId).setProducerEpoch((short) 0);
        stage.coordinator
                .transactions()
                .commit(
                        stage.caller(5),
                        request,
                        (partition, then) -> then.accept(Errors.NONE),
                        heard);
        stage.loop.run();
        return Stage.errorOf(heard.response());
    }

    private Errors end(long producerId, boolean committed) {
        var end = new TransactionEnd(producerId, (short) 0, committed);
        Errors error =
                stage.coordinator.transactions().end(0, end, () -> stage.log.appendMarker(0, end));
        stage.loop.run();
        return error;
    }

    private Errors stability() {
        var position =
                stage.fetch(9, fetchRequest("orders", 0), true)
                        .response()
                        .topics()
                        .getFirst()
                        .partitions()
                        .getFirst();
        return Errors.forCode(position.errorCode());
    }

    // ---- failovers ----

    private int clamp(long end) {
        var heard = new Heard<LinkOffsets.Outcome<Integer>>();
        stage.coordinator
                .links()
                .clampOffsets(stage.loop, 0, Map.of(new TopicPartition("orders", 0), end), heard);
        stage.loop.run();
        return ((LinkOffsets.Outcome.Known<Integer>) heard.response()).value();
    }

    @Test
    void anOpenTransactionMovesNoGroupBeyondTheEndOfALog() {
        stage.commit("", -1, 7);
        commit(ONE, 42);

        assertThat(clamp(40)).isEqualTo(1);

        assertThat(stability()).isEqualTo(Errors.UNSTABLE_OFFSET_COMMIT);
        end(ONE, true);
        assertThat(stage.position("orders")).isEqualTo(7);
        assertThat(stability()).isEqualTo(Errors.NONE);
        stage.failover();
        assertThat(stage.position("orders")).isEqualTo(7);
    }

    @Test
    void aGroupWithoutAPositionGetsNoneBeyondTheEndEither() {
        commit(ONE, 42);

        assertThat(clamp(40)).isEqualTo(1);

        end(ONE, true);
        assertThat(stage.position("orders")).isEqualTo(-1);
        stage.failover();
        assertThat(stage.position("orders")).isEqualTo(-1);
    }

    @Test
    void anOpenTransactionThatStaysBelowTheEndIsLeftAlone() {
        commit(ONE, 40);

        assertThat(clamp(40)).isZero();

        end(ONE, true);
        assertThat(stage.position("orders")).isEqualTo(40);
    }

    @Test
    void clampingTwiceMovesNothingMore() {
        commit(ONE, 42);
        clamp(40);

        assertThat(clamp(40)).isZero();
    }

    // ---- when positions count (66) ----

    @Test
    void aPositionCountsWhenItsTransactionIsCommitted() {
        stage.commit("", -1, 7);

        assertThat(commit(ONE, 42)).isEqualTo(Errors.NONE);
        assertThat(stage.position("orders")).isEqualTo(7);
        assertThat(stability()).isEqualTo(Errors.UNSTABLE_OFFSET_COMMIT);

        assertThat(end(ONE, true)).isEqualTo(Errors.NONE);
        assertThat(stage.position("orders")).isEqualTo(42);
        assertThat(stability()).isEqualTo(Errors.NONE);
        stage.failover();
        assertThat(stage.position("orders")).isEqualTo(42);
    }

    @Test
    void aPositionOfAnAbortedTransactionNeverCounts() {
        commit(ONE, 42);

        end(ONE, false);

        assertThat(stage.position("orders")).isEqualTo(-1);
        assertThat(stability()).isEqualTo(Errors.NONE);
        stage.failover();
        assertThat(stage.position("orders")).isEqualTo(-1);
    }

    @Test
    void anOpenTransactionSurvivesItsCoordinator() {
        commit(ONE, 42);

        stage.failover();

        assertThat(stage.position("orders")).isEqualTo(-1);
        assertThat(stability()).isEqualTo(Errors.UNSTABLE_OFFSET_COMMIT);
        end(ONE, true);
        assertThat(stage.position("orders")).isEqualTo(42);
    }

    @Test
    void theRecordsAreTransactional() {
        commit(ONE, 42);
        stage.commit("", -1, 7);

        assertThat(stage.log.records(0))
                .extracting(StoredRecord::producerId)
                .containsExactly(ONE, StoredRecord.NO_TRANSACTION);
    }

    @Test
    void whatIsLaterInTheLogWins() {
        commit(ONE, 42);
        stage.commit("", -1, 50);
        end(ONE, true);
        assertThat(stage.position("orders")).isEqualTo(50);

        commit(ONE, 60);
        commit(OTHER, 61);
        end(OTHER, true);
        end(ONE, true);

        assertThat(stage.position("orders")).isEqualTo(61);
        stage.failover();
        assertThat(stage.position("orders")).isEqualTo(61);
    }

    @Test
    void aMarkerWithoutPositionsChangesNothing() {
        commit(ONE, 42);

        assertThat(end(OTHER, true)).isEqualTo(Errors.NONE);

        assertThat(stage.position("orders")).isEqualTo(-1);
    }

    @Test
    void aMarkerThatIsNotCommittedIsNotToldOf() {
        commit(ONE, 42);
        stage.log.committing(false);

        end(ONE, true);

        assertThat(stage.position("orders")).isEqualTo(-1);
        stage.failover();
        assertThat(stage.position("orders")).isEqualTo(-1);
        stage.log.committing(true);
        end(ONE, true);
        assertThat(stage.position("orders")).isEqualTo(42);
    }

    @Test
    void whatWasDecidedBeforeTheMarkerIsInTheLogBeforeIt() {
        var heard = new Heard<TxnOffsetCommitResponseData>();
        var request = Stage.transactionRequest("orders", 0, 42).setProducerId(ONE);
        stage.coordinator
                .transactions()
                .commit(
                        stage.caller(5),
                        request,
                        (partition, then) -> then.accept(Errors.NONE),
                        heard);

        end(ONE, true);

        assertThat(Stage.errorOf(heard.response())).isEqualTo(Errors.NONE);
        assertThat(stage.position("orders")).isEqualTo(42);
        stage.failover();
        assertThat(stage.position("orders")).isEqualTo(42);
    }

    @Test
    void noMarkerIsAppendedBeforeGroupsAreLoaded() {
        stage.coordinator.resign(0);

        assertThat(end(ONE, true)).isEqualTo(Errors.NOT_COORDINATOR);

        assertThat(stage.log.entries(0)).isEmpty();
    }

    @Test
    void whatTheAdmissionRefusesIsNotKept() {
        var heard = new Heard<TxnOffsetCommitResponseData>();
        stage.coordinator
                .transactions()
                .commit(
                        stage.caller(5),
                        Stage.transactionRequest("orders", 0, 42),
                        (partition, then) -> then.accept(Errors.INVALID_TXN_STATE),
                        heard);
        stage.loop.run();

        assertThat(Stage.errorOf(heard.response())).isEqualTo(Errors.INVALID_TXN_STATE);
        assertThat(stage.log.entries(0)).isEmpty();
    }

    // ---- who may commit (67) ----

    @Test
    void membersAreCheckedWhenTheyAreNamed() {
        var formed = stage.form(1);

        assertThat(commit(ONE, named("nobody", 1))).isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(commit(ONE, named(formed.leader(), 7))).isEqualTo(Errors.ILLEGAL_GENERATION);
        assertThat(commit(ONE, named(formed.leader(), 1).setGroupInstanceId("x")))
                .isEqualTo(Errors.UNKNOWN_MEMBER_ID);
        assertThat(commit(ONE, named(formed.leader(), 1))).isEqualTo(Errors.NONE);
        assertThat(commit(ONE, named("", -1))).isEqualTo(Errors.NONE);
    }

    private static TxnOffsetCommitRequestData named(String memberId, int generation) {
        return Stage.transactionRequest("orders", 0, 1)
                .setMemberId(memberId)
                .setGenerationIdOrMemberEpoch(generation);
    }

    @Test
    void aGenerationOfAGroupThatDoesNotExistIsIllegal() {
        assertThat(commit(ONE, named("a", 1))).isEqualTo(Errors.ILLEGAL_GENERATION);
    }

    @Test
    void whatIsWrongWithAPartitionIsSaidOfIt() {
        assertThat(commit(ONE, Stage.transactionRequest("orders", 99, 1)))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(commit(ONE, Stage.transactionRequest("nowhere", 0, 1)))
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        var long4097 = Stage.transactionRequest("orders", 0, 1);
        long4097.topics().getFirst().partitions().getFirst().setCommittedMetadata("x".repeat(4097));
        assertThat(commit(ONE, long4097)).isEqualTo(Errors.OFFSET_METADATA_TOO_LARGE);
        assertThat(commit(ONE, Stage.transactionRequest("orders", 0, 1).setGroupId("")))
                .isEqualTo(Errors.INVALID_GROUP_ID);
    }

    // ---- deletion and expiry ----

    @Test
    void aGroupThatIsDeletedTakesPendingPositionsWithIt() {
        commit(ONE, 42);

        var heard = new Heard<DeleteGroupsResponseData>();
        stage.coordinator
                .administration()
                .delete(
                        stage.caller(2),
                        new DeleteGroupsRequestData().setGroupsNames(List.of(G)),
                        heard);
        stage.loop.run();

        assertThat(heard.response().results().iterator().next().errorCode()).isZero();
        end(ONE, true);
        assertThat(stage.position("orders")).isEqualTo(-1);
        stage.failover();
        assertThat(stage.position("orders")).isEqualTo(-1);
        assertThat(stage.state()).isEqualTo("Dead");
    }

    @Test
    void deletedOffsetsStayDeletedWhenTheTransactionCommits() {
        commit(ONE, 42);
        var topics = new OffsetDeleteRequestTopicCollection();
        Collection<OffsetDeleteRequestTopic> filled = topics;
        filled.add(
                new OffsetDeleteRequestTopic()
                        .setName("orders")
                        .setPartitions(
                                List.of(new OffsetDeleteRequestPartition().setPartitionIndex(0))));

        var heard = new Heard<OffsetDeleteResponseData>();
        stage.coordinator
                .administration()
                .deleteOffsets(
                        stage.caller(0),
                        new OffsetDeleteRequestData().setGroupId(G).setTopics(topics),
                        heard);
        stage.loop.run();
        end(ONE, true);

        assertThat(heard.response().errorCode()).isZero();
        assertThat(stage.position("orders")).isEqualTo(-1);
        stage.failover();
        assertThat(stage.position("orders")).isEqualTo(-1);
    }

    @Test
    void offsetsDoNotExpireWhileATransactionIsOpen() {
        stage.commit("", -1, 7);
        commit(ONE, 42);

        stage.loop.advance(Duration.ofDays(8));

        assertThat(stage.position("orders")).isEqualTo(7);
        end(ONE, false);
        stage.loop.advance(Duration.ofMinutes(11));
        assertThat(stage.position("orders")).isEqualTo(-1);
        assertThat(stage.state()).isEqualTo("Dead");
    }

    @Test
    void aDeletedTopicTakesPendingPositionsWithIt() {
        commit(ONE, 42);

        stage.coordinator.topicDeleted("orders", Uuid.ZERO_UUID);
        stage.loop.run();
        end(ONE, true);

        assertThat(stage.position("orders")).isEqualTo(-1);
    }

    @Test
    void aLinkOvertakesWhatIsPending() {
        commit(ONE, 42);

        var heard = new Heard<MirroredCommit>();
        stage.coordinator
                .links()
                .commitMirroredOffsets(
                        stage.loop,
                        G,
                        Map.of(new TopicPartition("orders", 0), CommittedOffset.at(9, -1, "")),
                        heard);
        stage.loop.run();
        end(ONE, true);

        assertThat(stage.position("orders")).isEqualTo(9);
    }
}
