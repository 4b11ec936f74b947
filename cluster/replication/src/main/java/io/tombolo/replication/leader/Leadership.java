package io.tombolo.replication.leader;

import io.tombolo.metadata.record.BrokerIds;

/**
 * What the metadata says of a partition that this broker leads.
 *
 * @param brokerId this broker, one of the replicas
 * @param leaderEpoch ≥ 0; the epoch of this leadership
 * @param partitionEpoch goes up with every committed change of the partition; of two states with
 *     the same leader epoch the one with the higher partition epoch is newer
 * @param replicas all of them, this one included
 * @param isr the replicas in sync as the controller committed them
 * @param recovering whether this leader may lack committed records and has not told yet that it has
 *     settled; it does so with any proposal
 */
public record Leadership(
        int brokerId,
        int leaderEpoch,
        int partitionEpoch,
        BrokerIds replicas,
        BrokerIds isr,
        boolean recovering) {

    public Leadership {
        if (!replicas.has(brokerId) || !replicas.hasAll(isr)) {
            throw new IllegalArgumentException(
                    "broker %d cannot lead replicas %s, in sync %s"
                            .formatted(brokerId, replicas, isr));
        }
    }

    /** A leader that has nothing to recover from. */
    public Leadership(
            int brokerId, int leaderEpoch, int partitionEpoch, BrokerIds replicas, BrokerIds isr) {
        this(brokerId, leaderEpoch, partitionEpoch, replicas, isr, false);
    }

    /** The leadership of a partition that has no other replica. */
    public static Leadership alone(int brokerId, int leaderEpoch) {
        var self = BrokerIds.of(brokerId);
        return new Leadership(brokerId, leaderEpoch, 0, self, self);
    }

    /**
     * The smallest ISR that the high watermark and acks=all need. As in Kafka, a minimum that the
     * replicas could never reach asks for all of them.
     *
     * @param configured {@code min.insync.replicas}
     */
    public int inSyncMin(int configured) {
        return Math.min(configured, replicas.size());
    }
}
