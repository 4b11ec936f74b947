package io.tombolo.broker.voter;

import io.tombolo.raft.RaftStatus;
import io.tombolo.raft.core.RaftMessage.Past;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.region.ControllerId;
import io.tombolo.region.topology.Region;
import io.tombolo.storage.log.DirectoryIdentity.Refusal;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a node without a controller waits for, in words for whoever started it. Pure.
 *
 * @param self this node as a replica
 * @param nodes all of the region
 */
public record Patience(ReplicaKey self, Region.Nodes nodes) {

    /** Said where nothing is left of the metadata log of a region. */
    public static final Refusal LOST =
            new Refusal(
                    "this region has begun before, as its logs of topics tell, and no node has its"
                            + " metadata log any more; beginning it anew would give their names to"
                            + " other topics",
                    "put the folder metadata of most of its voters back, or give the region empty"
                            + " directories (the logs of topics are in Kafka's format)");

    /** The reason to wait; empty when a leader is known. */
    public Optional<String> reason(RaftStatus status) {
        if (status.leader().hasLeader()) {
            return Optional.empty();
        }
        var voters = status.voterSet();
        if (status.past() != Past.NONE) {
            return Optional.of(
                    status.past() == Past.LOST
                            ? LOST.reason()
                            : ("this region has begun before, as its logs of topics tell, and its"
                                            + " metadata log is not here; it is not begun anew: a"
                                            + " node that has it must be there: %s")
                                    .formatted(
                                            named(
                                                    nodes.all().stream()
                                                            .map(Region.Node::nodeId)
                                                            .toList())));
        }
        if (!status.awaited().isEmpty()) {
            return Optional.of(
                    ("a new region begins when all its %s have been there together once, each"
                                    + " with an empty disk; not heard of, or not empty: %s")
                            .formatted(
                                    nodes.separate() ? "brokers and controllers" : "brokers",
                                    named(status.awaited())));
        }
        if (voters.size() == 0) {
            return Optional.of(
                    "no other %s has told of a controller; a new region is begun by %s"
                            .formatted(
                                    nodes.separate() ? "node" : "broker",
                                    named(new Voters(nodes).named().subList(0, 1))));
        }
        List<Integer> voting = voters.keys().stream().map(ReplicaKey::nodeId).toList();
        if (voters.containsNode(self.nodeId()) && !voters.contains(self)) {
            return Optional.of(
                    ("another disk of this %s is one of the voters %s; this one is let in when"
                                    + " a majority of the voters is there: start %s")
                            .formatted(word(self.nodeId()), voters, named(voting)));
        }
        return Optional.of(
                "there is no controller; a majority of the voters must be there: %s"
                        .formatted(named(voting)));
    }

    private String named(List<Integer> ids) {
        return ids.stream()
                .filter(node -> node != self.nodeId() || ids.size() == 1)
                .map(this::named)
                .collect(Collectors.joining(", "));
    }

    private String named(int node) {
        return nodes.withId(node)
                .map(one -> "%s %d (%s)".formatted(word(node), one.number(), one.internal()))
                .orElse("node " + node + " (not in the file)");
    }

    private static String word(int node) {
        return ControllerId.isController(node) ? "controller" : "broker";
    }
}
