package io.tombolo.broker.request.data;

import io.tombolo.replication.FetchOutcome;
import io.tombolo.storage.log.ReadResult;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a fetch has read on one shard, in order, and what that leaves of its byte limit. */
final class ShardReading {

    private final Map<FetchEntry, FetchOutcome> outcomes = new LinkedHashMap<>();
    private int bytesLeft;

    /**
     * @param bytesMax soft limit of all that is read
     */
    ShardReading(int bytesMax) {
        this.bytesLeft = bytesMax;
    }

    /** How much of this partition may be read next. */
    int bytesMaxOf(FetchEntry entry) {
        return Math.min(bytesLeft, entry.wish().partitionMaxBytes());
    }

    void add(FetchEntry entry, FetchOutcome outcome) {
        outcomes.put(entry, outcome);
        bytesLeft = Math.max(0, bytesLeft - bytesOf(entry, outcome));
    }

    /** Cold data is not read yet, and counts as much as it may come to. */
    private static int bytesOf(FetchEntry entry, FetchOutcome outcome) {
        return switch (outcome) {
            case FetchOutcome.Read(ReadResult.Slice slice, var _) -> slice.bytes();
            case FetchOutcome.Cold _ -> Math.max(0, entry.wish().partitionMaxBytes());
            case FetchOutcome.Refused _, FetchOutcome.Diverging _, FetchOutcome.Closer _ -> 0;
        };
    }

    Map<FetchEntry, FetchOutcome> outcomes() {
        return outcomes;
    }

    int bytesLeft() {
        return bytesLeft;
    }
}
