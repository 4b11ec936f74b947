package io.tombolo.broker;

import io.tombolo.broker.board.Standings;
import io.tombolo.broker.link.LinkSupervisor;
import io.tombolo.broker.link.RegionPeers;
import io.tombolo.broker.link.RegionStatus;
import io.tombolo.controller.command.RegionCommand;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.region.BrokerId;
import io.tombolo.region.RegionId;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.ownership.OwnershipLedger;
import io.tombolo.region.registry.RegionDocument;
import io.tombolo.region.registry.RegionRegistry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Tells the other regions what this one knows, and keeps what they know of ownership. Every broker
 * of the region does both: a document is numbered by the place in the metadata log that it was made
 * from, so whichever broker is asked, no region goes back to what it knew before; and what is heard
 * goes to the controller only when the metadata do not know it yet, where hearing it twice does no
 * harm. Mutable, confined to the controller's loop.
 */
final class OwnershipExchange {

    private static final long PUBLISH_NANOS = Duration.ofSeconds(1).toNanos();

    private final BrokerSettings settings;
    private final RegionRegistry registry;
    private final Images images;
    private final LinkSupervisor links;
    private final Commands commands;
    private final EventLoop loop;
    private final RegionPeers peers;
    private final Standings standings;
    private final String fingerprint;
    private final Set<RegionId> heard = new HashSet<>();
    private boolean started;
    private boolean stopped;

    /**
     * What is told of links: those of this broker, and what the other brokers told of theirs; and
     * how the brokers are.
     */
    record Told(LinkSupervisor links, RegionPeers peers, Standings standings) {}

    OwnershipExchange(
            BrokerSettings settings,
            RegionRegistry registry,
            Images images,
            Told told,
            Commands commands,
            EventLoop loop) {
        this.settings = settings;
        this.registry = registry;
        this.images = images;
        this.links = told.links();
        this.peers = told.peers();
        this.standings = told.standings();
        this.fingerprint = settings.topology().fingerprint();
        this.commands = commands;
        this.loop = loop;
    }

    void start() {
        started = true;
        registry.subscribe(loop, this::observe);
        publish();
    }

    private void publish() {
        if (stopped) {
            return;
        }
        announce();
        loop.schedule(PUBLISH_NANOS, this::publish);
    }

    /**
     * Shows the newest document at once: whoever asks after a change of owner must not read of the
     * owner before.
     */
    void announce() {
        if (started && !stopped) {
            registry.publish(document(images.current()));
        }
    }

    private RegionDocument document(MetadataImage image) {
        var place = image.place();
        return new RegionDocument(
                settings.region().id(),
                new RegionDocument.Version(Math.max(0, place.epoch()), Math.max(0, place.offset())),
                brokers(image),
                ownerships(image),
                progress(image),
                fingerprint);
    }

    /** The brokers that are up, this one in any case. */
    private List<RegionDocument.Broker> brokers(MetadataImage image) {
        Map<BrokerId, RegionDocument.Standing> told = standings.lately();
        return settings.region().brokers().stream()
                .filter(broker ->
                        broker.id().equals(settings.id())
                                || image.brokers()
                                        .broker(broker.id().value())
                                        .filter(registered -> !registered.fenced())
                                        .isPresent())
                .map(broker ->
                        new RegionDocument.Broker(
                                broker.id(),
                                broker.kafka(),
                                broker.admin(),
                                Optional.ofNullable(told.get(broker.id()))))
                .toList();
    }

    private List<RegionDocument.LinkProgress> progress(MetadataImage image) {
        var all = new ArrayList<>(links.statuses());
        all.addAll(peers.links());
        var region = new RegionStatus(all, image);
        return links.entries().stream()
                .flatMap(link -> region.of(link.name()).stream())
                .map(status ->
                        new RegionDocument.LinkProgress(
                                status.name(), status.state(), status.lag()))
                .toList();
    }

    private static List<Ownership> ownerships(MetadataImage image) {
        return image.region().ownership().values().stream()
                .map(OwnershipRecord::ownership)
                .toList();
    }

    private void observe(RegionDocument document) {
        var known = OwnershipLedger.of(ownerships(images.current()));
        if (known.observe(document.ownerships()).isEmpty()) {
            heard.add(document.region());
            return;
        }
        commands.submit(
                new RegionCommand.ObserveOwnership(
                        document.ownerships(), "seen in the document of " + document.region()),
                loop,
                _ -> heard.add(document.region()));
    }

    /** Regions whose ownership records have been judged, and kept where they were news. */
    int heardCount() {
        return heard.size();
    }

    void stop() {
        stopped = true;
    }
}
