package io.tombolo.broker.voter;

import io.tombolo.raft.RaftStatus;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.region.topology.Region;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a broker without a controller waits for, in words for whoever started it. Pure.
 *
 * @param self this broker as a replica
 * @param brokers all of the region
 */
public record Patience(ReplicaKey self, List<Region.Broker> brokers) {

    public Patience {
        brokers = List.copyOf(brokers);
    }

    /** The reason to wait; empty when a leader is known. */
    public Optional<String> reason(RaftStatus status) {
        if (status.leader().hasLeader()) {
            return Optional.empty();
        }
        var voters = status.voterSet();
        if (!status.awaited().isEmpty()) {
            return Optional.of(
                    ("a new region begins when all its brokers have been there together once, each"
                                    + " with an empty disk; not heard of, or not empty: %s")
                            .formatted(named(status.awaited())));
        }
        if (voters.size() == 0) {
            return Optional.of(
                    "no other broker has told of a controller; a new region is begun by %s"
                            .formatted(named(new Voters(brokers).named().subList(0, 1))));
        }
        List<Integer> nodes = voters.keys().stream().map(ReplicaKey::nodeId).toList();
        if (voters.containsNode(self.nodeId()) && !voters.contains(self)) {
            return Optional.of(
                    ("another disk of this broker is one of the voters %s; this one is let in when"
                                    + " a majority of the voters is there: start %s")
                            .formatted(voters, named(nodes)));
        }
        return Optional.of(
                "there is no controller; a majority of the voters must be there: %s"
                        .formatted(named(nodes)));
    }

    private String named(List<Integer> nodes) {
        return nodes.stream()
                .filter(node -> node != self.nodeId() || nodes.size() == 1)
                .map(this::named)
                .collect(Collectors.joining(", "));
    }

    private String named(int node) {
        return brokers.stream()
                .filter(broker -> broker.id().value() == node)
                .map(broker -> "broker %d (%s)".formatted(broker.number(), broker.internal()))
                .findFirst()
                .orElse("node " + node + " (not in the file)");
    }
}
