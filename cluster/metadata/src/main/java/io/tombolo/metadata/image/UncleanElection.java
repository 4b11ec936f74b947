package io.tombolo.metadata.image;

import io.tombolo.metadata.record.PartitionId;

/**
 * A leader was chosen that may lack committed records: nobody who had them all could lead. Which
 * offsets are gone is known to the new leader and to the old one when it comes back.
 *
 * @param oldLeader the last leader before, {@link
 *     io.tombolo.metadata.record.PartitionRegistration#NO_LEADER} when none is known, or it is the
 *     new one without the disk that it had. Equal to the new leader when that one came back after
 *     an unclean stop (the last known leader of KIP-966)
 * @param oldLeaderEpoch in which somebody led last; −1 when that is not known, because the batch
 *     changed the partition several times
 */
public record UncleanElection(
        PartitionId partition, int oldLeader, int oldLeaderEpoch, int newLeader, int leaderEpoch) {}
