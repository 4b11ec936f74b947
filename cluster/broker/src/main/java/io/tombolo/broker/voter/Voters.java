package io.tombolo.broker.voter;

import io.tombolo.environment.Endpoint;
import io.tombolo.raft.RaftNode;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterSet;
import io.tombolo.region.ControllerId;
import io.tombolo.region.topology.Region;
import io.tombolo.storage.log.DirectoryIdentity.Refusal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Who votes in a region: its controllers where the file has some, else the first 1, 3 or 5 of up to
 * 2, up to 4, or more brokers. The others observe. Who that is at a time stands in the metadata log
 * itself; the file decides who begins a new region, and who joins the voters by itself when there
 * are more of them than there were.
 */
public record Voters(Region.Nodes nodes) {

    /** Where voters are reached, as the log names it. */
    public static final String LISTENER = "INTERNAL";

    /**
     * What the data directories of a node tell of it.
     *
     * @param directoryId of the one with the metadata log, where older versions had no other id
     * @param heldLogs whether there are logs of topics: then the region has begun before, whatever
     *     the metadata log says
     */
    public record Past(UUID directoryId, boolean heldLogs) {}

    static int count(int brokerCount) {
        return brokerCount <= 2 ? 1 : brokerCount <= 4 ? 3 : 5;
    }

    /** The node ids of those that vote by this file. */
    public List<Integer> named() {
        if (nodes.separate()) {
            return nodes.controllers().stream().map(Region.Node::nodeId).toList();
        }
        return nodes.brokers().stream()
                .limit(count(nodes.brokers().size()))
                .map(Region.Node::nodeId)
                .toList();
    }

    /** Whether a node is of the kind that votes by this file, whether it stands there or not. */
    public boolean mayVote(int nodeId) {
        return ControllerId.isController(nodeId) == nodes.separate();
    }

    /**
     * What is wrong with the voters that a metadata log names. A region whose brokers vote cannot
     * be given controllers of their own, nor the other way: two quorums could come of it.
     *
     * @return empty when they are of the right kind
     */
    public Optional<Refusal> objection(VoterSet voters) {
        List<Integer> strangers =
                voters.keys().stream()
                        .map(ReplicaKey::nodeId)
                        .filter(node -> !mayVote(node))
                        .toList();
        if (strangers.isEmpty()) {
            return Optional.empty();
        }
        String fix = "%s the file, or begin a new region with another name or storage.dir";
        return Optional.of(
                nodes.separate()
                        ? new Refusal(
                                ("the file has controllers of their own, and in the metadata log"
                                                + " here brokers vote: %s; that cannot be changed")
                                        .formatted(strangers),
                                fix.formatted("take controllers: out of"))
                        : new Refusal(
                                ("the file has no controllers:, and in the metadata log here"
                                     + " controllers of their own vote: %s; that cannot be changed")
                                        .formatted(strangers),
                                fix.formatted("put controllers: back into")));
    }

    /**
     * What a node joins its region with. Nobody is a voter because of the file alone: a replica is
     * known by its directory, and which directories there are must be asked.
     *
     * @param past what its data directories tell
     */
    public RaftNode.Membership member(String clusterId, Region.Node self, Past past) {
        int node = self.nodeId();
        var enrolment =
                new VoterSet.Enrolment(
                        new TreeMap<>(Map.<String, Endpoint>of(LISTENER, self.internal())),
                        VoterSet.Versions.SUPPORTED,
                        named().contains(node),
                        nodes.all().stream().map(Region.Node::nodeId).toList(),
                        named(),
                        past.heldLogs());
        return new RaftNode.Membership(
                clusterId,
                new ReplicaKey(node, past.directoryId()),
                VoterSet.UNKNOWN,
                enrolment,
                true);
    }
}
