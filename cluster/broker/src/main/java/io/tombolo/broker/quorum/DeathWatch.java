package io.tombolo.broker.quorum;

import io.tombolo.broker.Images;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.shard.Shards;
import io.tombolo.controller.ActiveController;
import io.tombolo.controller.command.BrokerCommand;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Network;
import io.tombolo.metadata.record.BrokerRegistration;

import org.apache.kafka.common.message.BrokerHeartbeatRequestData;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Notices that the process of a broker has ended, long before its session does. There is a
 * suspicion when the connection of its heartbeats closes, and against everybody when this
 * controller takes over, for the one before may have died as a broker too. Whoever is suspected is
 * called on its internal listener; if the connection is refused twice nobody listens there any
 * more, and the broker is fenced. A broker that only does not answer keeps its session. Mutable,
 * owned by the controller's loop.
 */
public final class DeathWatch {

    static final Duration PAUSE = Duration.ofMillis(100);

    private static final int PROBES = 2;

    private final Place place;
    private final PeerProbe probe;
    private final ActiveController controller;
    private final Images images;
    private final Map<Integer, Peer> peers = new TreeMap<>();
    private final Set<Integer> suspected = new HashSet<>();
    private boolean closed;

    /** Where it runs, and as which broker. */
    public record Place(int self, EventLoop loop, Network network) {}

    public DeathWatch(Place place, ActiveController controller, Images images, List<Peer> others) {
        this.place = place;
        this.probe = new PeerProbe(place.self(), place.loop(), place.network());
        this.controller = controller;
        this.images = images;
        others.forEach(peer -> peers.put(peer.nodeId(), peer));
    }

    /** A broker is heard on a connection; on the loop of that connection. */
    void heard(Exchange exchange, BrokerHeartbeatRequestData beat) {
        Pulse pulse = exchange.attachments().get(Pulse.class, Pulse::new);
        pulse.brokerId = beat.brokerId();
        pulse.brokerEpoch = beat.brokerEpoch();
    }

    /** This broker has been elected; its controller becomes active soon, if it does. */
    public void elected() {
        suspectAll(PeerProbe.ANSWER_MAX.dividedBy(PAUSE));
    }

    private void suspectAll(long patience) {
        if (closed || patience == 0) {
            return;
        }
        if (!controller.active()) {
            place.loop().schedule(PAUSE.toNanos(), () -> suspectAll(patience - 1));
            return;
        }
        for (int id : peers.keySet()) {
            images.current()
                    .brokers()
                    .broker(id)
                    .map(BrokerRegistration::brokerEpoch)
                    .ifPresent(epoch -> suspect(id, epoch));
        }
    }

    /** Suspects nobody any more. */
    public void close() {
        closed = true;
    }

    private void suspect(int brokerId, long brokerEpoch) {
        if (serves(brokerId, brokerEpoch) && suspected.add(brokerId)) {
            probe(brokerId, brokerEpoch, PROBES);
        }
    }

    private boolean serves(int brokerId, long brokerEpoch) {
        Optional<BrokerRegistration> known = images.current().brokers().broker(brokerId);
        return !closed
                && controller.active()
                && known.isPresent()
                && !known.get().fenced()
                && known.get().brokerEpoch() == brokerEpoch;
    }

    private void probe(int brokerId, long brokerEpoch, int probesLeft) {
        Peer peer = peers.get(brokerId);
        if (peer == null) {
            suspected.remove(brokerId);
            return;
        }
        probe.call(
                peer,
                refused -> {
                    if (refused && probesLeft > 1) {
                        place.loop()
                                .schedule(
                                        PAUSE.toNanos(),
                                        () -> probe(brokerId, brokerEpoch, probesLeft - 1));
                        return;
                    }
                    suspected.remove(brokerId);
                    if (refused && serves(brokerId, brokerEpoch)) {
                        controller.submit(
                                new BrokerCommand.FenceBroker(brokerId, brokerEpoch), _ -> {});
                    }
                });
    }

    /** Whose heartbeats come on a connection. */
    private final class Pulse implements AutoCloseable {

        private int brokerId;
        private long brokerEpoch;

        @Override
        public void close() {
            int lost = brokerId;
            long epoch = brokerEpoch;
            Shards.run(place.loop(), () -> suspect(lost, epoch));
        }
    }
}
