package io.tombolo.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.raft.core.RaftMessage.BeginEpochRequest;
import io.tombolo.raft.core.RaftMessage.Envelope;
import io.tombolo.raft.core.RaftMessage.FetchAnswer;
import io.tombolo.raft.core.RaftMessage.FetchRequest;
import io.tombolo.raft.core.RaftMessage.Fetched;
import io.tombolo.raft.core.RaftMessage.VoteAnswer;
import io.tombolo.raft.core.RaftMessage.VoteRequest;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Node 1 of the voters 1, 2 and 3, fed with events one by one. */
class CoreStage {

    static final long MS = 1_000_000;
    static final VoterSet VOTERS = VoterSet.ofKeys(key(1), key(2), key(3));
    static final LeaderAndEpoch NOBODY_IN_0 = new LeaderAndEpoch(-1, 0);

    final Chance chance = new Chance(1);
    long nowNanos;
    long timerNanos = Long.MAX_VALUE;
    RaftCore core = core(key(1), ElectionState.NEW, RecoveredLog.empty());
    List<RaftEffect> effects = new ArrayList<>();

    static ReplicaKey key(int node) {
        return new ReplicaKey(node, new UUID(0, node));
    }

    RaftCore core(ReplicaKey self, ElectionState election, RecoveredLog log) {
        return new RaftCore(
                new RaftCore.Origin(self, VOTERS, election, log), RaftSettings.STANDARD, chance);
    }

    void step(RaftEvent event) {
        effects = core.step(event, nowNanos);
        for (RaftEffect effect : effects) {
            if (effect instanceof RaftEffect.SetTimer(long deadlineNanos)) {
                timerNanos = deadlineNanos;
            }
        }
    }

    void started() {
        step(new RaftEvent.Started());
    }

    /** Time passes, at most until the role changes. */
    void waited(long ms) {
        long end = nowNanos + ms * MS;
        String before = core.role();
        while (timerNanos <= end && core.role().equals(before)) {
            nowNanos = timerNanos;
            timerNanos = Long.MAX_VALUE;
            step(new RaftEvent.TimerFired());
        }
        nowNanos = core.role().equals(before) ? end : nowNanos;
    }

    /** Time in which this replica was not scheduled. */
    void paused(long ms) {
        nowNanos += ms * MS;
        step(new RaftEvent.TimerFired());
    }

    void received(int from, long exchange, RaftMessage body) {
        step(new RaftEvent.MessageReceived(new Envelope(from, 1, exchange, body)));
    }

    void prospective() {
        started();
        waited(2000);
    }

    void candidate() {
        prospective();
        received(2, asked(VoteRequest.class, 2), granted(0));
    }

    void leader() {
        candidate();
        received(2, asked(VoteRequest.class, 2), granted(1));
    }

    void followerOf2InEpoch(int epoch) {
        started();
        received(2, 5, new BeginEpochRequest(key(1), new LeaderAndEpoch(2, epoch)));
    }

    void observer() {
        core = core(key(9), ElectionState.NEW, RecoveredLog.empty());
        started();
    }

    static VoteAnswer granted(int epoch) {
        return new VoteAnswer(RaftError.NONE, new LeaderAndEpoch(-1, epoch), true);
    }

    static VoteAnswer refused(LeaderAndEpoch current) {
        return new VoteAnswer(RaftError.NONE, current, false);
    }

    static VoteRequest vote(int candidate, int epoch, OffsetAndEpoch end, boolean pre) {
        return new VoteRequest(key(1), key(candidate), epoch, end, pre);
    }

    static FetchRequest fetch(int node, int epoch, OffsetAndEpoch position) {
        return new FetchRequest(key(node), epoch, position, 0, 1000, 500 * MS);
    }

    static LogBatch batch(long offset, int epoch) {
        return new LogBatch(offset, epoch, false, List.of(new byte[1], new byte[1]));
    }

    static FetchAnswer fetched(int epoch, long highWatermark, Fetched what) {
        return new FetchAnswer(RaftError.NONE, new LeaderAndEpoch(2, epoch), highWatermark, what);
    }

    List<Envelope> sent(Class<? extends RaftMessage> type) {
        return effects.stream()
                .filter(RaftEffect.Send.class::isInstance)
                .map(effect -> ((RaftEffect.Send) effect).envelope())
                .filter(envelope -> type.isInstance(envelope.body()))
                .toList();
    }

    long asked(Class<? extends RaftMessage> type, int node) {
        return sent(type).stream()
                .filter(envelope -> envelope.to() == node)
                .findFirst()
                .orElseThrow()
                .exchange();
    }

    <T extends RaftMessage> T answer(Class<T> type) {
        return type.cast(sent(type).getFirst().body());
    }

    void isNow(String role, int leaderId, int epoch) {
        assertThat(core.role()).isEqualTo(role);
        assertThat(core.leader()).isEqualTo(new LeaderAndEpoch(leaderId, epoch));
    }
}
