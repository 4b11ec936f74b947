package io.tombolo.raft.core;

import java.util.List;

/**
 * What replicas say to each other. Fields are those of Kafka's Vote v2, BeginQuorumEpoch v1,
 * EndQuorumEpoch v1, Fetch v17+ and FetchSnapshot v1; the mapping to the wire is made elsewhere.
 */
public sealed interface RaftMessage {

    /** A question; answered at most once. */
    sealed interface Request extends RaftMessage {}

    /** An answer to the request with the same exchange number. */
    sealed interface Answer extends RaftMessage {

        RaftError error();

        /** The sender's epoch and the leader it knows. */
        LeaderAndEpoch current();
    }

    /**
     * A message on its way.
     *
     * @param from node id of the sender
     * @param to node id of the receiver
     * @param exchange chosen by the sender of the request, repeated in the answer
     */
    record Envelope(int from, int to, long exchange, RaftMessage body) {}

    /**
     * Asks for a vote.
     *
     * @param voter whose vote; refused when the receiver is another replica
     * @param epoch the epoch to lead; for a pre-vote the candidate's present epoch
     * @param lastLog end of the candidate's log and epoch of its last record
     * @param preVote whether this only asks how the vote would be
     */
    record VoteRequest(
            ReplicaKey voter,
            ReplicaKey candidate,
            int epoch,
            OffsetAndEpoch lastLog,
            boolean preVote)
            implements Request {}

    record VoteAnswer(RaftError error, LeaderAndEpoch current, boolean granted) implements Answer {}

    /** A new leader makes itself known. */
    record BeginEpochRequest(ReplicaKey voter, LeaderAndEpoch leader) implements Request {}

    record BeginEpochAnswer(RaftError error, LeaderAndEpoch current) implements Answer {}

    /**
     * A leader steps down.
     *
     * @param preferredSuccessors voters by how much of the log they have, the best first
     */
    record EndEpochRequest(LeaderAndEpoch leader, List<ReplicaKey> preferredSuccessors)
            implements Request {}

    record EndEpochAnswer(RaftError error, LeaderAndEpoch current) implements Answer {}

    /**
     * Asks the leader for records; what lies below the fetch position is durable at the sender.
     *
     * @param position fetch offset and epoch of the last record below it (Kafka's LastFetchedEpoch)
     * @param highWatermark the sender's; the leader answers at once when its own is higher
     * @param bytesMax soft limit: the first batch comes whole
     * @param waitNanosMax how long the leader may hold an answer without news
     */
    record FetchRequest(
            ReplicaKey replica,
            int epoch,
            OffsetAndEpoch position,
            long highWatermark,
            int bytesMax,
            long waitNanosMax)
            implements Request {}

    /** The high watermark is of no meaning unless the error is NONE. */
    record FetchAnswer(RaftError error, LeaderAndEpoch current, long highWatermark, Fetched fetched)
            implements Answer {}

    /** What a fetch brought. */
    sealed interface Fetched {

        /** Whole batches from the fetch offset on; may be none. */
        record Records(List<LogBatch> batches) implements Fetched {

            public static final Records NONE = new Records(List.of());

            public Records {
                batches = List.copyOf(batches);
            }
        }

        /** The logs differ: truncate to this point or below it and ask again. */
        record Diverging(OffsetAndEpoch end) implements Fetched {}

        /** The position lies below the leader's log: fetch this snapshot first. */
        record Snapshot(OffsetAndEpoch id) implements Fetched {}
    }

    /** Asks the leader for a piece of a snapshot. */
    record FetchSnapshotRequest(
            ReplicaKey replica, int epoch, OffsetAndEpoch id, long position, int bytesMax)
            implements Request {}

    /**
     * A piece of a snapshot.
     *
     * @param totalBytes size of the whole snapshot
     * @param bytes at least one byte, unless the error is set
     */
    record FetchSnapshotAnswer(
            RaftError error,
            LeaderAndEpoch current,
            OffsetAndEpoch id,
            long totalBytes,
            long position,
            byte[] bytes)
            implements Answer {}

    /**
     * Asks a replica who it is and what it holds, before a quorum is begun. Every replica answers;
     * on the wire it is a DescribeQuorum about the one that is asked.
     */
    record PresenceRequest() implements Request {}

    /**
     * Who is there.
     *
     * @param replica who answers, with the addresses and versions it would have as a voter
     * @param logEndOffset end of its log; 0 when it holds nothing of any quorum, {@link #LOST} when
     *     it did and has lost it
     * @param voters those with which its log begins, when it is whole and names no others; else
     *     none
     */
    record PresenceAnswer(
            RaftError error,
            LeaderAndEpoch current,
            VoterSet.Voter replica,
            long logEndOffset,
            List<ReplicaKey> voters)
            implements Answer {

        /** In the place of the end of a log that is lost. */
        public static final long LOST = -1;

        public PresenceAnswer {
            voters = List.copyOf(voters);
        }
    }

    /** What a replica with an empty log has found out about a quorum that was there before. */
    enum Past {
        /** Nothing; or its log is not empty, or it has found its leader. */
        NONE,
        /** There was one, and somebody who was not heard of may hold its log. */
        REMEMBERED,
        /** There was one, and everybody has just told that nothing is left of its log. */
        LOST
    }
}
