package io.tombolo.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.raft.core.RaftMessage.EndEpochRequest;
import io.tombolo.raft.core.RaftMessage.Envelope;
import io.tombolo.raft.core.RaftMessage.FetchAnswer;
import io.tombolo.raft.core.RaftMessage.FetchRequest;
import io.tombolo.raft.core.RaftMessage.FetchSnapshotAnswer;
import io.tombolo.raft.core.RaftMessage.FetchSnapshotRequest;
import io.tombolo.raft.core.RaftMessage.Fetched;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.TreeMap;

/** Lines of the transition table of {@link RaftCore} for who follows. */
class FollowingTest extends CoreStage {

    @Test
    void aFollowerFetchesAtOnceAndAfterSilenceAsksAround() {
        followerOf2InEpoch(3);
        isNow("Follower", 2, 3);
        assertThat(sent(FetchRequest.class)).hasSize(1);

        waited(2001);

        isNow("Prospective", 2, 3);
    }

    @Test
    void aFollowerThatWasNotScheduledWaitsOnceMoreBeforeItAsksAround() {
        followerOf2InEpoch(3);

        paused(5000);
        isNow("Follower", 2, 3);
        assertThat(sent(FetchRequest.class)).hasSize(1);
        waited(2001);

        isNow("Prospective", 2, 3);
    }

    @Test
    void aFollowerWhoseLeaderRefusesConnectionsDoesNotWaitForTheFetchTimeout() {
        followerOf2InEpoch(3);
        step(new RaftEvent.RequestFailed(asked(FetchRequest.class, 2)));
        waited(20);
        step(new RaftEvent.RequestFailed(asked(FetchRequest.class, 2)));

        waited(125);

        isNow("Prospective", 2, 3);
    }

    @Test
    void aReplicaThatKnowsNoVotersAsksItsContacts() {
        var enrolment =
                new VoterSet.Enrolment(
                        new TreeMap<>(), VoterSet.Versions.SUPPORTED, false, List.of(-2));
        core =
                new RaftCore(
                        new RaftCore.Origin(
                                key(1),
                                VoterSet.UNKNOWN,
                                ElectionState.NEW,
                                RecoveredLog.empty(),
                                enrolment),
                        RaftSettings.STANDARD,
                        chance);

        started();

        isNow("Observer", -1, 0);
        assertThat(sent(FetchRequest.class).getFirst().to()).isEqualTo(-2);
    }

    @Test
    void aFollowerFetchesOnOnlyWhenItsLogIsDurable() {
        followerOf2InEpoch(3);
        long exchange = asked(FetchRequest.class, 2);

        received(2, exchange, fetched(3, 2, new Fetched.Records(List.of(batch(0, 3)))));
        assertThat(sent(FetchRequest.class)).isEmpty();
        assertThat(core.highWatermark()).isZero();
        step(new RaftEvent.LogForced());

        assertThat(answer(FetchRequest.class).position()).isEqualTo(new OffsetAndEpoch(2, 3));
        assertThat(core.highWatermark()).isEqualTo(2);
    }

    @Test
    void aFollowerCutsItsLogWhereTheLeadersEpochEnds() {
        var epochs = new TreeMap<Integer, Long>();
        epochs.put(1, 0L);
        epochs.put(2, 6L);
        var log = new RecoveredLog(0, 10, epochs, OffsetAndEpoch.ZERO, new TreeMap<>());
        core = core(key(1), new ElectionState(2, ReplicaKey.NONE, -1), log);
        followerOf2InEpoch(3);

        received(
                2,
                asked(FetchRequest.class, 2),
                fetched(3, 4, new Fetched.Diverging(new OffsetAndEpoch(4, 1))));

        assertThat(effects).contains(new RaftEffect.TruncateLog(4));
        assertThat(answer(FetchRequest.class).position()).isEqualTo(new OffsetAndEpoch(4, 1));
    }

    @Test
    void aFollowerBelowTheLeadersLogFetchesTheSnapshotInPieces() {
        followerOf2InEpoch(3);
        var id = new OffsetAndEpoch(40, 2);
        received(2, asked(FetchRequest.class, 2), fetched(3, 40, new Fetched.Snapshot(id)));

        received(2, asked(FetchSnapshotRequest.class, 2), piece(id, 0));
        assertThat(answer(FetchSnapshotRequest.class).position()).isEqualTo(5);
        received(2, asked(FetchSnapshotRequest.class, 2), piece(id, 5));
        assertThat(effects).contains(new RaftEffect.InstallSnapshot(id));
        step(new RaftEvent.SnapshotInstalled(id, VOTERS));

        assertThat(effects).contains(new RaftEffect.LoadSnapshot(id));
        assertThat(core.highWatermark()).isEqualTo(40);
        assertThat(answer(FetchRequest.class).position()).isEqualTo(id);
    }

    private static FetchSnapshotAnswer piece(OffsetAndEpoch id, long position) {
        return new FetchSnapshotAnswer(
                RaftError.NONE, new LeaderAndEpoch(2, 3), id, 10, position, new byte[5]);
    }

    @Test
    void theBestSuccessorStandsAtOnceWhenTheLeaderEndsItsEpoch() {
        followerOf2InEpoch(3);

        received(2, 6, new EndEpochRequest(new LeaderAndEpoch(2, 3), List.of(key(1), key(3))));

        isNow("Prospective", -1, 3);
    }

    @Test
    void theOtherSuccessorsLeaveTheBestOneSomeTime() {
        followerOf2InEpoch(3);

        received(2, 6, new EndEpochRequest(new LeaderAndEpoch(2, 3), List.of(key(3), key(1))));

        isNow("Unattached", -1, 3);
    }

    @Test
    void anObserverAsksVotersForTheLeaderAndFollowsIt() {
        observer();
        isNow("Observer", -1, 0);
        Envelope question = sent(FetchRequest.class).getFirst();

        received(
                question.to(),
                question.exchange(),
                new FetchAnswer(
                        RaftError.FENCED_LEADER_EPOCH,
                        new LeaderAndEpoch(3, 8),
                        -1,
                        Fetched.Records.NONE));

        isNow("Observer", 3, 8);
        assertThat(sent(FetchRequest.class).getFirst().to()).isEqualTo(3);
    }

    @Test
    void anObserverNeverStands() {
        observer();

        for (int round = 0; round < 20; round++) {
            waited(3000);
        }

        isNow("Observer", -1, 0);
    }
}
