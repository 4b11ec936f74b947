package io.tombolo.replication.leader;

import io.tombolo.replication.quota.CopyLimit;

import java.time.Duration;
import java.util.Optional;

/**
 * The rest of the region as a leader sees it; the same for all partitions of a broker.
 *
 * @param standings what the metadata know of other brokers
 * @param proposals the way to the controller
 * @param replicaLagMax how long a follower may be behind before it leaves the ISR ({@code
 *     replica.lag.time.max.ms})
 * @param proposalPauseMax longest pause before a proposal that nobody answered is made again
 * @param lending how fast replicas that are not in sync may copy from here
 */
public record Peers(
        Standings standings,
        IsrProposals proposals,
        Duration replicaLagMax,
        Duration proposalPauseMax,
        CopyLimit lending) {

    /** Of a broker that has no others beside it. */
    public static final Peers NONE =
            new Peers(
                    _ -> Optional.empty(),
                    (_, _, _) -> {
                        throw new IllegalStateException("a lone broker has nobody to ask");
                    },
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(5));

    public Peers {
        if (replicaLagMax.toMillis() < 1 || proposalPauseMax.toMillis() < 1) {
            throw new IllegalArgumentException("a lag or a pause below 1 ms");
        }
    }

    /** Without a limit on copying. */
    public Peers(
            Standings standings,
            IsrProposals proposals,
            Duration replicaLagMax,
            Duration proposalPauseMax) {
        this(standings, proposals, replicaLagMax, proposalPauseMax, new CopyLimit());
    }

    /** What the metadata know of brokers. Called on the loops of partitions, so it is quick. */
    @FunctionalInterface
    public interface Standings {

        /** The registration in force; empty when there is none. */
        Optional<Standing> of(int brokerId);
    }

    /**
     * A registered broker.
     *
     * @param brokerEpoch of its registration; a restarted broker gets a higher one
     * @param active neither fenced nor shutting down: it may join an ISR
     */
    public record Standing(long brokerEpoch, boolean active) {}
}
