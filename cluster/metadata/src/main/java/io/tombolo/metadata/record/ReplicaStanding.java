package io.tombolo.metadata.record;

import org.apache.kafka.common.Uuid;

import java.util.List;

/**
 * What most partitions have in common with their neighbours: kept as one object for all that are
 * equal, so that a million partitions in good order do not pay for it.
 *
 * @param directories the log directory of each replica in their order; empty when none is assigned
 */
public record ReplicaStanding(List<Uuid> directories, Eligible eligible, Moving moving) {

    /** In good order, no directory assigned. */
    public static final ReplicaStanding PLAIN = of(List.of());

    public ReplicaStanding {
        directories = List.copyOf(directories);
    }

    /** In good order. */
    public static ReplicaStanding of(List<Uuid> directories) {
        return new ReplicaStanding(directories, Eligible.NONE, Moving.NONE);
    }

    /**
     * Who may lead beside the in-sync replicas (KIP-966).
     *
     * @param elr eligible leader replicas: out of sync, yet with every committed record, since
     *     nothing was committed without them
     * @param lastKnownElr the last leader, while there is none
     * @param uncleanEpoch of the last leader that may have lacked committed records when it was
     *     elected, −1 when there was none: what was committed in earlier epochs may be gone
     * @param begunAnew replicas that began anew on another disk and were not in sync since: the
     *     last that an unclean election takes
     */
    public record Eligible(
            BrokerIds elr,
            BrokerIds lastKnownElr,
            LeaderRecovery leaderRecovery,
            int uncleanEpoch,
            BrokerIds begunAnew) {

        /** Nobody, and nothing to recover from. */
        public static final Eligible NONE =
                new Eligible(
                        BrokerIds.NONE,
                        BrokerIds.NONE,
                        LeaderRecovery.RECOVERED,
                        PartitionRegistration.NO_EPOCH,
                        BrokerIds.NONE);

        Eligible withElr(BrokerIds ids) {
            return new Eligible(ids, lastKnownElr, leaderRecovery, uncleanEpoch, begunAnew);
        }

        Eligible withLastKnown(BrokerIds ids) {
            return new Eligible(elr, ids, leaderRecovery, uncleanEpoch, begunAnew);
        }

        Eligible with(LeaderRecovery state) {
            return new Eligible(elr, lastKnownElr, state, uncleanEpoch, begunAnew);
        }

        Eligible withUncleanEpoch(int leaderEpoch) {
            return new Eligible(elr, lastKnownElr, leaderRecovery, leaderEpoch, begunAnew);
        }

        Eligible withBegunAnew(BrokerIds ids) {
            return new Eligible(elr, lastKnownElr, leaderRecovery, uncleanEpoch, ids);
        }
    }

    /**
     * A reassignment under way (KIP-455).
     *
     * @param adding replicas that were not there before
     * @param removing replicas that go when all those added are in sync
     */
    public record Moving(BrokerIds adding, BrokerIds removing) {

        /** No reassignment. */
        public static final Moving NONE = new Moving(BrokerIds.NONE, BrokerIds.NONE);

        public boolean none() {
            return adding.isEmpty() && removing.isEmpty();
        }
    }
}
