package io.tombolo.replication;

import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.replication.leader.Beginning;
import io.tombolo.replication.leader.IsrProposals.Outcome;
import io.tombolo.replication.leader.IsrProposals.Proposal;
import io.tombolo.replication.leader.LeaderReplicas;
import io.tombolo.replication.leader.LeaderReplicas.ReplicaFetched;
import io.tombolo.replication.leader.LeaderReplicas.View;
import io.tombolo.replication.leader.Leadership;
import io.tombolo.replication.leader.Peers;
import io.tombolo.replication.quota.CopyLimit;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;

/**
 * One leadership of a partition: its replicas, and the carrying out of what is proposed for their
 * ISR. Mutable, confined to the loop of the partition; after {@link #end} it does nothing more.
 */
final class LeaderSide {

    private final TopicIdPartition id;
    private final LeaderReplicas replicas;
    private final Peers peers;
    private final EventLoop loop;
    private final Clock clock;
    private final Host host;
    private final Map<Integer, Long> given = new HashMap<>();
    private EventLoop.Timer retry = () -> {};
    private boolean ended;

    /** The partition, as its leadership needs it. */
    interface Host {

        /** Runs a step of the partition; one that throws takes it offline. */
        void step(Runnable step);

        /** Where the log stands now. */
        View view(long nowNanos);

        /** The committed ISR, or what is proposed, is another one. */
        void inSyncChanged();
    }

    LeaderSide(
            TopicIdPartition id,
            LeaderReplicas replicas,
            Partition.Surroundings surroundings,
            Host host) {
        this.id = id;
        this.replicas = replicas;
        this.peers = surroundings.peers();
        this.loop = surroundings.loop();
        this.clock = surroundings.clock();
        this.host = host;
    }

    Leadership state() {
        return replicas.state();
    }

    BrokerIds maximalIsr() {
        return replicas.maximalIsr();
    }

    long lowestStartOffset(long ownStartOffset) {
        return replicas.lowestStartOffset(ownStartOffset);
    }

    /** A replica in sync that has a record and is close to its reader, when this one is not. */
    Optional<Integer> closer(long offset, IntPredicate close) {
        return close.test(replicas.state().brokerId())
                ? Optional.empty()
                : replicas.inSyncWith(offset, close);
    }

    Beginning beginning() {
        return replicas.beginning();
    }

    boolean enoughInSync(int inSyncMin) {
        return replicas.enoughInSync(inSyncMin);
    }

    long advancedHighWatermark(long reached, long highWatermark, int inSyncMin) {
        return replicas.advancedHighWatermark(reached, highWatermark, inSyncMin, clock.nanoTime());
    }

    /** Takes over what the image says of this leadership; whether it is news. */
    boolean adopt(Leadership committed) {
        return replicas.adopt(committed, clock.nanoTime());
    }

    boolean follows(int brokerId) {
        return replicas.follows(brokerId);
    }

    /**
     * Gives records; to a replica that is not in sync, as far as the throttle of such reads lets.
     */
    FetchOutcome lend(BoundedReads reads, ReplicaRead wish, long highWatermark) {
        CopyLimit lending = peers.lending();
        TopicPartition name = id.topicPartition();
        long now = clock.nanoTime();
        boolean inSync = state().isr().has(wish.replicaId());
        if (!inSync && lending.holds(name, now)) {
            return reads.nothing(wish, highWatermark);
        }
        // Who asks twice for the same may have been given what it could not use.
        FetchOutcome outcome =
                gaveBefore(wish)
                        ? reads.readChecked(wish, highWatermark)
                        : reads.readToEnd(wish, highWatermark);
        gives(wish, outcome);
        switch (outcome) {
            case FetchOutcome.Read(var slice, _) -> lending.copied(name, slice.bytes(), now);
            case FetchOutcome.Cold _ -> lending.copied(name, wish.bytesMax(), now);
            case FetchOutcome.Diverging _, FetchOutcome.Closer _, FetchOutcome.Refused _ -> {}
        }
        return outcome;
    }

    /** Whether the replica was given records for the same offset last time. */
    private boolean gaveBefore(ReplicaRead wish) {
        Long before = given.get(wish.replicaId());
        return before != null && before == wish.fetchOffset();
    }

    /** Notes whether a replica is given records. */
    private void gives(ReplicaRead wish, FetchOutcome outcome) {
        boolean records =
                outcome instanceof FetchOutcome.Cold
                        || outcome instanceof FetchOutcome.Read(var slice, _) && slice.bytes() > 0;
        if (records) {
            given.put(wish.replicaId(), wish.fetchOffset());
        } else {
            given.remove(wish.replicaId());
        }
    }

    /** Whether enough replicas are in sync without this one. */
    boolean othersSuffice(int inSyncMin) {
        Leadership state = replicas.state();
        int others = state.isr().size() - 1;
        return others >= Math.max(1, Math.min(inSyncMin, state.replicas().size() - 1));
    }

    boolean current(ReplicaRead wish) {
        return replicas.current(wish.replicaId(), wish.brokerEpoch());
    }

    boolean countsDiverging() {
        return replicas.countsDiverging();
    }

    /** Notes the position of a follower; the high watermark is to be moved next. */
    void fetched(ReplicaRead wish, long leaderEnd) {
        replicas.fetched(
                new ReplicaFetched(
                        wish.replicaId(),
                        wish.brokerEpoch(),
                        wish.fetchOffset(),
                        wish.logStartOffset(),
                        wish.attendance()),
                leaderEnd,
                clock.nanoTime());
    }

    /** This leader has appended. */
    void appended() {
        replicas.appended();
    }

    /** A replica has ended its fetching of this partition; it may begin again. */
    void left(int brokerId) {
        replicas.left(brokerId);
    }

    boolean settled(int brokerId, long offset, long leaderEnd) {
        return replicas.settled(brokerId, offset, leaderEnd);
    }

    /** Proposes those who have caught up, if a fetch of this replica can have changed that. */
    void expandFor(int replicaId) {
        if (!replicas.state().isr().has(replicaId)) {
            expand();
        }
    }

    private void expand() {
        carryOut(replicas.expansion(host.view(clock.nanoTime())));
    }

    /** Looks after the ISR; for a timer. */
    void review() {
        carryOut(replicas.review(host.view(clock.nanoTime())));
    }

    private void carryOut(Optional<Proposal> wanted) {
        wanted.ifPresent(proposal ->
                peers.proposals().propose(id, proposal, outcome -> decided(proposal, outcome)));
    }

    private void decided(Proposal proposal, Outcome outcome) {
        if (!ended) {
            host.step(() -> {
                replicas.decided(proposal, outcome, clock.nanoTime());
                retryLater();
                host.inSyncChanged();
            });
        }
    }

    private void retryLater() {
        retry.cancel();
        replicas.retryNanos()
                .ifPresent(at ->
                        retry =
                                loop.schedule(
                                        at - clock.nanoTime(), () -> host.step(this::expand)));
    }

    /** The leadership is over. */
    void end() {
        ended = true;
        retry.cancel();
    }
}
