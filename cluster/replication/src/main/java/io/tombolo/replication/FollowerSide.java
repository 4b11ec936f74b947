package io.tombolo.replication;

import io.tombolo.replication.Partition.Discarded;
import io.tombolo.replication.Role.Follower;
import io.tombolo.replication.follower.FetchPosition;
import io.tombolo.replication.follower.FollowedLog;
import io.tombolo.replication.follower.FollowerOutcome;
import io.tombolo.replication.follower.LeaderAnswer;

import java.util.Optional;
import java.util.function.Consumer;

/** A replica that copies its leader, answer by answer. */
final class FollowerSide {

    private final PartitionState state;
    private final FollowedLog followed;
    private Consumer<Discarded> discarded = _ -> {};

    FollowerSide(PartitionState state, FollowedLog followed) {
        this.state = state;
        this.followed = followed;
    }

    /** From where this follower wants to go on; empty when it does not follow. */
    Optional<FetchPosition> position() {
        return state.role instanceof Follower follower
                ? Optional.of(followed.position(follower.leaderEpoch()))
                : Optional.empty();
    }

    /**
     * Takes over what the leader answered to a fetch.
     *
     * @param asked the position that was fetched from; if this replica is elsewhere meanwhile, the
     *     answer is not used
     */
    FollowerOutcome follow(FetchPosition asked, LeaderAnswer answer) {
        if (!(state.role instanceof Follower follower)) {
            return state.log.failure().isPresent()
                    ? new FollowerOutcome.Offline()
                    : new FollowerOutcome.Stale();
        }
        FetchPosition now = followed.position(follower.leaderEpoch());
        boolean unmoved =
                asked.leaderEpoch() == now.leaderEpoch()
                        && asked.fetchOffset() == now.fetchOffset()
                        && asked.lastFetchedEpoch() == now.lastFetchedEpoch();
        if (!unmoved) {
            return new FollowerOutcome.Stale();
        }
        long committedOffset = state.highWatermark();
        FollowerOutcome outcome =
                state.guarded(() -> followed(follower, answer), _ -> new FollowerOutcome.Offline());
        state.failWhenLogFailed();
        if (outcome instanceof FollowerOutcome.Truncated(long end, long cut) && cut < end) {
            boolean doubtful = now.lastFetchedEpoch() < follower.uncleanEpoch();
            if (doubtful || cut < committedOffset) {
                discarded.accept(new Discarded(cut, end, Math.max(cut, committedOffset)));
            }
        }
        return outcome;
    }

    void onDiscarded(Consumer<Discarded> listener) {
        discarded = listener;
    }

    /** Cuts the log of a replica that is not in use; whether it did. */
    boolean cutTo(long offset) {
        if (!(state.role instanceof Role.Idle) || state.log.failure().isPresent()) {
            return false;
        }
        FollowerOutcome outcome =
                state.guarded(
                        () -> withinLog(followed.cutAt(offset)),
                        _ -> new FollowerOutcome.Offline());
        state.failWhenLogFailed();
        return outcome instanceof FollowerOutcome.Truncated;
    }

    private FollowerOutcome followed(Follower follower, LeaderAnswer answer) {
        return switch (answer) {
            case LeaderAnswer.Records records -> {
                FollowerOutcome outcome = followed.append(records, follower.leaderEpoch());
                if (outcome instanceof FollowerOutcome.Advanced) {
                    state.moveHighWatermark(
                            Math.min(records.highWatermark(), state.log.endOffset()));
                    followed.raiseStart(records.logStartOffset(), state.highWatermark());
                }
                yield outcome;
            }
            case LeaderAnswer.Diverging diverging ->
                    withinLog(followed.truncate(diverging, state.highWatermark()));
            case LeaderAnswer.OutOfRange range -> withinLog(followed.moveInto(range));
        };
    }

    private FollowerOutcome withinLog(FollowerOutcome outcome) {
        state.keepHighWatermarkWithinLog();
        return outcome;
    }
}
