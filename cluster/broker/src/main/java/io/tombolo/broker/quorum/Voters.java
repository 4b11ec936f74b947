package io.tombolo.broker.quorum;

import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterSet;
import io.tombolo.region.topology.Region;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;

/**
 * Who votes in a new region: the first 1, 3 or 5 of up to 2, up to 4, or more brokers. The others
 * observe. From the first epoch on the log itself names the voters.
 *
 * @param clusterId of the region
 */
public record Voters(String clusterId, List<Region.Broker> brokers) {

    public Voters {
        brokers = List.copyOf(brokers);
    }

    static int count(int brokerCount) {
        return brokerCount <= 2 ? 1 : brokerCount <= 4 ? 3 : 5;
    }

    /** The voters that every broker of a new region starts with, by the same rule. */
    public VoterSet first() {
        return VoterSet.ofKeys(
                brokers.stream()
                        .limit(count(brokers.size()))
                        .map(broker -> keyOf(broker.id().value()))
                        .toArray(ReplicaKey[]::new));
    }

    /**
     * A broker as a replica of the metadata log. Its directory id follows from the names of cluster
     * and broker, so that all know it before anybody was heard of.
     */
    public ReplicaKey keyOf(int nodeId) {
        String seed = "tombolo/" + clusterId + "/voter/" + nodeId;
        return new ReplicaKey(
                nodeId, UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8)));
    }
}
