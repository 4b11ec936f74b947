package io.tombolo.replication;

import static io.tombolo.replication.PartitionWorld.leader;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.protocol.RecordBytes;
import io.tombolo.replication.Partition.Discarded;
import io.tombolo.replication.Role.Follower;
import io.tombolo.replication.fetch.FetcherEvent;
import io.tombolo.replication.fetch.FetcherRequest;
import io.tombolo.replication.fetch.FetcherSettings;
import io.tombolo.replication.fetch.ReplicaFetcher;
import io.tombolo.replication.follower.FetchPosition;
import io.tombolo.replication.follower.FollowerOutcome;
import io.tombolo.replication.follower.LeaderAnswer;
import io.tombolo.replication.quota.CopyLimit;
import io.tombolo.replication.quota.CopyLimit.Terms;
import io.tombolo.replication.quota.ThrottledReplicas;
import io.tombolo.storage.log.Isolation;
import io.tombolo.storage.log.LogSettings.Flush;

import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsTopicResponse;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a follower does with what its leader answers, by example. */
class FollowerPartitionTest {

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final PartitionWorld world = PartitionWorld.open(Flush.BY_THE_OPERATING_SYSTEM);
    private final ReplicaFetcher fetcher =
            new ReplicaFetcher(FetcherSettings.STANDARD, new ReplicaFetcher.Identity(1, 11));
    private final List<Discarded> discarded = new ArrayList<>();
    private long now;

    @BeforeEach
    void listens() {
        world.on(p -> p.onDiscarded(discarded::add));
    }

    private void follows(int epoch) {
        world.on(p -> p.become(new Follower(epoch, 2)));
    }

    private FollowerOutcome answered(LeaderAnswer answer) {
        return world.ask(p -> p.follow(p.fetchPosition().orElseThrow(), answer));
    }

    private FollowerOutcome given(ByteBuffer batches, long highWatermark) {
        return answered(new LeaderAnswer.Records(batches, highWatermark, 0));
    }

    private FetchPosition position() {
        return world.ask(p -> p.fetchPosition().orElseThrow());
    }

    private Optional<FetcherRequest> step(FetcherEvent event) {
        return world.ask(_ -> fetcher.step(event, now));
    }

    // --- the log

    @Test
    void recordsAreCopiedAndTheWatermarkIsTheLeadersUpToTheOwnEnd() {
        follows(5);

        assertThat(given(Batches.at(0, 4, 3), 2)).isEqualTo(new FollowerOutcome.Advanced(3, true));
        assertThat(world.partition().highWatermark()).isEqualTo(2);
        given(Batches.at(3, 5, 1), 90);

        assertThat(world.partition().highWatermark()).isEqualTo(4);
        assertThat(position()).isEqualTo(new FetchPosition(5, 4, 5, 0));
    }

    @Test
    void batchesThatAreDamagedOrOfALaterLeaderOrElsewhereAreRefused() {
        follows(5);

        assertThat(given(Batches.flipped(Batches.at(0, 5, 1)), 0))
                .isInstanceOf(FollowerOutcome.Refused.class);
        assertThat(given(Batches.at(0, 6, 1), 0)).isInstanceOf(FollowerOutcome.Refused.class);
        given(Batches.at(0, 5, 2), 0);
        assertThat(given(Batches.at(1, 5, 1), 0)).isInstanceOf(FollowerOutcome.Refused.class);
        assertThat(world.partition().log().endOffset()).isEqualTo(2);
    }

    @Test
    void aDivergingLogIsCutWhereBothEpochsEnd() {
        follows(3);
        given(Batches.at(0, 1, 4), 2);
        given(Batches.at(4, 3, 4), 2);

        follows(5);
        FollowerOutcome outcome = answered(new LeaderAnswer.Diverging(2, 6));

        assertThat(outcome).isEqualTo(new FollowerOutcome.Truncated(8, 4));
        assertThat(discarded).isEmpty();
        assertThat(position()).isEqualTo(new FetchPosition(5, 4, 1, 0));
    }

    @Test
    void aCutBelowTheWatermarkIsTold() {
        follows(3);
        given(Batches.at(0, 1, 4), 4);
        given(Batches.at(4, 3, 4), 8);

        assertThat(answered(new LeaderAnswer.Diverging(1, 4)))
                .isEqualTo(new FollowerOutcome.Truncated(8, 4));
        assertThat(world.partition().highWatermark()).isEqualTo(4);
        assertThat(discarded).containsExactly(new Discarded(4, 8, 8));
    }

