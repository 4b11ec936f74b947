package io.tombolo.replication;

import io.tombolo.replication.Role.Follower;
import io.tombolo.replication.Role.Idle;
import io.tombolo.replication.Role.Leader;
import io.tombolo.replication.Role.MirrorLeader;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Supplier;

/** What a link may do with a partition that it fills, under which ownership epoch. */
final class MirrorSide {

    private final PartitionState state;
    private final MirrorAppends mirrorAppends;

    MirrorSide(PartitionState state) {
        this.state = state;
        this.mirrorAppends = new MirrorAppends(state.log, state::lacksRoom);
    }

    /**
     * Appends batches of a link as they are.
     *
     * @param expectedEndOffset the log end that the link counts on, and the offset it fetched from
     */
    MirrorAppendOutcome append(ByteBuffer batches, long ownershipEpoch, long expectedEndOffset) {
        Optional<MirrorAppendOutcome> refusal = checkMirroring(ownershipEpoch);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        int leaderEpoch = state.role.leaderEpoch();
        return mirrored(() -> mirrorAppends.append(batches, leaderEpoch, expectedEndOffset));
    }

    /** Whether a link may write here, under this ownership epoch; remembers a higher one. */
    private Optional<MirrorAppendOutcome> checkMirroring(long ownershipEpoch) {
        return switch (state.role) {
            case Idle _, Follower _ ->
                    Optional.of(
                            new MirrorAppendOutcome.Unavailable(
                                    "this broker does not lead " + state.id.topicPartition()));
            case Leader _ -> Optional.of(new MirrorAppendOutcome.StaleOwnership(-1));
            case MirrorLeader mirror when ownershipEpoch < mirror.ownershipEpoch() ->
                    Optional.of(new MirrorAppendOutcome.StaleOwnership(mirror.ownershipEpoch()));
            case MirrorLeader mirror -> {
                if (ownershipEpoch > mirror.ownershipEpoch()) {
                    state.role = mirror.under(ownershipEpoch);
                }
                yield Optional.empty();
            }
        };
    }

    /** Raises the log start of a mirror to its source's; on an empty log the end moves with it. */
    MirrorAppendOutcome raiseStart(long startOffset, long ownershipEpoch) {
        Optional<MirrorAppendOutcome> refusal = checkMirroring(ownershipEpoch);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        return mirrored(() -> mirrorAppends.raiseStart(startOffset));
    }

    /** Makes a change for a link, and moves the high watermark when it was made. */
    private MirrorAppendOutcome mirrored(Supplier<Optional<MirrorAppendOutcome>> change) {
        MirrorAppendOutcome outcome =
                state.guarded(
                        () -> {
                            Optional<MirrorAppendOutcome> refusal = change.get();
                            if (refusal.isPresent()) {
                                return refusal.get();
                            }
                            state.appended();
                            return new MirrorAppendOutcome.Appended(
                                    state.log.endOffset(), state.highWatermark());
                        },
                        mistake -> new MirrorAppendOutcome.Unavailable(mistake.toString()));
        state.failWhenLogFailed();
        return outcome;
    }
}
