package io.tombolo.broker;

import io.tombolo.broker.quorum.ControllerRoute;
import io.tombolo.broker.quorum.DeathWatch;
import io.tombolo.broker.quorum.Forwarding;
import io.tombolo.broker.quorum.InternalHandlers;
import io.tombolo.broker.quorum.Peer;
import io.tombolo.broker.quorum.PeerProbe;
import io.tombolo.broker.quorum.Peers;
import io.tombolo.broker.quorum.Published;
import io.tombolo.broker.quorum.QuorumTransport;
import io.tombolo.broker.request.RequestDispatcher;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.broker.shard.Gathering;
import io.tombolo.broker.shard.Shards;
import io.tombolo.broker.voter.Patience;
import io.tombolo.broker.voter.Voters;
import io.tombolo.controller.ActiveController;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Command;
import io.tombolo.environment.Environment;
import io.tombolo.environment.EventLoop;
import io.tombolo.protocol.ServedApis;
import io.tombolo.raft.RaftListener;
import io.tombolo.raft.RaftNode;
import io.tombolo.raft.RaftStatus;
import io.tombolo.raft.RaftTransport;
import io.tombolo.raft.core.LeaderAndEpoch;
import io.tombolo.raft.core.LogBatch;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.core.RaftEvent.Room;
import io.tombolo.raft.core.RaftSettings;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterSet;
import io.tombolo.storage.directory.DirectoryPaths;
import io.tombolo.storage.log.DirectoryIdentity.Refusal;

import org.apache.kafka.common.message.FetchRequestData;

import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * The place of a broker or controller in the quorum of its region: the replica of the metadata log,
 * the connections to the other nodes, and the way to the active controller. The only node of a
 * region is its own quorum and connects to nobody. Confined to the controller's loop unless a
 * method says otherwise.
 */
final class QuorumSeat {

    private static final String METADATA_LOG = "__cluster_metadata-0";
    private static final long PATIENCE_NANOS = Duration.ofSeconds(3).toNanos();
    private static final String OTHERS_VOTE =
            "the file has this broker alone and the metadata log has more voters; put the others"
                    + " back into the file, or first take their votes away while a majority of them"
                    + " runs (kafka-metadata-quorum remove-controller)";

    private final NodeSettings settings;
    private final Voters.Past past;
    private final EventLoop loop;
    private final ActiveController controller;
    private final Images images;
    private final Voters voters;
    private final Watcher watcher;
    private final Published published;
    private final RaftNode raft;
    private final Optional<Region> region;
    private final PeerProbe probe;
    private boolean closed;

    /** Hears of what happens to the quorum; on the loop. */
    interface Watcher {

        /** Another node is the active controller now, or none. */
        void controllerChanged();

        /** For whom this node waits while there is no controller; a sentence for people. */
        void waiting(String reason);

        /** The disk has more or less room for the metadata log than before. */
        void room(Room room);

        /** This node must not take part, and has left. */
        void refused(Refusal refusal);
    }

    /** What there is only in a region of several nodes. */
    private record Region(
            Peers peers, QuorumTransport transport, ControllerRoute route, DeathWatch deaths) {}

    QuorumSeat(
            NodeSettings settings,
            Environment environment,
            Voters.Past past,
            ActiveController controller,
            Images images,
            Watcher watcher) {
        this.settings = settings;
        this.past = past;
        this.loop = environment.loops().loop(0);
        this.controller = controller;
        this.images = images;
        this.watcher = watcher;
        this.voters = new Voters(settings.region().nodes());
        this.published = new Published(loop);
        this.probe = new PeerProbe(settings.nodeId(), loop, environment.network());
        boolean alone = settings.region().nodes().all().size() == 1;
        this.region = alone ? Optional.empty() : Optional.of(region(environment));
        this.raft =
                new RaftNode(
                        alone
                                ? alone(past.directoryId())
                                : voters.member(clusterId(), settings.self(), past),
                        new RaftNode.Place(
                                loop,
                                environment.clock(),
                                environment.entropy(),
                                environment.offload(),
                                environment.disk(),
                                settings.metadataDirectory()
                                        .resolve(DirectoryPaths.METADATA_FOLDER)
                                        .resolve(METADATA_LOG)),
                        RaftSettings.STANDARD,
                        region.<RaftTransport>map(Region::transport)
                                .orElse(_ -> {
                                    throw new IllegalStateException(OTHERS_VOTE);
                                }),
                        new LeaderWatch());
        region.ifPresent(several -> several.transport().attach(raft));
        controller.attach(raft);
    }

