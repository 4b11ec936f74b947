package io.tombolo.raft.core;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The disk of one replica: what of it survives a crash is decided when the crash comes. */
final class SimulatedStore {

    ElectionState election = ElectionState.NEW;
    final List<LogBatch> batches = new ArrayList<>();
    long startOffset;
    long durableOffset;
    OffsetAndEpoch snapshot = OffsetAndEpoch.ZERO;
    byte[] snapshotBytes = new byte[0];
    byte[] pieces = new byte[0];

    long endOffset() {
        return batches.isEmpty() ? Math.max(startOffset, 0) : batches.getLast().endOffset();
    }

    void append(List<LogBatch> added) {
        for (LogBatch batch : added) {
            if (batch.baseOffset() != endOffset()) {
                throw new AssertionError("append of " + batch + " at " + endOffset());
            }
            batches.add(batch);
        }
    }

    void truncate(long offset) {
        while (!batches.isEmpty() && batches.getLast().endOffset() > offset) {
            batches.removeLast();
        }
        durableOffset = Math.min(durableOffset, offset);
    }

    /** Drops some whole batches below the snapshot. */
    void trim(Chance chance) {
        while (!batches.isEmpty()
                && batches.getFirst().endOffset() <= snapshot.offset()
                && !chance.oneIn(6)) {
            startOffset = batches.removeFirst().endOffset();
        }
    }

    void install(OffsetAndEpoch id, byte[] bytes) {
        snapshot = id;
        snapshotBytes = bytes;
        batches.clear();
        startOffset = id.offset();
        durableOffset = id.offset();
    }

    /** The power goes: of what was not forced, the first part survives, as long as chance wills. */
    void crash(Chance chance) {
        while (!batches.isEmpty()
                && batches.getLast().endOffset() > durableOffset
                && !chance.oneIn(4)) {
            batches.removeLast();
        }
        if (endOffset() < snapshot.offset()) {
            // It was committed by others and in the snapshot before it was durable in this log.
            batches.clear();
            startOffset = snapshot.offset();
        }
        durableOffset = endOffset();
        pieces = new byte[0];
    }

    RecoveredLog recover(VoterSet snapshotVoters) {
        SortedMap<Integer, Long> epochStarts = new TreeMap<>();
        SortedMap<Long, VoterSet> voterSets = new TreeMap<>();
        if (snapshot.offset() > 0) {
            voterSets.put(-1L, snapshotVoters);
            if (snapshot.offset() == startOffset) {
                epochStarts.put(snapshot.epoch(), startOffset);
            }
        }
        for (LogBatch batch : batches) {
            epochStarts.putIfAbsent(batch.epoch(), batch.baseOffset());
            if (batch.control()) {
                ControlRecord.votersIn(batch)
                        .ifPresent(voters -> voterSets.put(batch.baseOffset(), voters));
            }
        }
        return new RecoveredLog(startOffset, endOffset(), epochStarts, snapshot, voterSets);
    }

    /** The batches that begin at an offset or above it. */
    static List<LogBatch> from(long offset, List<LogBatch> batches) {
        int low = 0;
        int high = batches.size();
        while (low < high) {
            int middle = (low + high) / 2;
            if (batches.get(middle).baseOffset() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return batches.subList(low, batches.size());
    }

    /** Whole batches from an offset on, at least one, up to a number of bytes. */
    List<LogBatch> read(long offset, long endOffset, int bytesMax) {
        var found = new ArrayList<LogBatch>();
        long total = 0;
        for (LogBatch batch : from(offset, batches)) {
            if (batch.endOffset() <= endOffset) {
                total += batch.sizeBytes();
                if (!found.isEmpty() && total > bytesMax) {
                    break;
                }
                found.add(batch);
            }
        }
        return found;
    }
}