    /** After a kill the high watermark is an old one: it does not tell what was acknowledged. */
    @Test
    void whatIsOlderThanAnUncleanElectionIsToldWhereverTheWatermarkIs() {
        follows(3);
        given(Batches.at(0, 1, 4), 2);
        given(Batches.at(4, 3, 4), 5);

        world.on(p -> p.become(new Follower(7, 2, 4)));
        answered(new LeaderAnswer.Diverging(1, 4));

        assertThat(discarded).containsExactly(new Discarded(4, 8, 5));
    }

    @Test
    void whatWasWrittenAfterAnUncleanElectionIsNothingLost() {
        follows(3);
        given(Batches.at(0, 3, 4), 4);
        given(Batches.at(4, 4, 4), 4);

        world.on(p -> p.become(new Follower(5, 2, 4)));
        answered(new LeaderAnswer.Diverging(3, 4));

        assertThat(discarded).isEmpty();
    }

    @Test
    void anEpochThatWroteNothingDoesNotKeepOlderRecordsOut() {
        follows(2);
        given(Batches.at(0, 2, 3), 3);
        world.on(p -> p.become(leader(5)));

        follows(6);

        assertThat(position()).isEqualTo(new FetchPosition(6, 3, 2, 0));
        assertThat(given(Batches.at(3, 4, 1), 3)).isEqualTo(new FollowerOutcome.Advanced(4, true));
    }

    @Test
    void anAnswerFromBeforeTheRoleChangedIsNotUsed() {
        follows(2);
        FetchPosition asked = position();
        follows(3);

        FollowerOutcome outcome =
                world.ask(
                        p -> p.follow(asked, new LeaderAnswer.Records(Batches.at(0, 2, 1), 1, 0)));

        assertThat(outcome).isEqualTo(new FollowerOutcome.Stale());
        assertThat(world.partition().log().endOffset()).isZero();
    }

    @Test
    void theLogStartFollowsTheLeaders() {
        follows(2);
        given(Batches.at(0, 2, 3), 3);

        answered(new LeaderAnswer.Records(NOTHING, 3, 2));

        assertThat(world.partition().log().startOffset()).isEqualTo(2);
    }

    // --- readers

    @Test
    void aConsumerThatMayReadFromAnyReplicaSeesTheFollowersWatermark() {
        follows(2);
        given(Batches.at(0, 2, 3), 3);
        given(Batches.at(3, 2, 3), 3);
        var wish = new FetchRead(0, 2, -1, 1 << 20, Isolation.READ_UNCOMMITTED);

        FetchOutcome near = world.ask(p -> p.readFromAnyReplica(wish, _ -> false));
        FetchOutcome atLeader = world.ask(p -> p.read(wish));

        assertThat(((FetchOutcome.Read) near).slice().nextOffset()).isEqualTo(3);
        assertThat(atLeader)
                .isEqualTo(
                        new FetchOutcome.Refused(
                                Errors.NOT_LEADER_OR_FOLLOWER, new LeaderHint(2, 2)));
    }

