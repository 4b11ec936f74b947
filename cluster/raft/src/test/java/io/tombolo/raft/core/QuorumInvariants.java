package io.tombolo.raft.core;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What must hold after every event, by name; seen from outside, over all replicas. */
final class QuorumInvariants {

    /** An invariant does not hold. */
    static final class Violated extends AssertionError {

        private static final long serialVersionUID = 1;
        final String invariant;

        Violated(String invariant, String detail) {
            super(invariant + ": " + detail);
            this.invariant = invariant;
        }
    }

    private record Position(long baseOffset, int epoch) {}

    private record Link(LogBatch batch, int epochBefore) {}

    private final Map<Integer, Integer> leaderOf = new HashMap<>();
    private final Map<Position, Link> everAppended = new HashMap<>();
    private final TreeMap<Long, LogBatch> committed = new TreeMap<>();
    private final TreeMap<Integer, Long> committedIn = new TreeMap<>();
    private final TreeMap<Long, Long> stateAt = new TreeMap<>(Map.of(0L, 0L));
    private long committedOffset;

    long committedOffset() {
        return committedOffset;
    }

    private static void require(boolean holds, String invariant, String detail) {
        if (!holds) {
            throw new Violated(invariant, detail);
        }
    }

    /** At most one leader per epoch; it has what leaders of earlier epochs have committed. */
    void leads(int node, int epoch, SimulatedReplica replica) {
        Integer other = leaderOf.putIfAbsent(epoch, node);
        require(
                other == null || other == node,
                "election safety",
                "nodes " + other + " and " + node + " lead epoch " + epoch);
        if (other == null) {
            complete(node, epoch, replica);
        }
    }

    private void complete(int node, int epoch, SimulatedReplica replica) {
        // A candidate may learn late that it has won: a later epoch may have committed meanwhile.
        Map.Entry<Integer, Long> earlier = committedIn.lowerEntry(epoch);
        long committedBefore = earlier == null ? 0 : earlier.getValue();
        require(
                replica.logicalEnd() >= committedBefore,
                "leader completeness",
                "leader %d of epoch %d ends at %d, committed is %d"
                        .formatted(node, epoch, replica.logicalEnd(), committedBefore));
        for (LogBatch batch : replica.logical()) {
            LogBatch truth = committed.get(batch.baseOffset());
            require(
                    batch.baseOffset() >= committedBefore || same(batch, truth),
                    "leader completeness",
                    "leader " + node + " has " + batch + " where " + truth + " is committed");
        }
    }

    /** Equal epoch and offset mean equal records, and equal logs before them. */
    void appends(int node, LogBatch batch, int epochBefore) {
        var position = new Position(batch.baseOffset(), batch.epoch());
        Link known = everAppended.putIfAbsent(position, new Link(batch, epochBefore));
        require(
                known == null
                        || same(known.batch(), batch)
                                && (epochBefore < 0
                                        || known.epochBefore() < 0
                                        || known.epochBefore() == epochBefore),
                "log matching",
                "node " + node + " appends another " + batch);
    }

    /** What one replica holds to be committed is so for all, for ever, and survives a crash. */
    void commits(SimulatedReplica replica, long from, long offset, List<SimulatedReplica> voters) {
        for (LogBatch batch : SimulatedStore.from(from, replica.logical())) {
            if (batch.endOffset() > offset) {
                require(
                        batch.baseOffset() >= offset,
                        "atomic batches",
                        "high watermark " + offset + " cuts " + batch);
                break;
            }
            LogBatch truth = committed.get(batch.baseOffset());
            if (truth != null) {
                require(
                        same(truth, batch),
                        "committed is identical on all",
                        "node " + replica.node() + " commits " + batch + " instead of " + truth);
            } else if (batch.baseOffset() >= committedOffset) {
                extend(batch, replica.epoch());
            }
        }
        require(
                offset <= committedOffset,
                "committed is identical on all",
                "node " + replica.node() + " commits beyond its log to " + offset);
        if (replica.leads()) {
            long holders = voters.stream().filter(each -> each.holdsDurably(offset)).count();
            require(
                    holders > voters.size() / 2,
                    "committed is durable on a majority",
                    holders + " voters hold what is below " + offset);
        }
    }

    private void extend(LogBatch batch, int epoch) {
        require(
                batch.baseOffset() == committedOffset,
                "committed is identical on all",
                "commit of " + batch + " leaves a hole after " + committedOffset);
        committed.put(batch.baseOffset(), batch);
        committedOffset = batch.endOffset();
        committedIn.merge(epoch, committedOffset, Math::max);
        stateAt.put(committedOffset, SimulatedReplica.apply(stateAt.lastEntry().getValue(), batch));
    }

    /** The epoch at an offset that is committed, for checking durable logs. */
    boolean agrees(LogBatch batch) {
        LogBatch truth = committed.get(batch.baseOffset());
        return truth != null && same(truth, batch);
    }

    /** The state machine of a replica is that of the committed prefix. */
    void applied(int node, LogBatch batch) {
        LogBatch truth = committed.get(batch.baseOffset());
        require(truth != null, "applied is committed", "node " + node + " applies " + batch);
        require(
                truth.records().size() == batch.records().size(),
                "atomic batches",
                "node " + node + " applies " + batch + " of " + truth);
    }

    void state(int node, long appliedOffset, long state) {
        Long truth = stateAt.get(appliedOffset);
        require(
                truth != null && truth == state,
                "applied prefix is equal",
                "state of node " + node + " at " + appliedOffset);
    }

    void monotonic(String what, int node, long before, long after) {
        require(
                after >= before,
                what + " never goes back",
                "node " + node + " from " + before + " to " + after);
    }

    static boolean same(LogBatch one, LogBatch other) {
        if (other == null
                || one.epoch() != other.epoch()
                || one.control() != other.control()
                || one.records().size() != other.records().size()) {
            return false;
        }
        for (int index = 0; index < one.records().size(); index++) {
            if (one.records().get(index) != other.records().get(index)) {
                return false;
            }
        }
        return true;
    }
}
