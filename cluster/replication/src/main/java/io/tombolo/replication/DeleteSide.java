package io.tombolo.replication;

import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;
import io.tombolo.replication.Role.Leader;
import io.tombolo.replication.Role.MirrorLeader;
import io.tombolo.replication.Role.WriteAccess;
import io.tombolo.replication.leader.Leadership;
import io.tombolo.storage.log.ChangeResult;
import io.tombolo.storage.log.PartitionLog;

import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;

/**
 * Deletions of records at their leader: done when every active replica has deleted them. Those that
 * wait are answered in their order; what a connection may have under way bounds them.
 */
final class DeleteSide {

    private final PartitionState state;
    private final PartitionLog log;
    private final EventLoop loop;
    private final Clock clock;
    private final List<Waiting> waiting = new ArrayList<>();

    DeleteSide(PartitionState state, EventLoop loop, Clock clock) {
        this.state = state;
        this.clock = clock;
        this.log = state.log;
        this.loop = loop;
    }

    void delete(long beforeOffset, long timeoutNanos, DeleteAnswer answer) {
        Errors refusal = refusal();
        if (refusal != Errors.NONE) {
            answer.accept(refusal, -1);
            return;
        }
        long target = beforeOffset == -1 ? state.highWatermark() : beforeOffset;
        ChangeResult result =
                state.guarded(
                        () -> log.deleteRecordsBefore(target, state.highWatermark()),
                        ChangeResult.Failed::new);
        switch (result) {
            case ChangeResult.Changed _ -> {
                state.trimmed();
                await(target, timeoutNanos, answer);
            }
            case ChangeResult.OutOfRange _ -> answer.accept(Errors.OFFSET_OUT_OF_RANGE, -1);
            case ChangeResult.Failed _ -> answer.accept(Errors.KAFKA_STORAGE_ERROR, -1);
        }
        state.failWhenLogFailed();
    }

    private Errors refusal() {
        return switch (state.role) {
            case Leader(Leadership _, WriteAccess.Fenced _) -> Errors.POLICY_VIOLATION;
            case Leader(Leadership _, WriteAccess.Undecided _) -> Errors.NOT_LEADER_OR_FOLLOWER;
            case Leader(Leadership _, WriteAccess.HandingOver _) -> Errors.NOT_LEADER_OR_FOLLOWER;
            case Leader(Leadership _, WriteAccess.Leased leased)
                    when !leased.heldAt(clock.nanoTime()) ->
                    Errors.NOT_LEADER_OR_FOLLOWER;
            case Leader _ -> Errors.NONE;
            case MirrorLeader mirror when mirror.ending() -> Errors.NOT_LEADER_OR_FOLLOWER;
            case MirrorLeader _ -> Errors.POLICY_VIOLATION;
            case Role.Idle _, Role.Follower _ -> state.notLeader().error();
        };
    }

    private void await(long target, long timeoutNanos, DeleteAnswer answer) {
        long low = lowWatermark();
        if (low >= target) {
            answer.accept(Errors.NONE, low);
            return;
        }
        var one = new Waiting(target, answer);
        one.timer = loop.schedule(timeoutNanos, () -> expire(one));
        waiting.add(one);
    }

    private void expire(Waiting one) {
        if (waiting.remove(one)) {
            one.answer.accept(Errors.REQUEST_TIMED_OUT, lowWatermark());
        }
    }

    /** The lowest log start of all active replicas; −1 when this broker does not lead. */
    long lowWatermark() {
        LeaderSide leading = state.leaderSide;
        return leading == null ? -1 : leading.lowestStartOffset(log.startOffset());
    }

    /** A replica has fetched, or is active no more. */
    void reconsider() {
        if (waiting.isEmpty()) {
            return;
        }
        long low = lowWatermark();
        for (Waiting one : List.copyOf(waiting)) {
            if (one.target <= low && waiting.remove(one)) {
                one.finish(Errors.NONE, low);
            }
        }
    }

    /** This broker leads no more. */
    void failAll(Errors error) {
        var all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(one -> one.finish(error, -1));
    }

    private static final class Waiting {
        private final long target;
        private final DeleteAnswer answer;
        private EventLoop.Timer timer = () -> {};

        Waiting(long target, DeleteAnswer answer) {
            this.target = target;
            this.answer = answer;
        }

        void finish(Errors error, long low) {
            timer.cancel();
            answer.accept(error, low);
        }
    }
}
