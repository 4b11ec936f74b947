package io.tombolo.replication;

import io.tombolo.storage.log.ColdRead;
import io.tombolo.storage.log.EpochEnd;
import io.tombolo.storage.log.ReadResult;

import org.apache.kafka.common.protocol.Errors;

/** What a read of a partition gave. */
public sealed interface FetchOutcome {

    /**
     * Batches, possibly none.
     *
     * @param slice its parts belong to the receiver, who releases them
     */
    record Read(ReadResult.Slice slice, Bounds bounds) implements FetchOutcome {}

    /** The records are probably not in memory: run it off the loop, its slice has these bounds. */
    record Cold(ColdRead read, Bounds bounds) implements FetchOutcome {}

    /** The reader's last record is not in this log: it must truncate to the end of that epoch. */
    record Diverging(EpochEnd end, Bounds bounds) implements FetchOutcome {}

    /** Another replica, closer to the reader, has what it wants (KIP-392). */
    record Closer(int brokerId, Bounds bounds) implements FetchOutcome {}

    /**
     * Nothing to give.
     *
     * @param leader who leads, when the error says that it is another broker or epoch
     */
    record Refused(Errors error, LeaderHint leader) implements FetchOutcome {

        /** A refusal that has nothing to do with who leads. */
        public Refused(Errors error) {
            this(error, LeaderHint.NONE);
        }
    }

    /** Where the log stood at the read. */
    record Bounds(long highWatermark, long lastStableOffset, long logStartOffset) {}
}
