package io.tombolo.replication;

import io.tombolo.replication.FetchOutcome.Bounds;
import io.tombolo.storage.log.EpochEnd;
import io.tombolo.storage.log.Isolation;
import io.tombolo.storage.log.PartitionLog;
import io.tombolo.storage.log.ReadResult;

import org.apache.kafka.common.protocol.Errors;

import java.util.Optional;

/** Reads of a log that end where its reader may not see further, and that notice a divergence. */
final class BoundedReads {

    private static final EpochEnd UNKNOWN_EPOCH = new EpochEnd(-1, -1);

    private final PartitionLog log;

    BoundedReads(PartitionLog log) {
        this.log = log;
    }

    /** Reads nothing at or above the high watermark, or the last stable offset. */
    FetchOutcome read(FetchRead wish, long highWatermark) {
        Bounds bounds = bounds(highWatermark);
        long upTo =
                wish.isolation() == Isolation.READ_COMMITTED
                        ? bounds.lastStableOffset()
                        : bounds.highWatermark();
        return disagreement(wish, bounds).orElseGet(() -> readUpTo(wish, bounds, upTo));
    }

    /**
     * Whether a follower's log does not end inside this one. A follower may have an epoch that this
     * leader never saw: then both may agree up to the latest epoch known here.
     */
    Optional<FetchOutcome> disagreement(ReplicaRead wish, long highWatermark) {
        boolean comparable = wish.lastFetchedEpoch() >= 0 && log.latestEpoch().isPresent();
        if (wish.fetchOffset() < log.startOffset()
                || !comparable && wish.fetchOffset() > log.endOffset()) {
            return Optional.of(new FetchOutcome.Refused(Errors.OFFSET_OUT_OF_RANGE));
        }
        if (!comparable) {
            return Optional.empty();
        }
        int latest = log.latestEpoch().getAsInt();
        EpochEnd end =
                log.endOffsetForEpoch(Math.min(wish.lastFetchedEpoch(), latest))
                        .orElse(UNKNOWN_EPOCH);
        return end.leaderEpoch() < wish.lastFetchedEpoch() || end.endOffset() < wish.fetchOffset()
                ? Optional.of(new FetchOutcome.Diverging(end, bounds(highWatermark)))
                : Optional.empty();
    }

    /** Reads up to the log end. */
    FetchOutcome readToEnd(ReplicaRead wish, long highWatermark) {
        return readUpTo(asFetch(wish), bounds(highWatermark), log.endOffset());
    }

    /** As {@link #readToEnd}, comparing checksums. */
    FetchOutcome readChecked(ReplicaRead wish, long highWatermark) {
        FetchRead read = asFetch(wish);
        return outcome(
                log.readChecked(
                        read.fetchOffset(), read.bytesMax(), log.endOffset(), read.isolation()),
                bounds(highWatermark));
    }

    /** What a reader gets that has to wait: no records, and how far the others are. */
    FetchOutcome nothing(ReplicaRead wish, long highWatermark) {
        return new FetchOutcome.Read(
                ReadResult.Slice.empty(wish.fetchOffset()), bounds(highWatermark));
    }

    private static FetchRead asFetch(ReplicaRead wish) {
        return new FetchRead(
                wish.fetchOffset(),
                wish.currentLeaderEpoch(),
                wish.lastFetchedEpoch(),
                wish.bytesMax(),
                Isolation.READ_UNCOMMITTED);
    }

    Bounds bounds(long highWatermark) {
        return new Bounds(highWatermark, log.lastStableOffset(highWatermark), log.startOffset());
    }

    /** KIP-595: the epoch of the reader's last record tells whether it has our records. */
    private Optional<FetchOutcome> disagreement(FetchRead wish, Bounds bounds) {
        if (wish.lastFetchedEpoch() < 0) {
            return Optional.empty();
        }
        EpochEnd end = log.endOffsetForEpoch(wish.lastFetchedEpoch()).orElse(UNKNOWN_EPOCH);
        if (end.leaderEpoch() < 0 || wish.fetchOffset() < log.startOffset()) {
            return Optional.of(new FetchOutcome.Refused(Errors.OFFSET_OUT_OF_RANGE));
        }
        return end.leaderEpoch() < wish.lastFetchedEpoch() || end.endOffset() < wish.fetchOffset()
                ? Optional.of(new FetchOutcome.Diverging(end, bounds))
                : Optional.empty();
    }

    private FetchOutcome readUpTo(FetchRead wish, Bounds bounds, long upTo) {
        if (wish.bytesMax() < 0
                && wish.fetchOffset() >= log.startOffset()
                && wish.fetchOffset() < log.endOffset()) {
            // Kafka has no error of its own for this either.
            return new FetchOutcome.Refused(Errors.UNKNOWN_SERVER_ERROR);
        }
        return outcome(
                log.read(wish.fetchOffset(), wish.bytesMax(), upTo, wish.isolation()), bounds);
    }

    private static FetchOutcome outcome(ReadResult result, Bounds bounds) {
        return switch (result) {
            case ReadResult.Slice slice -> new FetchOutcome.Read(slice, bounds);
            case ReadResult.Cold(var read) -> new FetchOutcome.Cold(read, bounds);
            case ReadResult.OutOfRange _ -> new FetchOutcome.Refused(Errors.OFFSET_OUT_OF_RANGE);
            case ReadResult.Overtaken _ -> new FetchOutcome.Refused(Errors.NOT_LEADER_OR_FOLLOWER);
            case ReadResult.Failed _ -> new FetchOutcome.Refused(Errors.KAFKA_STORAGE_ERROR);
        };
    }
}
