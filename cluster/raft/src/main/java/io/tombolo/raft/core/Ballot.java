package io.tombolo.raft.core;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The votes of one round, asked for and come in. Mutable, part of {@link RaftCore}. */
final class Ballot {

    private final VoterSet voters;
    private final Map<Long, ReplicaKey> unanswered = new TreeMap<>();
    private final Set<ReplicaKey> granting = new TreeSet<>();
    private final Set<ReplicaKey> refusing = new TreeSet<>();

    Ballot(VoterSet voters, ReplicaKey self) {
        this.voters = voters;
        if (voters.contains(self)) {
            granting.add(self);
        }
    }

    void asked(ReplicaKey voter, long exchange) {
        unanswered.put(exchange, voter);
    }

    /** Takes an answer in, once; false when this round asked no such question. */
    boolean answered(long exchange, boolean granted) {
        ReplicaKey voter = unanswered.remove(exchange);
        if (voter == null) {
            return false;
        }
        (granted ? granting : refusing).add(voter);
        return true;
    }

    boolean won() {
        return granting.size() >= voters.majority();
    }

    boolean lost() {
        return voters.size() - refusing.size() < voters.majority();
    }

    Set<ReplicaKey> granting() {
        return granting;
    }
}
