package io.tombolo.replication;

import io.tombolo.region.LinkName;

/**
 * What a partition is to this broker.
 *
 * <table>
 * <caption>Transitions, all through {@link Partition#become}</caption>
 * <tr><th>from</th><th>to</th><th>when</th></tr>
 * <tr><td>Idle</td><td>Leader, MirrorLeader</td><td>the image names this broker leader</td></tr>
 * <tr><td>Leader</td><td>Leader</td><td>epoch raised, or ownership gained or lost</td></tr>
 * <tr><td>MirrorLeader</td><td>MirrorLeader</td><td>epoch raised while mirroring</td></tr>
 * <tr><td>MirrorLeader</td><td>Leader</td><td>the mirror topic is stopped: promoted</td></tr>
 * <tr><td>any</td><td>Idle</td><td>leadership lost, topic deleted, or it is offline</td></tr>
 * </table>
 *
 * <p>While it leads, neither its leader epoch nor its ownership epoch goes back. Once it is offline
 * it stays Idle, whatever the image says.
 */
public sealed interface Role {

    /** The epoch of this leadership, −1 for none. */
    int leaderEpoch();

    /** This broker does not lead the partition. */
    record Idle() implements Role {
        @Override
        public int leaderEpoch() {
            return -1;
        }
    }

    /**
     * An ordinary leader.
     *
     * @param leaderEpoch ≥ 0
     * @param inSyncCount replicas in sync, this one included
     * @param replicaCount replicas there are, this one included
     * @param access whether clients may write
     */
    record Leader(int leaderEpoch, int inSyncCount, int replicaCount, WriteAccess access)
            implements Role {}

    /**
     * The leader of a partition that a link fills; clients read only.
     *
     * @param leaderEpoch ≥ every epoch in the log
     * @param ownershipEpoch an append under a lower epoch is refused
     */
    record MirrorLeader(int leaderEpoch, LinkName link, long ownershipEpoch) implements Role {}

    /** Whether clients may write to a leader. */
    sealed interface WriteAccess {

        /** They may. */
        record Open() implements WriteAccess {}

        /** Another region owns the topic; {@code reason} is the sentence that clients get. */
        record Fenced(String reason) implements WriteAccess {}
    }
}
