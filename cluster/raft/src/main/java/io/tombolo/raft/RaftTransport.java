package io.tombolo.raft;

import io.tombolo.raft.core.LeaderAndEpoch;
import io.tombolo.raft.core.RaftMessage.Envelope;
import io.tombolo.raft.core.VoterChange;

/**
 * Carries messages between replicas. Answers and requests that come in go to {@link
 * RaftNode#receive}; a request that can no longer be answered to {@link RaftNode#requestFailed}.
 */
public interface RaftTransport {

    /**
     * Sends one message, best effort; on the node's loop, must not block and must not call back
     * before returning. A request goes to the voter {@code envelope.to()}; an answer goes back to
     * where the request with the same {@code to} and {@code exchange} came from (observers can be
     * reached in no other way).
     */
    void send(Envelope envelope);

    /**
     * Asks the leader to change the voters on behalf of this replica (AddRaftVoter without waiting
     * for the commit, RemoveRaftVoter, UpdateRaftVoter), best effort; under the rules of {@link
     * #send}. The answer is of no interest: it is asked again until the log shows the change. By
     * default nobody is asked.
     */
    default void askVoterChange(LeaderAndEpoch leader, VoterChange change) {}
}
