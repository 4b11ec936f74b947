package io.tombolo.broker.quorum;

import io.tombolo.environment.Environment;

import org.apache.kafka.common.protocol.ApiKeys;

import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The connections to the other brokers of the region: one per broker and purpose, so that a fetch
 * that waits for news holds back neither a vote nor a heartbeat. Mutable; owned by the controller's
 * loop.
 */
public final class Peers {

    /** What a connection is for; a broker answers the requests of each one after the other. */
    public enum Purpose {
        /** Fetches of the metadata log, which wait for news. */
        FETCH,
        /** Elections. */
        ELECTION,
        /** Heartbeats of this broker. */
        HEARTBEAT,
        /** What is asked of the active controller. */
        COMMAND,
        /** Whether a partition is part of a transaction, asked of its coordinator. */
        TRANSACTIONS,
        /** Markers of transactions, which wait until all replicas in sync have them. */
        MARKERS,
        /** Changes of voters, which wait until a replica has caught up. */
        VOTERS;

        /** What carries a client's request to the controller. */
        static Purpose of(ApiKeys api) {
            return api == ApiKeys.ADD_RAFT_VOTER || api == ApiKeys.REMOVE_RAFT_VOTER
                    ? VOTERS
                    : COMMAND;
        }
    }

    private final PeerChannel.Place place;
    private final Map<Integer, Peer> byId = new TreeMap<>();
    private final Map<Integer, Map<Purpose, PeerChannel>> channels = new TreeMap<>();

    /**
     * @param self this broker's node id
     */
    public Peers(Environment environment, int self, Collection<Peer> others) {
        this.place =
                new PeerChannel.Place(
                        environment.loops().loop(0),
                        environment.clock(),
                        environment.network(),
                        "broker-" + self);
        others.forEach(peer -> byId.put(peer.nodeId(), peer));
    }

    /**
     * Calls a broker of the region.
     *
     * @param done called exactly once, never before this returns
     */
    public void call(int nodeId, Purpose purpose, PeerCall call, Consumer<PeerCall.Result> done) {
        Peer peer = byId.get(nodeId);
        if (peer == null) {
            place.loop()
                    .execute(() ->
                            done.accept(
                                    new PeerCall.Result.Failed(
                                            false, "the topology has no broker " + nodeId)));
            return;
        }
        channels.computeIfAbsent(nodeId, _ -> new EnumMap<>(Purpose.class))
                .computeIfAbsent(purpose, _ -> new PeerChannel(place, peer))
                .call(call, done);
    }

    /** Closes every connection; later calls fail. */
    public void close() {
        byId.clear();
        channels.values().forEach(each -> each.values().forEach(PeerChannel::close));
    }
}
