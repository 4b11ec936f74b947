package io.tombolo.raft;

import io.tombolo.environment.Clock;
import io.tombolo.environment.Disk;
import io.tombolo.environment.Entropy;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload;
import io.tombolo.raft.core.LeaderAndEpoch;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.core.ProposeResult;
import io.tombolo.raft.core.RaftMessage.Envelope;
import io.tombolo.raft.core.RaftSettings;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterSet;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/**
 * One replica of the quorum: mutable, owned by {@code place.loop()}; every method is called there.
 */
public final class RaftNode {

    /**
     * Who this replica is.
     *
     * @param bootstrapVoters the voters while the log does not name any
     */
    public record Membership(ReplicaKey self, VoterSet bootstrapVoters) {}

    /**
     * What it runs on.
     *
     * @param directory the log's own directory, by custom {@code …/__cluster_metadata-0}; created
     *     when missing, used by nobody else
     */
    public record Place(
            EventLoop loop,
            Clock clock,
            Entropy entropy,
            Offload offload,
            Disk disk,
            Path directory) {}

    public RaftNode(
            Membership membership,
            Place place,
            RaftSettings settings,
            RaftTransport transport,
            RaftListener listener) {}

    /**
     * Opens the log and joins the quorum; returns at once. A sole voter leads as soon as its log is
     * open. A directory that can not be used is told to {@link RaftListener#onFault}.
     */
    public void start() {}

    /**
     * Appends records as one atomic batch to the log of the leader. Proposals made while an fsync
     * is under way share the next one.
     *
     * @param records at least one; not copied, must not be changed any more
     * @param epoch the epoch in which the proposer believes to lead
     */
    public ProposeResult propose(List<byte[]> records, int epoch) {
        return new ProposeResult.NotLeader(leader());
    }

    /** Takes a message from the transport. */
    public void receive(Envelope envelope) {}

    /** The transport gave up on the request with this exchange number; it is repeated later. */
    public void requestFailed(long exchange) {}

    /**
     * Writes a snapshot of the state machine; the log below it may then be deleted.
     *
     * @param endOffset the state includes every batch below and nothing from there on: the end
     *     offset of some batch that was delivered, above the newest snapshot
     * @param batches the state as records, each list at most {@code batchBytesMax}; drawn off the
     *     loop, so it must iterate over something immutable
     * @param done called on the loop when the snapshot is durable or has failed
     */
    public void createSnapshot(
            long endOffset,
            Iterator<List<byte[]>> batches,
            Consumer<Offload.Outcome<OffsetAndEpoch>> done) {}

    /** The leader this node knows, and its epoch. */
    public LeaderAndEpoch leader() {
        return new LeaderAndEpoch(LeaderAndEpoch.NO_LEADER, 0);
    }

    /** Steps down if it leads, telling the best successor to stand at once. */
    public void resign() {}

    /**
     * Leaves: resigns, takes nothing more in and closes the files behind the writes already
     * ordered. The listener hears nothing any more.
     *
     * @param closed called on the loop when the files are closed
     */
    public void close(Runnable closed) {}

    /** What this node knows of the quorum now. */
    public RaftStatus status() {
        throw new IllegalStateException("not started");
    }
}
