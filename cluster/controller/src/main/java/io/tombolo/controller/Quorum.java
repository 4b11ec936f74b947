package io.tombolo.controller;

import io.tombolo.environment.Offload.Outcome;
import io.tombolo.raft.RaftNode;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.core.ProposeResult;
import io.tombolo.raft.core.ReplicaKey;

import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** What the controller needs of the metadata log; see {@link RaftNode} for the rules. */
interface Quorum {

    ProposeResult propose(List<byte[]> records, int epoch);

    void createSnapshot(
            long endOffset, Iterator<List<byte[]>> batches, Consumer<Outcome<OffsetAndEpoch>> done);

    /** Ids of the nodes that vote. */
    default Set<Integer> voters() {
        return Set.of();
    }

    static Quorum of(RaftNode raft) {
        return new Quorum() {
            @Override
            public ProposeResult propose(List<byte[]> records, int epoch) {
                return raft.propose(records, epoch);
            }

            @Override
            public Set<Integer> voters() {
                return raft.status().voterSet().keys().stream()
                        .map(ReplicaKey::nodeId)
                        .collect(Collectors.toUnmodifiableSet());
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
