package io.tombolo.replication.leader;

import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.replication.leader.IsrProposals.Member;
import io.tombolo.replication.leader.IsrProposals.Outcome;
import io.tombolo.replication.leader.IsrProposals.Proposal;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;

/**
 * The ISR of one leadership: what is committed, and the proposal to change it. Mutable, confined to
 * the loop of its partition.
 *
 * <table>
 * <caption>The proposal</caption>
 * <tr><th>state</th><th>event</th><th>next</th></tr>
 * <tr><td>none</td><td>proposed</td><td>under way</td></tr>
 * <tr><td>under way</td><td>accepted, or a newer state in the image</td><td>none</td></tr>
 * <tr><td>under way</td><td>invalid update</td><td>none, after a pause</td></tr>
 * <tr><td>under way</td><td>unavailable</td><td>undecided: made again after a pause</td></tr>
 * <tr><td>under way</td><td>fenced, stale partition epoch</td><td>halted</td></tr>
 * <tr><td>undecided</td><td>the pause is over</td><td>under way, the same proposal</td></tr>
 * <tr><td>halted</td><td>a newer state in the image</td><td>none</td></tr>
 * </table>
 *
 * <p>A proposal counts towards {@link #proposed()} until its fate is known: undecided and halted
 * ones do. One is under way at a time.
 */
final class InSyncReplicas {

    private static final long PAUSE_FIRST_NANOS = 50_000_000;

    private final long pauseMaxNanos;
    private Leadership state;
    private @Nullable Proposal open;
    private boolean underWay;
    private boolean halted;
    private long pauseNanos = PAUSE_FIRST_NANOS;
    private @Nullable Long pausedUntilNanos;

    InSyncReplicas(Leadership state, long pauseMaxNanos) {
        this.state = state;
        this.pauseMaxNanos = pauseMaxNanos;
    }

    Leadership state() {
        return state;
    }

    BrokerIds committed() {
        return state.isr();
    }

    /** The ISR that is proposed; the committed one when none is. */
    BrokerIds proposed() {
        Proposal pending = open;
        return pending == null ? state.isr() : pending.brokers();
    }

    /** Takes over a committed state of the same leader epoch; false when it is not news. */
    boolean adopt(Leadership committed) {
        if (committed.leaderEpoch() != state.leaderEpoch()
                || committed.partitionEpoch() < state.partitionEpoch()) {
            return false;
        }
        if (committed.partitionEpoch() == state.partitionEpoch()) {
            // The answer of the controller came first; it does not tell the replicas.
            boolean news = !committed.replicas().equals(state.replicas());
            state = committed;
            return news;
        }
        // A proposal on the older state was either carried out by this change or never will be.
        state = committed;
        settle();
        return true;
    }

    private void settle() {
        open = null;
        halted = false;
        pauseNanos = PAUSE_FIRST_NANOS;
        pausedUntilNanos = null;
    }

    /** Whether nothing can be proposed now, however much the ISR is wrong. */
    boolean busy(long nowNanos) {
        Long until = pausedUntilNanos;
        return underWay || halted || until != null && nowNanos - until < 0;
    }

    /** The undecided proposal that has to be made again before any other; marks it as under way. */
    Optional<Proposal> again(long nowNanos) {
        Proposal pending = open;
        if (pending == null || busy(nowNanos)) {
            return Optional.empty();
        }
        underWay = true;
        return Optional.of(pending);
    }

    /** Proposes an ISR; only when not {@link #busy} and nothing is undecided. */
    Proposal propose(List<Member> isr) {
        var proposal = new Proposal(state.leaderEpoch(), state.partitionEpoch(), isr);
        open = proposal;
        underWay = true;
        return proposal;
    }

    /** What became of the proposal under way; whether the committed state changed. */
    boolean decided(Proposal proposal, Outcome outcome, long nowNanos) {
        underWay = false;
        boolean stillOpen = proposal == open;
        return switch (outcome) {
            case Outcome.Accepted accepted -> accepted(accepted, stillOpen);
            case Outcome.Unavailable _ -> {
                if (stillOpen) {
                    pause(nowNanos);
                }
                yield false;
            }
            case Outcome.InvalidUpdate _ -> {
                if (stillOpen) {
                    open = null;
                    pause(nowNanos);
                }
                yield false;
            }
            case Outcome.Fenced _, Outcome.StalePartitionEpoch _ -> {
                halted = stillOpen;
                yield false;
            }
        };
    }

    private boolean accepted(Outcome.Accepted accepted, boolean stillOpen) {
        if (accepted.leaderEpoch() != state.leaderEpoch()) {
            halted = stillOpen; // another leadership, of which the image will tell
            return false;
        }
        if (accepted.partitionEpoch() == state.partitionEpoch() && stillOpen) {
            settle();
            return false;
        }
        return adopt(
                new Leadership(
                        state.brokerId(),
                        accepted.leaderEpoch(),
                        accepted.partitionEpoch(),
                        state.replicas(),
                        accepted.isr()));
    }

    private void pause(long nowNanos) {
        pausedUntilNanos = nowNanos + pauseNanos;
        pauseNanos = Math.min(2 * pauseNanos, pauseMaxNanos);
    }

    /** When a pause ends that keeps a proposal from being made; empty when none does. */
    Optional<Long> pausedUntilNanos() {
        return underWay ? Optional.empty() : Optional.ofNullable(pausedUntilNanos);
    }
}
