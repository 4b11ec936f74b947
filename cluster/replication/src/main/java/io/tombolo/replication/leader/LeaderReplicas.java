package io.tombolo.replication.leader;

import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.replication.leader.IsrProposals.Member;
import io.tombolo.replication.leader.IsrProposals.Outcome;
import io.tombolo.replication.leader.IsrProposals.Proposal;
import io.tombolo.replication.leader.Peers.Standing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntPredicate;

/**
 * The replicas of a partition as its leader sees them, for one leader epoch: their positions, the
 * ISR, and how far the high watermark may go. Mutable, confined to the loop of its partition; it
 * does nothing by itself, and proposals are returned to be carried out.
 */
public final class LeaderReplicas {

    private final Peers peers;
    private final SafetyRules rules;
    private final long lagMaxNanos;
    private final Beginning beginning;
    private final InSyncReplicas inSync;
    private final TreeMap<Integer, ReplicaProgress> followers = new TreeMap<>();
    private long reviewedNanos;

    /**
     * @param beginning a follower without all that the leader had then may still have records that
     *     this leader has not
     */
    public LeaderReplicas(
            Leadership state, Peers peers, SafetyRules rules, Beginning beginning, long nowNanos) {
        this.peers = peers;
        this.rules = rules;
        this.lagMaxNanos = peers.replicaLagMax().toNanos();
        this.beginning = beginning;
        this.inSync = new InSyncReplicas(state, peers.proposalPauseMax().toNanos());
        this.reviewedNanos = nowNanos;
        followReplicas(nowNanos);
    }

    /** The state that the controller committed last, as far as it is known here. */
    public Leadership state() {
        return inSync.state();
    }

    /** Where this leadership began to write; before the high watermark is there it may be old. */
    public Beginning beginning() {
        return beginning;
    }

    /** Takes over a newer committed state of this leader epoch; false when it is not news. */
    public boolean adopt(Leadership committed, long nowNanos) {
        BrokerIds before = inSync.committed();
        boolean news = inSync.adopt(committed);
        if (news) {
            committed(before, nowNanos);
        }
        return news;
    }

    private void committed(BrokerIds before, long nowNanos) {
        followReplicas(nowNanos);
        for (ReplicaProgress follower : followers.values()) {
            int id = follower.brokerId();
            if (before.has(id) && !inSync.committed().has(id)) {
                follower.left();
            }
        }
    }

    private void followReplicas(long nowNanos) {
        Leadership state = inSync.state();
        followers.keySet().removeIf(id -> !state.replicas().has(id));
        for (int id : state.replicas().asList()) {
            if (id != state.brokerId() && !followers.containsKey(id)) {
                boolean member = state.isr().has(id);
                followers.put(id, new ReplicaProgress(id, member, nowNanos, lagMaxNanos));
            }
        }
    }

    public boolean follows(int brokerId) {
        return followers.containsKey(brokerId);
    }

    /** Whether a fetch comes from the latest incarnation of a follower that is known. */
    public boolean current(int brokerId, long brokerEpoch) {
        ReplicaProgress follower = followers.get(brokerId);
        long heard = follower == null ? -1 : follower.brokerEpoch();
        return rules.currentIncarnation(brokerEpoch, Math.max(heard, registered(brokerId)));
    }

    /** The broker epoch that is in force; −1 for none. */
    private long registered(int brokerId) {
        return peers.standings().of(brokerId).map(Standing::brokerEpoch).orElse(-1L);
    }

    public boolean countsDiverging() {
        return rules.countsDiverging();
    }

    /**
     * Notes that a follower, whose log agrees with this one up to there, has everything below an
     * offset.
     *
     * @param leaderEnd the end of the log of this leader
     */
    public void fetched(ReplicaFetched fetch, long leaderEnd, long nowNanos) {
        ReplicaProgress follower = followers.get(fetch.brokerId());
        if (follower != null) {
            follower.fetched(
                    fetch.offset(),
                    fetch.logStartOffset(),
                    fetch.brokerEpoch(),
                    fetch.attendance(),
                    leaderEnd,
                    nowNanos);
        }
    }

