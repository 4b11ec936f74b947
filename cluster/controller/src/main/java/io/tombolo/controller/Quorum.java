package io.tombolo.controller;

import io.tombolo.environment.Offload.Outcome;
import io.tombolo.raft.RaftNode;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.core.ProposeResult;

import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/** What the controller needs of the metadata log; see {@link RaftNode} for the rules. */
interface Quorum {

    ProposeResult propose(List<byte[]> records, int epoch);

    void createSnapshot(
            long endOffset, Iterator<List<byte[]>> batches, Consumer<Outcome<OffsetAndEpoch>> done);

    static Quorum of(RaftNode raft) {
        return new Quorum() {
            @Override
            public ProposeResult propose(List<byte[]> records, int epoch) {
                return raft.propose(records, epoch);
            }

            @Override
            public void createSnapshot(
                    long endOffset,
                    Iterator<List<byte[]>> batches,
                    Consumer<Outcome<OffsetAndEpoch>> done) {
                raft.createSnapshot(endOffset, batches, done);
            }
        };
    }
}
