package io.tombolo.raft.core;

import io.tombolo.environment.Endpoint;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The replicas that vote, ordered by node id; each node id once. Immutable. */
public final class VoterSet {

    /**
     * Nobody known: what a replica begins with that does not know the quorum it is to observe. It
     * never is in a log.
     */
    public static final VoterSet UNKNOWN = new VoterSet(List.of());

    private final SortedMap<Integer, Voter> voters;

    /**
     * A range of versions of the quorum's protocol, Kafka's {@code kraft.version}; both ends in.
     */
    public record Versions(short min, short max) {

        /** What this implementation supports. */
        public static final Versions SUPPORTED = new Versions((short) 0, (short) 1);

        public Versions {
            if (min < 0 || max < min) {
                throw new IllegalArgumentException("versions from " + min + " to " + max);
            }
        }
    }

    /**
     * One voter.
     *
     * @param listeners where it is reached, by listener name; may be empty when the transport knows
     * @param versions what it supports
     */
    public record Voter(ReplicaKey key, SortedMap<String, Endpoint> listeners, Versions versions) {

        /** A voter that supports what this implementation does. */
        public Voter(ReplicaKey key, SortedMap<String, Endpoint> listeners) {
            this(key, listeners, Versions.SUPPORTED);
        }

        public Voter {
            if (!key.present()) {
                throw new IllegalArgumentException("a voter needs a node id");
            }
            listeners = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(listeners));
        }
    }

    /**
     * What a replica wants the others to know of it, and whom it asks while it knows nobody.
     *
     * @param listeners where it is reached, by listener name; when there are some, a voter sees to
     *     it that the voter set names exactly these. Empty when the transport knows by other means
     * @param versions the versions of the quorum's protocol that it supports
     * @param autoJoin whether an observer that has caught up asks to become a voter by itself; it
     *     also takes the vote of an earlier directory of its node (KIP-1186)
     * @param contacts nodes asked for the leader beside the known voters, as the transport names
     *     them; negative numbers may stand for addresses whose node id is not known
     * @param founders the nodes that vote first where there is no quorum yet; the lowest of them
     *     begins it when all contacts have said that they hold nothing of one ({@link Founding}).
     *     Empty: nobody begins one
     * @param remembers whether the node has been part of a quorum before, as something else than
     *     its log tells: with an empty log it has lost it, looks for that quorum, begins none and
     *     objects to whoever would
     */
    public record Enrolment(
            SortedMap<String, Endpoint> listeners,
            Versions versions,
            boolean autoJoin,
            List<Integer> contacts,
            List<Integer> founders,
            boolean remembers) {

        /** A replica that leaves all of it to others. */
        public static final Enrolment NONE =
                new Enrolment(new TreeMap<>(), Versions.SUPPORTED, false, List.of());

        /** A replica of a quorum that has begun. */
        public Enrolment(
                SortedMap<String, Endpoint> listeners,
                Versions versions,
                boolean autoJoin,
                List<Integer> contacts) {
            this(listeners, versions, autoJoin, contacts, List.of(), false);
        }

        public Enrolment {
            listeners = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(listeners));
            contacts = List.copyOf(contacts);
            founders = List.copyOf(founders);
        }

        Voter voter(ReplicaKey key) {
            return new Voter(key, listeners, versions);
        }
    }

    private VoterSet(Collection<Voter> members) {
        voters = new TreeMap<>();
        for (Voter voter : members) {
            if (voters.put(voter.key().nodeId(), voter) != null) {
                throw new IllegalArgumentException(
                        "node " + voter.key().nodeId() + " is named twice as a voter");
            }
        }
    }

    /** The set of these voters, at least one. */
    public static VoterSet of(Collection<Voter> members) {
        if (members.isEmpty()) {
            throw new IllegalArgumentException("a quorum needs at least one voter");
        }
        return new VoterSet(members);
    }

    /** The set of these replicas, without addresses. */
    public static VoterSet ofKeys(ReplicaKey... keys) {
        var members = new ArrayList<Voter>();
        for (ReplicaKey key : keys) {
            members.add(new Voter(key, new TreeMap<>()));
        }
        return of(members);
    }

    /** This set with one voter more, or with other addresses and versions of one. */
    public VoterSet with(Voter voter) {
        SortedMap<Integer, Voter> next = new TreeMap<>(voters);
        next.put(voter.key().nodeId(), voter);
        return of(next.values());
    }

    /** This set without the voter of a node; some other must be left. */
    public VoterSet without(int nodeId) {
        SortedMap<Integer, Voter> next = new TreeMap<>(voters);
        next.remove(nodeId);
        return of(next.values());
    }

    /** The voter of a node. */
    public Optional<Voter> voterOf(int nodeId) {
        return Optional.ofNullable(voters.get(nodeId));
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