    /** A fetch of a follower. */
    public record ReplicaFetched(
            int brokerId,
            long brokerEpoch,
            long offset,
            long logStartOffset,
            Attendance attendance) {

        /** One that is part of no session. */
        ReplicaFetched(int brokerId, long brokerEpoch, long offset, long logStartOffset) {
            this(brokerId, brokerEpoch, offset, logStartOffset, new Attendance());
        }
    }

    /** This leader has appended: who had all of the log until now had it at its last fetch. */
    public void appended() {
        followers.values().forEach(ReplicaProgress::countAttendance);
    }

    /** A follower has ended its fetching of this partition; it may begin again. */
    public void left(int brokerId) {
        ReplicaProgress follower = followers.get(brokerId);
        if (follower != null) {
            follower.endAttendance();
        }
    }

    /**
     * Whether a follower that fetches from an offset is in sync and has nothing to wait for but
     * news: nothing here depends on its fetching again.
     */
    public boolean settled(int brokerId, long offset, long leaderEnd) {
        return offset == leaderEnd && inSync.committed().has(brokerId);
    }

    /**
     * How far the high watermark may go: as far as the maximal ISR has the log, each in its present
     * incarnation, and as far as those have it that are about to join, or else they would run after
     * it for ever.
     *
     * @param reached how far this replica itself may be counted
     * @param highWatermark the present one; the answer is not below
     * @param inSyncMin as configured
     */
    public long advancedHighWatermark(
            long reached, long highWatermark, int inSyncMin, long nowNanos) {
        Leadership state = inSync.state();
        if (!rules.enoughToAdvance(inSync.committed().size(), state.inSyncMin(inSyncMin))) {
            return highWatermark;
        }
        BrokerIds awaited = rules.awaited(inSync.committed(), inSync.proposed());
        long limit = reached;
        for (ReplicaProgress follower : followers.values()) {
            if (awaited.has(follower.brokerId())) {
                limit = Math.min(limit, countedOffset(follower));
            } else if (joining(follower, reached, nowNanos)) {
                limit = Math.min(limit, follower.offset());
            }
        }
        return Math.max(limit, highWatermark);
    }

    private long countedOffset(ReplicaProgress follower) {
        boolean counts =
                rules.positionCounts(follower.brokerEpoch(), registered(follower.brokerId()));
        return counts ? follower.offset() : -1;
    }

    private boolean joining(ReplicaProgress follower, long leaderEnd, long nowNanos) {
        return follower.offset() >= beginning.endOffset()
                && follower.keepsUp(leaderEnd, nowNanos, lagMaxNanos)
                && follower.mayRejoin(nowNanos, lagMaxNanos)
                && eligible(follower);
    }

    /** Whether acks=all may be accepted. */
    public boolean enoughInSync(int inSyncMin) {
        return inSync.committed().size() >= inSync.state().inSyncMin(inSyncMin);
    }

    /** Of the active followers in sync that are wanted and have a record, the furthest one. */
    public Optional<Integer> inSyncWith(long offset, IntPredicate wanted) {
        ReplicaProgress furthest = null;
        for (ReplicaProgress follower : followers.values()) {
            boolean has = follower.logStartOffset() <= offset && offset <= follower.offset();
            if (has
                    && inSync.committed().has(follower.brokerId())
                    && wanted.test(follower.brokerId())
                    && eligible(follower)
                    && (furthest == null || follower.offset() > furthest.offset())) {
                furthest = follower;
            }
        }
        return Optional.ofNullable(furthest).map(ReplicaProgress::brokerId);
    }

    /** The lowest log start of the active replicas and of this one; 0 while one has not told. */
    public long lowestStartOffset(long ownStartOffset) {
        long lowest = ownStartOffset;
        for (ReplicaProgress follower : followers.values()) {
            boolean active =
                    peers.standings().of(follower.brokerId()).filter(Standing::active).isPresent();
            if (active) {
                lowest = Math.min(lowest, Math.max(0, follower.logStartOffset()));
            }
        }
        return lowest;
    }

    /** What a leader looks at when it decides on the ISR. */
    public record View(long highWatermark, long leaderEnd, int inSyncMin, long nowNanos) {}

    /**
     * The ISR that a fetch makes possible: proposes those who have caught up. The proposal is to be
     * made at once.
     */
    public Optional<Proposal> expansion(View view) {
        Optional<Proposal> undecided = inSync.again(view.nowNanos());
        return undecided.isPresent() || inSync.busy(view.nowNanos())
                ? undecided
                : change(inSync.committed(), view);
    }

