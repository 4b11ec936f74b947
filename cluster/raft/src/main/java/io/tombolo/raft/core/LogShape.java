package io.tombolo.raft.core;

import io.tombolo.environment.Invariant;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the rules know of the log: its bounds, which part is durable, where epochs begin and which
 * voter sets it names, but not the records. Mutable, part of {@link RaftCore}; runs ahead of the
 * disk by the effects not yet carried out.
 */
final class LogShape {

    private static final long NOT_IN_LOG = -1;

    private VoterSet bootstrapVoters;
    private final TreeMap<Integer, Long> epochStarts = new TreeMap<>();
    private final TreeMap<Long, VoterSet> voterSets = new TreeMap<>();
    private long startOffset;
    private long endOffset;
    private long durableOffset;
    private OffsetAndEpoch snapshot;
    private boolean forcing;
    private long forcingOffset;

    LogShape(RecoveredLog recovered, VoterSet bootstrapVoters) {
        this.bootstrapVoters = bootstrapVoters;
        startOffset = recovered.startOffset();
        endOffset = recovered.endOffset();
        durableOffset = endOffset;
        snapshot = recovered.snapshot();
        epochStarts.putAll(recovered.epochStarts());
        voterSets.putAll(recovered.voterSets());
    }

    long startOffset() {
        return startOffset;
    }

    long endOffset() {
        return endOffset;
    }

    /** Everything below survives a crash of this node. */
    long durableOffset() {
        return durableOffset;
    }

    boolean durable() {
        return durableOffset == endOffset;
    }

    OffsetAndEpoch snapshot() {
        return snapshot;
    }

    /** End of the log and epoch of its last record. */
    OffsetAndEpoch end() {
        return new OffsetAndEpoch(endOffset, epochStarts.isEmpty() ? 0 : epochStarts.lastKey());
    }

    /** The latest voter set in the log, committed or not; else the one given at bootstrap. */
    VoterSet voters() {
        return voterSets.isEmpty() ? bootstrapVoters : voterSets.lastEntry().getValue();
    }

    /** The voter set in force for what lies below an offset. */
    VoterSet votersBelow(long offset) {
        Map.Entry<Long, VoterSet> named = voterSets.lowerEntry(offset);
        return named == null ? bootstrapVoters : named.getValue();
    }

    /** Where {@link #voters} is named in the log; −1 in a snapshot or at bootstrap. */
    long votersOffset() {
        return voterSets.isEmpty() ? NOT_IN_LOG : voterSets.lastKey();
    }

    /** Whether it holds nothing of any quorum, and nobody has named voters otherwise. */
    boolean unfounded() {
        return endOffset == 0 && bootstrapVoters.size() == 0;
    }

    /** The voters with which the log begins, if all of it is here and it names no others. */
    List<ReplicaKey> firstAndOnlyVoters() {
        boolean whole = startOffset == 0 && snapshot.offset() == 0;
        return whole && voterSets.size() == 1 ? voters().keys() : List.of();
    }

    /** The voters of a quorum that begins with this log. */
    void found(VoterSet voters) {
        Invariant.check(unfounded(), "a quorum is begun where there is one");
        bootstrapVoters = voters;
    }

    boolean namesVoters() {
        return !voterSets.isEmpty();
    }

    /**
     * The end of the given epoch, or of the latest known one before it; empty when the log begins
     * later than that.
     */
    Optional<OffsetAndEpoch> endOf(int epoch) {
        Map.Entry<Integer, Long> floor = epochStarts.floorEntry(epoch);
        if (floor == null) {
            return Optional.empty();
        }
        Map.Entry<Integer, Long> next = epochStarts.higherEntry(floor.getKey());
        return Optional.of(
                new OffsetAndEpoch(next == null ? endOffset : next.getValue(), floor.getKey()));
    }

    /** The epoch of the record just below an offset above the start of the log. */
    int epochBelow(long offset) {
        int epoch = 0;
        for (var each : epochStarts.entrySet()) {
            if (each.getValue() >= offset) {
                break;
            }
            epoch = each.getKey();
        }
        return epoch;
    }

    void append(LogBatch batch) {
        Invariant.check(
                batch.baseOffset() == endOffset,
                "batch at %d does not follow log end %d",
                batch.baseOffset(),
                endOffset);
        Invariant.check(
                batch.epoch() >= end().epoch(),
                "batch of epoch %d follows epoch %d",
                batch.epoch(),
                end().epoch());
        epochStarts.putIfAbsent(batch.epoch(), batch.baseOffset());
        endOffset = batch.endOffset();
        if (batch.control()) {
            ControlRecord.votersIn(batch).ifPresent(set -> voterSets.put(batch.baseOffset(), set));
        }
    }

    void truncate(long offset) {
        Invariant.check(
                offset >= snapshot.offset() && offset <= endOffset,
                "truncation to %d leaves the log that ends at %d",
                offset,
                endOffset);
        endOffset = offset;
        durableOffset = Math.min(durableOffset, offset);
        forcingOffset = Math.min(forcingOffset, offset);
        voterSets.tailMap(offset, true).clear();
        // The first entry is the epoch just below the start of the log when they meet there.
        while (!epochStarts.isEmpty() && epochStarts.lastEntry().getValue() >= offset) {
            if (offset == startOffset && offset > 0 && epochStarts.size() == 1) {
                break;
            }
            epochStarts.pollLastEntry();
        }
    }

    /** Whether an fsync must be ordered now; at most one is under way. */
    boolean beginForce() {
        if (forcing || durable()) {
            return false;
        }
        forcing = true;
        forcingOffset = endOffset;
        return true;
    }

    void forced() {
        Invariant.check(forcing, "an fsync was reported that nobody ordered");
        forcing = false;
        durableOffset = Math.max(durableOffset, forcingOffset);
    }

    void snapshotCreated(OffsetAndEpoch id) {
        snapshot = id.offset() > snapshot.offset() ? id : snapshot;
    }

    void trim(long newStartOffset) {
        Invariant.check(
                newStartOffset <= snapshot.offset(),
                "log start %d lies above snapshot %d",
                newStartOffset,
                snapshot.offset());
        startOffset = Math.max(startOffset, newStartOffset);
        while (epochStarts.size() > 1
                && epochStarts.higherEntry(epochStarts.firstKey()).getValue() < startOffset) {
            epochStarts.pollFirstEntry();
        }
        Map.Entry<Long, VoterSet> inForce = voterSets.lowerEntry(startOffset);
        if (inForce != null) {
            voterSets.headMap(startOffset).clear();
            voterSets.put(NOT_IN_LOG, inForce.getValue());
        }
    }

    /** The whole log is replaced by a snapshot. */
    void reset(OffsetAndEpoch id, VoterSet voters) {
        snapshot = id;
        startOffset = id.offset();
        endOffset = id.offset();
        durableOffset = id.offset();
        forcingOffset = id.offset();
        epochStarts.clear();
        epochStarts.put(id.epoch(), id.offset());
        voterSets.clear();
        voterSets.put(NOT_IN_LOG, voters);
    }

    /** Whether the batches continue this log and belong to no epoch above the given one. */
    boolean continuedBy(List<LogBatch> batches, int epochMax) {
        long offset = endOffset;
        int epoch = end().epoch();
        for (LogBatch batch : batches) {
            if (batch.baseOffset() != offset || batch.epoch() < epoch || batch.epoch() > epochMax) {
                return false;
            }
            offset = batch.endOffset();
            epoch = batch.epoch();
        }
        return true;
    }
}
