package io.tombolo.broker.voter;

import io.tombolo.environment.Endpoint;
import io.tombolo.raft.RaftNode;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterSet;
import io.tombolo.region.topology.Region;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Who votes in a region: the first 1, 3 or 5 of up to 2, up to 4, or more brokers. The others
 * observe. Who that is at a time stands in the metadata log itself; the file decides who begins a
 * new region, and who joins the voters by itself when there are more of them than there were.
 */
public record Voters(List<Region.Broker> brokers) {

    /** Where voters are reached, as the log names it. */
    public static final String LISTENER = "INTERNAL";

    public Voters {
        brokers = List.copyOf(brokers);
    }

    static int count(int brokerCount) {
        return brokerCount <= 2 ? 1 : brokerCount <= 4 ? 3 : 5;
    }

    /** The node ids of those that vote by this file. */
    public List<Integer> named() {
        return brokers.stream()
                .limit(count(brokers.size()))
                .map(broker -> broker.id().value())
                .toList();
    }

    /**
     * What a broker joins its region with. Nobody is a voter because of the file alone: a replica
     * is known by its directory, and which directories there are must be asked.
     *
     * @param directoryId of the data directory, where older versions had no other id
     */
    public RaftNode.Membership member(Region.Broker self, UUID directoryId) {
        int node = self.id().value();
        var enrolment =
                new VoterSet.Enrolment(
                        new TreeMap<>(Map.<String, Endpoint>of(LISTENER, self.internal())),
                        VoterSet.Versions.SUPPORTED,
                        named().contains(node),
                        brokers.stream().map(broker -> broker.id().value()).toList(),
                        named());
        return new RaftNode.Membership(
                new ReplicaKey(node, directoryId), VoterSet.UNKNOWN, enrolment, true);
    }
}