    /** Joins the quorum. */
    void start() {
        raft.start();
        loop.schedule(PATIENCE_NANOS, () -> watch(""));
    }

    /** Whoever has lost its metadata tells the others so for a while before it gives up. */
    private void watch(String told) {
        if (closed) {
            return;
        }
        String reason = waitsFor();
        if (reason.equals(Patience.LOST.reason()) && told.equals(reason)) {
            // What is put back must not find an empty log in its place.
            raft.withdraw(() -> {});
            watcher.refused(Patience.LOST);
            return;
        }
        if (!reason.isEmpty() && !reason.equals(told)) {
            watcher.waiting(reason);
        }
        loop.schedule(PATIENCE_NANOS, () -> watch(reason));
    }

    /** Takes no part; callable before it has begun to. */
    private void refuse(Refusal refusal) {
        raft.close(() -> {});
        watcher.refused(refusal);
    }

    /** For whom this node waits while there is no controller; empty when there is one. */
    String waitsFor() {
        var patience = new Patience(raft.self(), settings.region().nodes());
        return patience.reason(raft.status()).orElse("");
    }

    private Region region(Environment environment) {
        int self = settings.nodeId();
        var peers = new Peers(environment, self, others(settings));
        var route =
                new ControllerRoute(
                        new ControllerRoute.Place(
                                self,
                                clusterId(),
                                loop,
                                environment.clock(),
                                environment.entropy()),
                        controller,
                        () -> raft().leader(),
                        peers,
                        published);
        var transport =
                new QuorumTransport(self, clusterId(), loop, peers, RaftSettings.STANDARD.timing());
        var deaths =
                new DeathWatch(
                        new DeathWatch.Place(self, loop, environment.network()),
                        controller,
                        images,
                        others(settings));
        return new Region(peers, transport, route, deaths);
    }

    /** The other nodes of the region, as the file has them. */
    static List<Peer> others(NodeSettings settings) {
        String clusterId = settings.clusterId().toString();
        return settings.region().nodes().all().stream()
                .filter(node -> node.nodeId() != settings.nodeId())
                .map(node -> new Peer(clusterId, node.nodeId(), node.internal()))
                .toList();
    }

    private RaftNode.Membership alone(UUID directoryId) {
        var self = new ReplicaKey(settings.nodeId(), directoryId);
        return new RaftNode.Membership(clusterId(), self, VoterSet.ofKeys(self));
    }

    private String clusterId() {
        return settings.clusterId().toString();
    }

    RaftNode raft() {
        return raft;
    }

    /** The way to the active controller, wherever it is; callable from any thread. */
    Commands commands() {
        return region.<Commands>map(Region::route).orElse(this::decideHere);
    }

    /** The way of clients' requests to the active controller. */
    Forwarding forwarding() {
        return new Forwarding(commands(), region.map(Region::route));
    }

    /** Has a command decided here; refused when the controller is not active here. */
    <A> void decideHere(Command<A> command, EventLoop replyTo, Consumer<Answer<A>> answered) {
        Shards.run(
                loop,
                () ->
                        controller.submit(
                                command,
                                answer -> Shards.run(replyTo, () -> answered.accept(answer))));
    }

