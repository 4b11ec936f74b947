package io.tombolo.raft.core;

import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

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
    private final TreeMap<Long, VoterSet> committedSets = new TreeMap<>();
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
    void commits(SimulatedReplica replica, long from, long offset) {
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
            VoterSet voters = replica.voters();
            long holders =
                    voters.keys().stream().filter(key -> holds(replica, key, offset)).count();
            require(
                    holders >= voters.majority(),
                    "committed is durable on a majority",
                    holders + " voters hold what is below " + offset);
        }
    }

    /** A disk that was lost held what it had said to hold; no leader can know that it is gone. */
    private static boolean holds(SimulatedReplica leader, ReplicaKey voter, long offset) {
        return leader.world().replicaOf(voter).map(each -> each.holdsDurably(offset)).orElse(true);
    }

    /**
     * A leader about to name other voters.
     *
     * @param sets the voter sets of its log so far
     * @param highWatermark the leader's
     * @param epochStart where the leader's epoch begins
     */
    record Change(
            SortedMap<Long, VoterSet> sets, VoterSet next, long highWatermark, long epochStart) {}

    /** Majorities of consecutive voter sets share a replica, and nothing is built on sand. */
    void changesVoters(SimulatedReplica leader, Change change) {
        var before = new TreeSet<>(leader.voters().keys());
        var after = new TreeSet<>(change.next().keys());
        before.removeAll(change.next().keys());
        after.removeAll(leader.voters().keys());
        require(
                before.size() + after.size() <= 1,
                "consecutive voter sets overlap",
                leader.node() + " goes from " + leader.voters() + " to " + change.next());
        require(
                change.sets().tailMap(change.highWatermark()).isEmpty(),
                "at most one uncommitted voter change",
                leader.node() + " changes " + change.sets() + " above " + change.highWatermark());
        require(
                change.highWatermark() > change.epochStart(),
                "voters change in an epoch that has committed",
                leader.node() + " has committed " + change.highWatermark());
    }

    /** A new voter does not hold the quorum up: it had everything lately. */
    void addsVoter(int leader, ReplicaKey added, boolean caughtUp) {
        require(caughtUp, "an added voter has caught up", leader + " adds " + added);
    }

    /** What is left of the voters can still decide something. */
    void removesVoter(int leader, VoterSet next, long alive) {
        require(
                alive >= next.majority(),
                "a removal leaves a majority that was heard",
                leader + " leaves " + alive + " of " + next);
    }

    /** Where something has been committed, nobody begins a quorum that knows nothing of it. */
    void founds(int node, VoterSet voters) {
        require(
                committedOffset == 0,
                "a quorum begins once",
                node + " begins one of " + voters + " after " + committedOffset + " was committed");
    }

    /** Who has no vote does not stand, and leads only until that is committed. */
    void role(
            String role,
            SimulatedReplica replica,
            NavigableMap<Long, VoterSet> sets,
            long highWatermark) {
        if (replica.voters().contains(replica.key())) {
            return;
        }
        // Its removal may be news to the others, and they may need its log to hear of it.
        boolean maybeUncommitted = sets.lastKey() >= highWatermark;
        boolean votedBefore =
                sets.lowerEntry(sets.lastKey()) != null
                        && sets.lowerEntry(sets.lastKey()).getValue().contains(replica.key());
        require(
                maybeUncommitted && votedBefore
                        || !role.equals("Prospective") && !role.equals("Candidate"),
                "only voters stand",
                replica.key() + " stands in " + replica.voters());
        require(
                !role.equals("Leader") || maybeUncommitted,
                "a removed leader steps down",
                replica.key() + " leads on after it was removed at " + sets.lastKey());
    }

    /** A vote is given by exactly the replica that was asked for it. */
    void votes(ReplicaKey asked, ReplicaKey voter) {
        require(
                voter.equals(asked),
                "a wiped replica never votes under its old key",
                voter + " votes for " + asked);
    }

    /** The newest voter set that is committed. */
    Optional<VoterSet> committedVoters() {
        return committedSets.isEmpty()
                ? Optional.empty()
                : Optional.of(committedSets.lastEntry().getValue());
    }

    /** Where it is named. */
    long committedVotersOffset() {
        return committedSets.isEmpty() ? -1 : committedSets.lastKey();
    }

    private void extend(LogBatch batch, int epoch) {
        require(
                batch.baseOffset() == committedOffset,
                "committed is identical on all",
                "commit of " + batch + " leaves a hole after " + committedOffset);
        committed.put(batch.baseOffset(), batch);
        if (batch.control()) {
            ControlRecord.votersIn(batch)
                    .ifPresent(voters -> committedSets.put(batch.baseOffset(), voters));
        }
        committedOffset = batch.endOffset();
        committedIn.merge(epoch, committedOffset, Math::max);
        stateAt.put(committedOffset, HashState.after(stateAt.lastEntry().getValue(), batch));
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
