package io.tombolo.metadata.record;

import io.tombolo.metadata.record.ReplicaStanding.Eligible;
import io.tombolo.metadata.record.ReplicaStanding.Moving;

import org.apache.kafka.common.Uuid;

import java.util.List;

/**
 * What the metadata says of one partition.
 *
 * @param replicas preferred leader first; at least one. While a reassignment is under way the
 *     wanted ones in their order, then those that are going to be removed
 * @param isr the in-sync replicas, a subset of the replicas; empty only without a leader
 * @param leader one of the in-sync replicas, or {@link #NO_LEADER}
 * @param leaderEpoch goes up with every change of leader, never down
 * @param partitionEpoch goes up by one with every change of anything here
 * @param standing what is the same for most partitions
 */
public record PartitionRegistration(
        BrokerIds replicas,
        BrokerIds isr,
        int leader,
        int leaderEpoch,
        int partitionEpoch,
        ReplicaStanding standing) {

    /** The leader of a partition that has none. */
    public static final int NO_LEADER = -1;

    /** No leader epoch. */
    public static final int NO_EPOCH = -1;

    public PartitionRegistration {
        require(!replicas.isEmpty(), "a partition needs a replica");
        require(replicas.hasAll(isr), "an in-sync replica is not a replica");
        require(leader == NO_LEADER || isr.has(leader), "the leader is not in sync");
        Names.requireNotNegative(leaderEpoch, "leader epoch");
        Names.requireNotNegative(partitionEpoch, "partition epoch");
        require(
                standing.directories().isEmpty()
                        || standing.directories().size() == replicas.size(),
                "every replica needs a directory or none");
        require(replicas.hasAll(standing.eligible().elr()), "an eligible leader is not a replica");
        require(
                standing.eligible().elr().asList().stream().noneMatch(isr::has),
                "an eligible leader replica is in sync");
        require(
                replicas.hasAll(standing.moving().adding())
                        && replicas.hasAll(standing.moving().removing()),
                "a replica that is added or removed is not a replica");
        if (isr.equals(replicas)) {
            isr = replicas;
        }
    }

    /** A partition in good order. */
    public PartitionRegistration(
            BrokerIds replicas,
            BrokerIds isr,
            int leader,
            int leaderEpoch,
            int partitionEpoch,
            List<Uuid> directories) {
        this(
                replicas,
                isr,
                leader,
                leaderEpoch,
                partitionEpoch,
                directories.isEmpty() ? ReplicaStanding.PLAIN : ReplicaStanding.of(directories));
    }

    /** A partition as it is created: all replicas in sync, led by the first one. */
    public static PartitionRegistration created(BrokerIds replicas, List<Uuid> directories) {
        return new PartitionRegistration(replicas, replicas, replicas.at(0), 0, 0, directories);
    }

    public boolean hasLeader() {
        return leader != NO_LEADER;
    }

    /** The log directory of each replica in their order; empty when none is assigned. */
    public List<Uuid> directories() {
        return standing.directories();
    }

    /** The log directory of a replica; zero when none is assigned. */
    public Uuid directoryOf(int brokerId) {
        for (int place = 0; place < directories().size(); place++) {
            if (replicas.at(place) == brokerId) {
                return directories().get(place);
            }
        }
        return Uuid.ZERO_UUID;
    }

    /** Eligible leader replicas (KIP-966): not in sync, yet with every committed record. */
    public BrokerIds elr() {
        return standing.eligible().elr();
    }

    /** The last leader, while there is none; otherwise empty. */
    public BrokerIds lastKnownElr() {
        return standing.eligible().lastKnownElr();
    }

    public LeaderRecovery leaderRecovery() {
        return standing.eligible().leaderRecovery();
    }

    /** Of the last leader that may have lacked committed records; {@link #NO_EPOCH} for none. */
    public int uncleanEpoch() {
        return standing.eligible().uncleanEpoch();
    }

    /** Replicas that began anew on another disk and were not in sync since. */
    public BrokerIds begunAnew() {
        return standing.eligible().begunAnew();
    }

    /** Replicas that a reassignment adds. */
    public BrokerIds adding() {
        return standing.moving().adding();
    }

    /** Replicas that go when the reassignment is done. */
    public BrokerIds removing() {
        return standing.moving().removing();
    }

    /** Whether a reassignment is under way. */
    public boolean reassigning() {
        return !standing.moving().none();
    }

    /** Who leads when all is well. */
    public int preferredLeader() {
        return replicas.at(0);
    }

    /** This partition after some changes. */
    public PartitionRegistration changed(int newPartitionEpoch, List<PartitionChange> changes) {
        var next = new Change(this);
        changes.forEach(next::take);
        return next.made(newPartitionEpoch);
    }

    private static void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /** Collects the new values of one change. */
    private static final class Change {

        private BrokerIds replicas;
        private BrokerIds isr;
        private int leader;
        private int leaderEpoch;
        private List<Uuid> directories;
        private Eligible eligible;
        private Moving moving;
        private final ReplicaStanding before;

        Change(PartitionRegistration old) {
            replicas = old.replicas;
            isr = old.isr;
            leader = old.leader;
            leaderEpoch = old.leaderEpoch;
            before = old.standing;
            directories = before.directories();
            eligible = before.eligible();
            moving = before.moving();
        }

        void take(PartitionChange change) {
            switch (change) {
                case PartitionChange.Leader(int brokerId) -> leader = brokerId;
                case PartitionChange.LeaderEpoch(int epoch) -> leaderEpoch = epoch;
                case PartitionChange.InSync(BrokerIds ids) -> isr = ids;
                case PartitionChange.Replicas(BrokerIds ids) -> replicas = ids;
                case PartitionChange.Directories(List<Uuid> ids) -> directories = ids;
                case PartitionChange.EligibleLeaders(BrokerIds ids) ->
                        eligible = eligible.withElr(ids);
                case PartitionChange.LastKnownLeaders(BrokerIds ids) ->
                        eligible = eligible.withLastKnown(ids);
                case PartitionChange.Recovery(LeaderRecovery state) ->
                        eligible = eligible.with(state);
                case PartitionChange.UncleanEpoch(int epoch) ->
                        eligible = eligible.withUncleanEpoch(epoch);
                case PartitionChange.BegunAnew(BrokerIds ids) ->
                        eligible = eligible.withBegunAnew(ids);
                case PartitionChange.Adding(BrokerIds ids) ->
                        moving = new Moving(ids, moving.removing());
                case PartitionChange.Removing(BrokerIds ids) ->
                        moving = new Moving(moving.adding(), ids);
            }
        }

        PartitionRegistration made(int partitionEpoch) {
            var standing = new ReplicaStanding(directories, eligible, moving);
            return new PartitionRegistration(
                    replicas,
                    isr,
                    leader,
                    leaderEpoch,
                    partitionEpoch,
                    standing.equals(before) ? before : standing);
        }
    }
}