    /**
     * What answers the other nodes about the quorum and the controller; empty when there are none.
     *
     * @param topicFetch answers fetches of partitions
     */
    Optional<RequestDispatcher> internal(
            QuorumHandlers handlers, ServedApis apis, RequestHandler<FetchRequestData> topicFetch) {
        return region.map(several ->
                handlers.internal(
                        apis,
                        new InternalHandlers(
                                new InternalHandlers.Place(clusterId(), loop),
                                controller,
                                images,
                                several.transport(),
                                several.deaths(),
                                topicFetch,
                                handlers.enveloped(this::decideHere))));
    }

    /** The connections to the other nodes; empty when there are none. */
    Optional<Peers> peers() {
        return region.map(Region::peers);
    }

    /** Metadata up to an offset is published on this broker. */
    void published(long offset) {
        published.reached(offset);
    }

    /** Whether other nodes go on when this one leaves. */
    boolean several() {
        return region.isPresent();
    }

    /**
     * Finds out whether a controller can be elected: most voters have neither said that they stop
     * nor is nobody there where they listen.
     *
     * @param answer called now or later, on the loop
     */
    void controllerPossible(Consumer<Boolean> answer) {
        Set<Integer> left = new HashSet<>();
        raft.status().voterSet().keys().forEach(voter -> left.add(voter.nodeId()));
        int needed = left.size() / 2 + 1;
        left.removeIf(this::hasStopped);
        List<Peer> others =
                others(settings).stream().filter(peer -> left.contains(peer.nodeId())).toList();
        int known = left.size() - others.size();
        if (left.size() < needed || others.isEmpty()) {
            answer.accept(left.size() >= needed);
            return;
        }
        var there =
                new Gathering<Boolean>(
                        others.size(),
                        refused ->
                                answer.accept(
                                        known + Collections.frequency(refused, false) >= needed));
        for (int index = 0; index < others.size(); index++) {
            int place = index;
            probe.call(others.get(index), refused -> there.fill(place, refused));
        }
    }

    private boolean hasStopped(int voter) {
        return images.current()
                .brokers()
                .broker(voter)
                .filter(one -> one.fenced() && one.shuttingDown())
                .isPresent();
    }

    /** Leaves the quorum. */
    void close(Runnable done) {
        closed = true;
        region.ifPresent(several -> {
            several.route().close();
            several.deaths().close();
        });
        raft.close(() -> {
            region.ifPresent(several -> several.peers().close());
            done.run();
        });
    }

    /** Tells the controller everything, and everybody else who leads. */
    private final class LeaderWatch implements RaftListener {

        @Override
        public void onOpened(RaftStatus status) {
            boolean lost =
                    past.heldLogs()
                            && region.isEmpty()
                            && status.logEnd().equals(OffsetAndEpoch.ZERO);
            voters.objection(status.voterSet())
                    .or(() -> lost ? Optional.of(Patience.LOST) : Optional.empty())
                    .ifPresent(QuorumSeat.this::refuse);
        }

        @Override
        public void onCommit(LogBatch batch) {
            controller.onCommit(batch);
            region.ifPresent(several -> several.route().receipts().committed(batch));
        }

        @Override
        public void onSnapshotBegun(OffsetAndEpoch id) {
            controller.onSnapshotBegun(id);
        }

        @Override
        public void onSnapshotRecords(List<byte[]> records) {
            controller.onSnapshotRecords(records);
        }

        @Override
        public void onSnapshotEnded(OffsetAndEpoch id) {
            controller.onSnapshotEnded(id);
            region.ifPresent(several -> several.route().receipts().restored(id.epoch()));
        }

        @Override
        public void onLeaderChange(LeaderAndEpoch leader) {
            images.controllerIs(leader.leaderId());
            controller.onLeaderChange(leader);
            if (leader.leaderId() == settings.nodeId()) {
                region.ifPresent(several -> several.deaths().elected());
            }
            watcher.controllerChanged();
        }

        @Override
        public void onRoom(Room room) {
            controller.onRoom(room);
            watcher.room(room);
        }

        @Override
        public void onFault(Exception cause) {
            controller.onFault(cause);
        }
    }
}