    @Test
    void waitingProducersHearOfTheNewLeaderAtOnce() {
        world.on(p -> p.become(leader(1)));

        follows(2);
        var answers = world.produce(Batches.plain(1), -1);

        assertThat(answers.getFirst().error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(answers.getFirst().leader()).isEqualTo(new LeaderHint(2, 2));
    }

    // --- the fetcher

    private static FetcherEvent fetched(PartitionData data) {
        var topic = new FetchableTopicResponse().setTopicId(ReplicaNode.ID.topicId());
        topic.partitions().add(data.setPartitionIndex(0));
        var response = new FetchResponseData();
        response.responses().add(topic);
        return new FetcherEvent.Fetched(response);
    }

    private static PartitionData holding(ByteBuffer batches, long highWatermark) {
        var holder = new ProduceRequestData.PartitionProduceData();
        RecordBytes.attach(holder, batches);
        return new PartitionData().setRecords(holder.records()).setHighWatermark(highWatermark);
    }

    private static FetcherEvent listed(long offset) {
        var topic = new ListOffsetsTopicResponse().setName("orders");
        topic.partitions()
                .add(new ListOffsetsPartitionResponse().setPartitionIndex(0).setOffset(offset));
        var response = new ListOffsetsResponseData();
        response.topics().add(topic);
        return new FetcherEvent.OffsetsListed(response);
    }

    @Test
    void aPartitionWithAnErrorPausesLongerEachTimeAndStartsAnewUnderANewLeader() {
        follows(2);
        assertThat(step(new FetcherEvent.Followed(world.partition()))).isPresent();
        var error = new PartitionData().setErrorCode(Errors.UNKNOWN_LEADER_EPOCH.code());

        assertThat(step(fetched(error))).isEmpty();
        assertThat(fetcher.wakeAtNanos()).hasValue(50_000_000);
        now = 50_000_000;
        assertThat(step(new FetcherEvent.TimePassed())).isPresent();
        assertThat(step(fetched(error))).isEmpty();
        assertThat(fetcher.wakeAtNanos()).hasValue(150_000_000);

        follows(3);
        assertThat(step(new FetcherEvent.Followed(world.partition()))).isPresent();
    }

    @Test
    void whoIsBehindWaitsForItsShareAndWhoHasCaughtUpDoesNot() {
        var limit = new CopyLimit();
        limit.change(new Terms(100, ThrottledReplicas.of(Map.of("orders", "0:1"), 1)), now);
        var limited =
                new ReplicaFetcher(
                        FetcherSettings.STANDARD, new ReplicaFetcher.Identity(1, 11), limit);
        follows(2);
        world.ask(_ -> limited.step(new FetcherEvent.Followed(world.partition()), now));
        ByteBuffer records = Batches.at(0, 2, 3);
        long priceNanos = records.remaining() * 10_000_000L;

        var behind = holding(records, 50);
        assertThat(world.<Optional<FetcherRequest>>ask(_ -> limited.step(fetched(behind), now)))
                .isEmpty();

        assertThat(limited.wakeAtNanos()).hasValue(Math.min(priceNanos, 1_000_000_000));
        now = priceNanos;
        assertThat(
                        world.<Optional<FetcherRequest>>ask(
                                _ -> limited.step(new FetcherEvent.TimePassed(), now)))
                .isPresent();
        var caughtUp = holding(Batches.at(3, 2, 3), 6);
        assertThat(world.<Optional<FetcherRequest>>ask(_ -> limited.step(fetched(caughtUp), now)))
                .as("spent, yet at once")
                .isPresent();
    }

    @Test
    void aLeaderThatStartsAboveOurEndIsJoinedAtItsStart() {
        follows(2);
        step(new FetcherEvent.Followed(world.partition()));
        var outOfRange = new PartitionData().setErrorCode(Errors.OFFSET_OUT_OF_RANGE.code());

        assertThat(step(fetched(outOfRange))).containsInstanceOf(FetcherRequest.ListOffsets.class);
        assertThat(step(listed(40))).containsInstanceOf(FetcherRequest.Fetch.class);

        assertThat(position().fetchOffset()).isEqualTo(40);
        assertThat(world.partition().log().startOffset()).isEqualTo(40);
    }

    @Test
    void aFollowerBeyondTheLeadersEndIsCutThere() {
        follows(2);
        given(Batches.at(0, 2, 3), 0);
        given(Batches.at(3, 2, 3), 0);
        step(new FetcherEvent.Followed(world.partition()));
        step(fetched(new PartitionData().setErrorCode(Errors.OFFSET_OUT_OF_RANGE.code())));

        assertThat(step(listed(0))).as("then the end").isPresent();
        assertThat(step(listed(3))).containsInstanceOf(FetcherRequest.Fetch.class);

        assertThat(position().fetchOffset()).isEqualTo(3);
    }

    @Test
    void aLostConnectionPausesAndBeginsAnotherSession() {
        follows(2);
        step(new FetcherEvent.Followed(world.partition()));

        assertThat(step(new FetcherEvent.RequestFailed())).isEmpty();

        now = fetcher.wakeAtNanos().orElseThrow();
        var next = (FetcherRequest.Fetch) step(new FetcherEvent.TimePassed()).orElseThrow();
        assertThat(next.body().sessionEpoch()).isZero();
        assertThat(next.body().replicaState().replicaEpoch()).isEqualTo(11);
    }

    @Test
    void aFetchUnderWayHurriesForWhomItDoesNotAskFor() {
        follows(2);
        step(new FetcherEvent.Followed(world.partition()));
        assertThat(world.<Boolean>ask(_ -> fetcher.hurries(now))).isFalse();

        follows(3);
        assertThat(step(new FetcherEvent.Followed(world.partition()))).isEmpty();

        assertThat(world.<Boolean>ask(_ -> fetcher.hurries(now))).isTrue();
        assertThat(step(fetched(new PartitionData()))).isPresent();
        assertThat(world.<Boolean>ask(_ -> fetcher.hurries(now))).isFalse();
    }

    @Test
    void aLostConnectionHurriesNobody() {
        follows(2);
        step(new FetcherEvent.Followed(world.partition()));
        step(new FetcherEvent.RequestFailed());

        assertThat(world.<Boolean>ask(_ -> fetcher.hurries(now))).isFalse();
        assertThat(fetcher.wakeAtNanos()).isPresent();
    }
}
