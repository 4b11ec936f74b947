package io.tombolo.replication;

import io.tombolo.region.LinkName;
import io.tombolo.region.lease.Lease;
import io.tombolo.replication.leader.Leadership;

import java.util.List;
import java.util.Optional;

/**
 * What a partition is to this broker.
 *
 * <table>
 * <caption>Transitions, all through {@link Partition#become}</caption>
 * <tr><th>from</th><th>to</th><th>when</th></tr>
 * <tr><td>any</td><td>Leader, MirrorLeader</td><td>the image names this broker leader, in an epoch
 * that is not below its last one</td></tr>
 * <tr><td>any</td><td>Follower</td><td>the image names another leader of a replica of this
 * broker</td></tr>
 * <tr><td>Leader</td><td>Leader</td><td>epoch raised, ISR or replicas changed, or ownership gained
 * or lost</td></tr>
 * <tr><td>Follower</td><td>Follower</td><td>another leader, in a higher epoch</td></tr>
 * <tr><td>MirrorLeader</td><td>MirrorLeader</td><td>as Leader, while mirroring</td></tr>
 * <tr><td>MirrorLeader</td><td>Leader</td><td>the mirror topic is stopped: promoted</td></tr>
 * <tr><td>Leader</td><td>MirrorLeader</td><td>the topic becomes a mirror</td></tr>
 * <tr><td>any</td><td>Idle</td><td>no leader, topic deleted or moved away, or it is
 * offline</td></tr>
 * </table>
 *
 * <p>While it leads or follows, its leader epoch does not go back, nor does its ownership epoch. A
 * Follower below the last epoch of its own log stays Idle: that image is older than the log. Once
 * it is offline it stays Idle, whatever the image says. Waiting produces end with a leadership; a
 * change of ISR or ownership in the same epoch leaves them waiting.
 *
 * <p>No role may come from an image that is older than the registration of this start of the
 * broker: a leader that lost its page cache and believes such an image makes its followers truncate
 * what they alone still have.
 */
public sealed interface Role {

    /** The epoch of the leadership, this broker's or the one it follows; −1 for none. */
    int leaderEpoch();

    /** What the metadata says of the leadership; empty when this broker does not lead. */
    default Optional<Leadership> leading() {
        return Optional.empty();
    }

    /** This broker neither leads the partition nor follows its leader. */
    record Idle() implements Role {
        @Override
        public int leaderEpoch() {
            return -1;
        }
    }

    /**
     * A replica that copies its leader, of a mirror or not.
     *
     * @param leaderEpoch ≥ 0
     * @param leaderId the broker that leads
     * @param uncleanEpoch of the last leader that may have lacked committed records, −1 for none:
     *     what a leader after it does not have, and is of an earlier epoch, may have been committed
     */
    record Follower(int leaderEpoch, int leaderId, int uncleanEpoch) implements Role {

        /** Of a partition whose leaders have always had what was committed. */
        public Follower(int leaderEpoch, int leaderId) {
            this(leaderEpoch, leaderId, -1);
        }
    }

    /**
     * An ordinary leader.
     *
     * @param access whether clients may write
     */
    record Leader(Leadership leadership, WriteAccess access) implements Role {

        @Override
        public int leaderEpoch() {
            return leadership.leaderEpoch();
        }

        @Override
        public Optional<Leadership> leading() {
            return Optional.of(leadership);
        }
    }

    /**
     * The leader of a partition that a link fills; clients read only.
     *
     * @param leadership with a leader epoch ≥ every epoch in the log
     * @param ownershipEpoch an append under a lower epoch is refused
     * @param ending whether this region takes the topic over: clients may write to it soon
     */
    record MirrorLeader(Leadership leadership, LinkName link, long ownershipEpoch, boolean ending)
            implements Role {

        /** Of a topic that stays a mirror, as far as it is known. */
        public MirrorLeader(Leadership leadership, LinkName link, long ownershipEpoch) {
            this(leadership, link, ownershipEpoch, false);
        }

        MirrorLeader under(long epoch) {
            return new MirrorLeader(leadership, link, epoch, ending);
        }

        @Override
        public int leaderEpoch() {
            return leadership.leaderEpoch();
        }

        @Override
        public Optional<Leadership> leading() {
            return Optional.of(leadership);
        }
    }

    /** Whether clients may write to a leader. */
    sealed interface WriteAccess {

        /** They may. */
        record Open() implements WriteAccess {}

        /**
         * They may while this broker has a lease of every domain of the topic; looked at when a
         * record is taken, and again when it is acknowledged.
         */
        record Leased(List<Lease.Hold> holds) implements WriteAccess {

            public Leased {
                holds = List.copyOf(holds);
            }

            boolean heldAt(long nowNanos) {
                for (Lease.Hold hold : holds) {
                    if (!hold.heldAt(nowNanos)) {
                        return false;
                    }
                }
                return true;
            }
        }

        /** Another region owns the topic; {@code reason} is the sentence that clients get. */
        record Fenced(String reason) implements WriteAccess {}

        /**
         * This region is handing the topic over: clients ask again soon, and find the other owner
         * or this one. Transactions that are open may still end.
         *
         * @param ownershipEpoch of the handover
         */
        record HandingOver(String reason, long ownershipEpoch) implements WriteAccess {}

        /** Not yet: it is being found out who owns the topic, and clients ask again soon. */
        record Undecided(String reason) implements WriteAccess {}
    }
}
