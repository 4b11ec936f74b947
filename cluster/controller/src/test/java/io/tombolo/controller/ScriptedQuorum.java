package io.tombolo.controller;

import io.tombolo.environment.Offload.Outcome;
import io.tombolo.raft.RaftListener;
import io.tombolo.raft.core.LeaderAndEpoch;
import io.tombolo.raft.core.LogBatch;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.core.ProposeResult;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/** A metadata log that commits when the test says so. */
final class ScriptedQuorum implements Quorum {

    final ArrayDeque<LogBatch> proposed = new ArrayDeque<>();
    final List<LogBatch> committed = new ArrayList<>();
    final List<List<byte[]>> snapshot = new ArrayList<>();
    long snapshotEnd = -1;
    int roomLeft = Integer.MAX_VALUE;
    private final RaftListener listener;
    private long nextOffset = 1;
    private int epoch;

    ScriptedQuorum(RaftListener listener) {
        this.listener = listener;
    }

    void lead(int nodeId, int newEpoch) {
        epoch = newEpoch;
        nextOffset++; // the quorum's own record
        listener.onLeaderChange(new LeaderAndEpoch(nodeId, newEpoch));
    }

    void lose(int newEpoch) {
        epoch = newEpoch;
        listener.onLeaderChange(new LeaderAndEpoch(LeaderAndEpoch.NO_LEADER, newEpoch));
    }

    /** There is a newer epoch, of which nobody was told yet. */
    void epochMovesOn() {
        epoch++;
    }

    /** Drops what is not committed, as another leader would. */
    void truncate() {
        proposed.clear();
    }

    void commitNext() {
        LogBatch batch = proposed.remove();
        committed.add(batch);
        listener.onCommit(batch);
    }

    void commitAll() {
        while (!proposed.isEmpty()) {
            commitNext();
        }
    }

    @Override
    public ProposeResult propose(List<byte[]> records, int proposerEpoch) {
        if (proposerEpoch != epoch) {
            return new ProposeResult.NotLeader(new LeaderAndEpoch(9, epoch));
        }
        if (roomLeft == 0) {
            return new ProposeResult.Overloaded(1, 1);
        }
        roomLeft--;
        var batch = new LogBatch(nextOffset, epoch, false, records);
        proposed.add(batch);
        nextOffset = batch.endOffset();
        return new ProposeResult.Accepted(batch.baseOffset(), batch.endOffset() - 1);
    }

    @Override
    public void createSnapshot(
            long endOffset,
            Iterator<List<byte[]>> batches,
            Consumer<Outcome<OffsetAndEpoch>> done) {
        snapshot.clear();
        batches.forEachRemaining(snapshot::add);
        snapshotEnd = endOffset;
        done.accept(new Outcome.Done<>(new OffsetAndEpoch(endOffset, epoch)));
    }
}
