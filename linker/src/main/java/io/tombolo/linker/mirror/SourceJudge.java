package io.tombolo.linker.mirror;

import io.tombolo.region.link.MirrorLog;
import io.tombolo.region.link.Reason;

import java.util.Optional;
import java.util.Set;

/** Decides whether the log of the source still continues the copy. */
final class SourceJudge {

    /** A source beyond it would use up the epochs of this region. */
    static final int EPOCH_MAX = 1 << 30;

    private final Set<Safeguard> safeguards;

    SourceJudge(Set<Safeguard> safeguards) {
        this.safeguards = safeguards;
    }

    /** Why it does not, if so. */
    Optional<Reason> obstacle(Origin origin, MirrorLog.Position copy) {
        Optional<Reason> gap = gap(origin.logStartOffset(), copy.endOffset());
        if (gap.isPresent()) {
            return gap;
        }
        return switch (origin.epochAnswer()) {
            case Origin.NotAsked _ when origin.highWatermark() < copy.endOffset() ->
                    truncated("it ends at " + origin.highWatermark(), copy);
            case Origin.NotAsked _ -> Optional.empty();
            case Origin.EpochUnknown _ ->
                    truncated("it knows no leader epoch " + copy.lastEpoch(), copy);
            case Origin.EpochEnd(int epoch, long end)
                    when epoch != copy.lastEpoch() || end < copy.endOffset() ->
                    truncated("its leader epoch " + epoch + " ends at " + end, copy);
            case Origin.EpochEnd _ -> Optional.empty();
        };
    }

    /** Records between the end of the copy and the start of the source are gone. */
    Optional<Reason> gap(long sourceLogStart, long copyEnd) {
        return sourceLogStart > copyEnd && safeguards.contains(Safeguard.GAP)
                ? Optional.of(
                        new Reason(
                                Reason.Code.GAP,
                                ("the source begins at %d, the copy ends at %d: %d offsets were"
                                                + " deleted before they were copied")
                                        .formatted(
                                                sourceLogStart, copyEnd, sourceLogStart - copyEnd)))
                : Optional.empty();
    }

    /** An epoch above {@link #EPOCH_MAX}. */
    Reason beyondLimit(int epoch) {
        return new Reason(Reason.Code.LIMIT_REACHED, "the source uses leader epoch " + epoch);
    }

    /** Which end of the source's log an offset lies beyond has to be asked. */
    Reason outOfRange(long offset) {
        return new Reason(
                Reason.Code.SOURCE_ERROR,
                "the source has no offset " + offset + "; asking for its ends");
    }

    /** The source does not have what was copied last. */
    Optional<Reason> truncated(String seen, MirrorLog.Position copy) {
        return safeguards.contains(Safeguard.TRUNCATION)
                ? Optional.of(
                        new Reason(
                                Reason.Code.SOURCE_TRUNCATED,
                                ("the source lost records that were copied: %s,"
                                                + " the copy has leader epoch %d and ends at %d")
                                        .formatted(seen, copy.lastEpoch(), copy.endOffset())))
                : Optional.empty();
    }
}
