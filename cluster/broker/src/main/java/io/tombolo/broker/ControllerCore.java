package io.tombolo.broker;

import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestDispatcher;
import io.tombolo.broker.voter.ControllerAnnouncement;
import io.tombolo.broker.voter.Voters;
import io.tombolo.controller.ActiveController;
import io.tombolo.controller.MetadataListener;
import io.tombolo.environment.Environment;
import io.tombolo.environment.Invariant;
import io.tombolo.metadata.image.MetadataDelta;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.protocol.ServedApis;
import io.tombolo.raft.RaftStatus;
import io.tombolo.raft.core.RaftEvent.Room;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.storage.log.DirectoryIdentity.Refusal;

import org.apache.kafka.common.message.FetchRequestData;

import java.util.UUID;

/**
 * The parts of a controller that is no broker, and how they are wired: a seat in the quorum, the
 * metadata, and what decides about them while this one leads. Confined to its loop unless a method
 * says otherwise.
 */
public final class ControllerCore implements MetadataListener {

    private final NodeSettings.Controller settings;
    private final Observer observer;
    private final Images images = new Images();
    private final ActiveController controller;
    private final QuorumSeat quorum;
    private final ControllerAnnouncement announcement;
    private final RequestDispatcher dispatcher;

    /** Hears of what happens to a controller as a whole; on its loop. */
    public interface Observer {

        /**
         * It waits for others: nobody leads the controllers. Called again when the reason changes.
         */
        void waiting(String reason);

        /** Its disk has more or less room for the metadata log than before. */
        default void metadataRoom(Room room) {}

        /** It cannot go on; called once. */
        void failed(String reason, StartRefused.Fix fix);

        /** What is on its disk forbids it to start; called once, instead of {@code failed}. */
        default void refused(Refusal refusal) {
            failed(refusal.reason(), StartRefused.Fix.OWN_DIRECTORY);
        }
    }

    /**
     * @param directoryId of the data directory
     */
    public ControllerCore(
            NodeSettings.Controller settings,
            Environment environment,
            UUID directoryId,
            Observer observer) {
        this.settings = settings;
        this.observer = observer;
        var config = new LiveConfig(images, settings);
        this.controller =
                new ActiveController(
                        new ActiveController.Place(
                                settings.nodeId(),
                                environment.loops().loop(0),
                                environment.clock(),
                                environment.entropy()),
                        ControllerConfigs.settings(settings),
                        new ConfigRules(config),
                        this);
        this.quorum =
                new QuorumSeat(
                        settings,
                        environment,
                        new Voters.Past(directoryId, false),
                        controller,
                        images,
                        new Told());
        this.announcement = announcement(environment);
        this.dispatcher = dispatcher(environment, config);
    }

    private ControllerAnnouncement announcement(Environment environment) {
        return new ControllerAnnouncement(
                settings.nodeId(),
                Features.levels(),
                images,
                quorum.commands(),
                environment.loops().loop(0),
                reason ->
                        observer.failed(
                                "the region refuses this controller: " + reason,
                                StartRefused.Fix.RELEASE));
    }

    private RequestDispatcher dispatcher(Environment environment, LiveConfig config) {
        var handlers = new QuorumHandlers(settings, environment, images, config, quorum.raft());
        RequestDispatcher complete =
                quorum.internal(
                                handlers,
                                ServedApis.controllerListener(),
                                ControllerCore::refusePartitions)
                        .orElseThrow(() -> new Invariant.Broken("a region has brokers"));
        Invariant.check(complete.unhandled().isEmpty(), "no handler for " + complete.unhandled());
        return complete;
    }

    private static void refusePartitions(Exchange exchange, FetchRequestData body) {
        exchange.close("a controller has no partitions but the metadata log");
    }

    /** Joins the quorum. */
    public void start() {
        quorum.start();
    }

    /** What answers the other nodes of the region. */
    public RequestDispatcher dispatcher() {
        return dispatcher;
    }

    public NodeSettings.Controller settings() {
        return settings;
    }

    /** The newest metadata; callable from any thread. */
    public Images images() {
        return images;
    }

    /** The quorum as this controller sees it. */
    public RaftStatus quorum() {
        return quorum.raft().status();
    }

    /** This controller as a replica of the metadata log; callable from any thread. */
    public ReplicaKey replica() {
        return quorum.raft().self();
    }

    /**
     * Why the quorum cannot count on this controller; empty when it votes, knows who leads, and has
     * what is committed, as far as it knows.
     */
    public String trouble() {
        String waitsFor = quorum.waitsFor();
        if (!waitsFor.isEmpty()) {
            return waitsFor;
        }
        RaftStatus status = quorum();
        if (!status.leader().hasLeader()) {
            return "the metadata log is opened and checked";
        }
        if (!status.voterSet().contains(replica())) {
            return "it does not vote yet: it joins the voters when it has caught up";
        }
        if (status.logEnd().offset() < status.highWatermark()) {
            return "it fetches the metadata: %d of %d records are here"
                    .formatted(status.logEnd().offset(), status.highWatermark());
        }
        return images.current() == MetadataImage.EMPTY ? "it has not heard of the region yet" : "";
    }

    @Override
    public void published(MetadataDelta delta) {
        images.publish(delta.after());
        quorum.published(delta.after().place().offset());
        announcement.published();
    }

    @Override
    public void failed(Exception cause) {
        observer.failed("the metadata log failed: " + cause, StartRefused.Fix.METADATA_DISK);
    }

    /** Leaves the quorum; if this one leads, another one is told to stand at once. */
    public void close(Runnable done) {
        announcement.stop();
        controller.close();
        quorum.close(done);
    }

    /** Passes on what the seat says. */
    private final class Told implements QuorumSeat.Watcher {

        @Override
        public void controllerChanged() {}

        @Override
        public void waiting(String reason) {
            observer.waiting(reason);
        }

        @Override
        public void room(Room room) {
            observer.metadataRoom(room);
        }

        @Override
        public void refused(Refusal refusal) {
            observer.refused(refusal);
        }
    }
}
