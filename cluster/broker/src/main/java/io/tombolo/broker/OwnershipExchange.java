package io.tombolo.broker;

import io.tombolo.broker.link.LinkSupervisor;
import io.tombolo.controller.command.RegionCommand;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.registry.RegionDocument;
import io.tombolo.region.registry.RegionRegistry;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Tells the other regions what this one knows, and keeps what they know of ownership. Mutable,
 * confined to the controller's loop.
 */
final class OwnershipExchange {

    private static final long PUBLISH_NANOS = Duration.ofSeconds(1).toNanos();

    private final BrokerSettings settings;
    private final RegionRegistry registry;
    private final Images images;
    private final LinkSupervisor links;
    private final Commands commands;
    private final EventLoop loop;
    private RegionDocument.Version version = new RegionDocument.Version(0, 0);
    private final Set<RegionId> heard = new HashSet<>();
    private boolean stopped;

    OwnershipExchange(
            BrokerSettings settings,
            RegionRegistry registry,
            Images images,
            LinkSupervisor links,
            Commands commands,
            EventLoop loop) {
        this.settings = settings;
        this.registry = registry;
        this.images = images;
        this.links = links;
        this.commands = commands;
        this.loop = loop;
    }

    /**
     * @param incarnation larger than that of every earlier start of this region
     */
    void start(long incarnation) {
        version = new RegionDocument.Version(incarnation, 0);
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
        if (stopped || version.incarnation() == 0) {
            return; // over, or not begun
        }
        version = version.next();
        registry.publish(document(images.current()));
    }

    private RegionDocument document(MetadataImage image) {
        return new RegionDocument(
                settings.region().id(),
                version,
                List.of(
                        new RegionDocument.Broker(
                                settings.id(), settings.self().kafka(), settings.self().admin())),
                ownerships(image),
                links.statuses().stream()
                        .map((LinkStatus status) ->
                                new RegionDocument.LinkProgress(
                                        status.name(), status.state(), status.lag()))
                        .toList());
    }

    private static List<Ownership> ownerships(MetadataImage image) {
        return image.region().ownership().values().stream()
                .map(OwnershipRecord::ownership)
                .toList();
    }

    private void observe(RegionDocument document) {
        if (document.ownerships().isEmpty()) {
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