    /**
     * What is to be done about the ISR now and then: half the allowed lag is a good pause. Proposes
     * to drop those who lag, and to take in those who have caught up.
     */
    public Optional<Proposal> review(View view) {
        boolean stoodStill = view.nowNanos() - reviewedNanos > lagMaxNanos;
        reviewedNanos = view.nowNanos();
        if (stoodStill) {
            inSync.committed().asList().forEach(id -> excuse(id, view.nowNanos()));
        }
        Optional<Proposal> undecided = inSync.again(view.nowNanos());
        if (undecided.isPresent() || inSync.busy(view.nowNanos())) {
            return undecided;
        }
        BrokerIds kept = inSync.committed();
        for (ReplicaProgress follower : followers.values()) {
            if (kept.has(follower.brokerId())
                    && !follower.keepsUp(view.leaderEnd(), view.nowNanos(), lagMaxNanos)) {
                kept = kept.without(follower.brokerId());
                follower.removed(view.nowNanos(), lagMaxNanos);
            }
        }
        return change(kept, view);
    }

    private void excuse(int brokerId, long nowNanos) {
        ReplicaProgress follower = followers.get(brokerId);
        if (follower != null) {
            follower.excuse(nowNanos);
        }
    }

    /**
     * A proposal that keeps some and takes in all who may join; empty when nothing changes. A
     * leader that was elected uncleanly proposes even what is so already, since that says that it
     * has settled.
     */
    private Optional<Proposal> change(BrokerIds kept, View view) {
        BrokerIds wanted = kept;
        for (ReplicaProgress follower : followers.values()) {
            if (!inSync.committed().has(follower.brokerId()) && mayJoin(follower, view)) {
                wanted = wanted.with(follower.brokerId());
            }
        }
        Optional<Standing> own = peers.standings().of(inSync.state().brokerId());
        boolean nothingToSay = wanted.equals(inSync.committed()) && !inSync.state().recovering();
        if (nothingToSay || own.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(inSync.propose(members(wanted, own.get())));
    }

    private boolean mayJoin(ReplicaProgress follower, View view) {
        return rules.caughtUp(follower.offset(), view.highWatermark(), beginning.endOffset())
                && eligible(follower)
                && (follower.mayRejoin(view.nowNanos(), lagMaxNanos)
                        || !enoughInSync(view.inSyncMin()));
    }

    /**
     * The incarnation that was heard is registered and active. Whoever was not heard in this
     * leadership may stay in the ISR, but offset −1 keeps it from joining.
     */
    private boolean eligible(ReplicaProgress follower) {
        return peers.standings()
                .of(follower.brokerId())
                .filter(Standing::active)
                .filter(now ->
                        follower.brokerEpoch() == -1 || follower.brokerEpoch() == now.brokerEpoch())
                .isPresent();
    }

    /** The controller refuses a proposal that names a fenced broker, or one shutting down. */
    private List<Member> members(BrokerIds wanted, Standing own) {
        var members = new ArrayList<Member>();
        for (int id : wanted.asList()) {
            ReplicaProgress follower = followers.get(id);
            if (id == inSync.state().brokerId()) {
                members.add(new Member(id, own.brokerEpoch()));
            } else if (follower != null && eligible(follower)) {
                members.add(new Member(id, follower.brokerEpoch()));
            }
        }
        return members;
    }

    /** What the controller said; whether the committed state changed. */
    public boolean decided(Proposal proposal, Outcome outcome, long nowNanos) {
        BrokerIds before = inSync.committed();
        boolean changed = inSync.decided(proposal, outcome, nowNanos);
        if (changed) {
            committed(before, nowNanos);
        }
        return changed;
    }

    /**
     * When {@link #expansion} is to be called again although nobody fetched, because a proposal
     * waits to be made again; empty when none does.
     */
    public Optional<Long> retryNanos() {
        return inSync.pausedUntilNanos();
    }

    /** Who counts for the high watermark; for those who watch. */
    public BrokerIds maximalIsr() {
        return rules.awaited(inSync.committed(), inSync.proposed());
    }
}
