package io.tombolo.raft.core;

import io.tombolo.environment.Endpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Whoever looks after a simulated quorum: adds and removes voters, changes their addresses, loses
 * their disks, and in the end cleans up.
 */
final class SimulatedOperator {

    private static final long MS = 1_000_000;

    /** Enough for whatever was decided about a disk before it was lost to have come to light. */
    private static final long BETWEEN_WIPES_NANOS = 3000 * MS;

    /** Enough for whatever a replica sent before its disk was lost to have come to its leader. */
    private static final long LAST_WORDS_NANOS = 1500 * MS;

    private final QuorumWorld world;
    private final Map<ReplicaKey, Long> joining = new TreeMap<>();
    private final Map<ReplicaKey, Long> lost = new TreeMap<>();
    private long lastWipeNanos = -BETWEEN_WIPES_NANOS;
    private long lastChangeNanos = -BETWEEN_WIPES_NANOS;
    private long nextRequest = 1;

    SimulatedOperator(QuorumWorld world) {
        this.world = world;
    }

    static Map<String, Endpoint> listeners(int node, int port) {
        return Map.of("C", new Endpoint("n" + node, 1000 + port));
    }

    static VoterSet.Voter voter(ReplicaKey key, int port) {
        return new VoterSet.Voter(key, new TreeMap<>(listeners(key.nodeId(), port)));
    }

    /** Asks one of those who believe to lead for something that may or may not make sense. */
    void meddle() {
        List<SimulatedReplica> leaders =
                world.replicas().stream().filter(SimulatedReplica::leads).toList();
        if (leaders.isEmpty()) {
            return;
        }
        Chance chance = world.chance();
        SimulatedReplica leader = leaders.get(chance.nextInt(leaders.size()));
        SimulatedReplica subject = world.replicas().get(chance.nextInt(world.replicas().size()));
        ReplicaKey key = chance.oneIn(4) ? subject.someKey() : subject.key();
        boolean votes = leader.voters().contains(key);
        VoterChange change =
                chance.oneIn(10)
                        ? new VoterChange.Update(voter(key, chance.nextInt(3)))
                        : votes == !chance.oneIn(8)
                                ? new VoterChange.Remove(key)
                                : new VoterChange.Add(voter(key, 0));
        boolean harmful =
                change instanceof VoterChange.Remove
                        && world.replicaOf(key).isPresent()
                        && !leader.voters().keys().stream().allMatch(this::fateIsKnown);
        if (!harmful && !leader.paused()) {
            request(leader, change, chance.between(0, 600 * MS));
        }
    }

    /** Whether a leader has had the time to notice that a disk is no more. */
    private boolean fateIsKnown(ReplicaKey key) {
        Long since = lost.get(key);
        return since == null || world.now() - since > LAST_WORDS_NANOS;
    }

    /** Whether a leader may take this replica for one that lives. */
    boolean seemsAlive(ReplicaKey key) {
        Long since = lost.get(key);
        return since == null || world.now() - since <= LAST_WORDS_NANOS;
    }

    private boolean whole(VoterSet set) {
        return set.keys().stream().allMatch(key -> world.replicaOf(key).isPresent());
    }

    void changed() {
        lastChangeNanos = world.now();
    }

    /** A leader may act on this for some time, whatever becomes of the replica meanwhile. */
    void underWay(VoterChange change, long timeoutNanos) {
        if (change instanceof VoterChange.Add(VoterSet.Voter voter)) {
            long until = world.now() + timeoutNanos + LAST_WORDS_NANOS;
            joining.merge(voter.key(), until, Math::max);
        }
    }

    void request(SimulatedReplica leader, VoterChange change, long timeoutNanos) {
        underWay(change, timeoutNanos);
        leader.step(new RaftEvent.VoterChangeRequested(nextRequest++, change, timeoutNanos));
    }

    /**
     * Loses the disk of a replica, unless that might take a majority away: a quorum survives the
     * loss of a minority of its disks, no more. A replica that is about to be added counts: with
     * one voter more, its disk is the half of two.
     */
    void wipe(SimulatedReplica victim) {
        // A change of a leader that crashed may be on its way, in no log yet.
        if (world.now() - lastWipeNanos < BETWEEN_WIPES_NANOS
                || world.now() - lastChangeNanos < 1000 * MS
                || joining.getOrDefault(victim.key(), 0L) > world.now()) {
            return;
        }
        for (VoterSet set : setsInPlay()) {
            if (!whole(set) || set.contains(victim.key()) && set.size() < 3) {
                return;
            }
        }
        lastWipeNanos = world.now();
        world.seen("wiped");
        world.trace(victim.node(), "loses its disk");
        lost.put(victim.key(), world.now());
        victim.wipe();
    }

    private List<VoterSet> setsInPlay() {
        var sets = new ArrayList<VoterSet>();
        sets.add(world.invariants().committedVoters().orElse(world.initialVoters()));
        long from =
                world.invariants().committedVoters().isPresent()
                        ? world.invariants().committedVotersOffset()
                        : SimulatedReplica.FIRST_VOTERS;
        world.replicas().forEach(replica -> sets.addAll(replica.voterSetsFrom(from)));
        return sets;
    }

    /** Takes votes away from disks that are no more, and gives votes to have three at least. */
    void cleanUp(SimulatedReplica leader) {
        for (ReplicaKey voter : leader.voters().keys()) {
            if (world.replicaOf(voter).isEmpty()) {
                request(leader, new VoterChange.Remove(voter), 500 * MS);
                return;
            }
        }
        for (SimulatedReplica each : world.replicas()) {
            if (leader.voters().size() < 3 && !leader.voters().contains(each.key())) {
                request(leader, new VoterChange.Add(voter(each.key(), 0)), 500 * MS);
                return;
            }
        }
    }
}
