package io.tombolo.raft.core;

import io.tombolo.environment.Endpoint;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** The replicas that vote, ordered by node id; at least one, each node id once. Immutable. */
public final class VoterSet {

    private final SortedMap<Integer, Voter> voters = new TreeMap<>();

    /**
     * One voter.
     *
     * @param listeners where it is reached, by listener name; may be empty when the transport knows
     */
    public record Voter(ReplicaKey key, SortedMap<String, Endpoint> listeners) {

        public Voter {
            if (!key.present()) {
                throw new IllegalArgumentException("a voter needs a node id");
            }
            listeners = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(listeners));
        }
    }

    private VoterSet(Collection<Voter> members) {
        for (Voter voter : members) {
            if (voters.put(voter.key().nodeId(), voter) != null) {
                throw new IllegalArgumentException(
                        "node " + voter.key().nodeId() + " is named twice as a voter");
            }
        }
        if (voters.isEmpty()) {
            throw new IllegalArgumentException("a quorum needs at least one voter");
        }
    }

    /** The set of these voters. */
    public static VoterSet of(Collection<Voter> members) {
        return new VoterSet(members);
    }

    /** The set of these replicas, without addresses. */
    public static VoterSet ofKeys(ReplicaKey... keys) {
        var members = new ArrayList<Voter>();
        for (ReplicaKey key : keys) {
            members.add(new Voter(key, new TreeMap<>()));
        }
        return new VoterSet(members);
    }

    /** The voters in the order of their node ids. */
    public List<Voter> voters() {
        return List.copyOf(voters.values());
    }

    /** The voters' keys in the order of their node ids. */
    public List<ReplicaKey> keys() {
        return voters.values().stream().map(Voter::key).toList();
    }

    /** Whether exactly this replica (node and directory) votes. */
    public boolean contains(ReplicaKey key) {
        Voter voter = voters.get(key.nodeId());
        return voter != null && voter.key().equals(key);
    }

    /** Whether some replica of this node votes. */
    public boolean containsNode(int nodeId) {
        return voters.containsKey(nodeId);
    }

    /** How many voters there are. */
    public int size() {
        return voters.size();
    }

    /** The smallest number of voters that is a majority. */
    public int majority() {
        return voters.size() / 2 + 1;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof VoterSet set && set.voters.equals(voters);
    }

    @Override
    public int hashCode() {
        return voters.hashCode();
    }

    @Override
    public String toString() {
        return keys().toString();
    }
}
