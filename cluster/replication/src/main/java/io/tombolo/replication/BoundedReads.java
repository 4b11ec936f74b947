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
        var bounds =
                new Bounds(highWatermark, log.lastStableOffset(highWatermark), log.startOffset());
        return disagreement(wish, bounds).orElseGet(() -> readUpTo(wish, bounds));
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

    private FetchOutcome readUpTo(FetchRead wish, Bounds bounds) {
        if (wish.bytesMax() < 0
                && wish.fetchOffset() >= log.startOffset()
                && wish.fetchOffset() < log.endOffset()) {
            // Kafka has no error of its own for this either.
            return new FetchOutcome.Refused(Errors.UNKNOWN_SERVER_ERROR);
        }
        long upTo =
                wish.isolation() == Isolation.READ_COMMITTED
                        ? bounds.lastStableOffset()
                        : bounds.highWatermark();
        return switch (log.read(wish.fetchOffset(), wish.bytesMax(), upTo, wish.isolation())) {
            case ReadResult.Slice slice -> new FetchOutcome.Read(slice, bounds);
            case ReadResult.Cold(var read) -> new FetchOutcome.Cold(read, bounds);
            case ReadResult.OutOfRange _ -> new FetchOutcome.Refused(Errors.OFFSET_OUT_OF_RANGE);
            case ReadResult.Overtaken _ -> new FetchOutcome.Refused(Errors.NOT_LEADER_OR_FOLLOWER);
            case ReadResult.Failed _ -> new FetchOutcome.Refused(Errors.KAFKA_STORAGE_ERROR);
        };
    }
}
