package io.tombolo.broker.link;

import io.tombolo.broker.Images;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.image.MetadataDelta;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.region.LinkName;
import io.tombolo.region.link.Link;
import io.tombolo.region.link.LinkHost;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.LinkProvider;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.LocalLeadership;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.topology.LinkEntry;

import org.apache.kafka.common.Uuid;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Runs the links into this region as the metadata wants them. Every broker of a region runs each of
 * them, and copies the partitions that it leads; what concerns a link as a whole is done by one of
 * them ({@link Images#leadBrokerId}). Mutable, confined to the controller's loop, which is the
 * links' loop too.
 */
public final class LinkSupervisor {

    private final LinkPlace place;
    private final LinkSpecs specs;
    private final LinkProvider provider;
    private final Function<LinkEntry, LinkHost> hosts;
    private final Images images;
    private final Map<LinkName, Link> running = new TreeMap<>();

    /** Running links that were ended because this region has taken over: they never copy again. */
    private final Set<LinkName> ended = new TreeSet<>();

    private boolean coordinates;

    /**
     * @param hosts makes the ports of a link
     */
    public LinkSupervisor(
            LinkPlace place,
            LinkProvider provider,
            Function<LinkEntry, LinkHost> hosts,
            Images images) {
        this.place = place;
        this.specs = new LinkSpecs(place.topology(), place.region());
        this.provider = provider;
        this.hosts = hosts;
        this.images = images;
    }

    /** Starts, changes and feeds links after an image that concerns them. */
    public void publish(MetadataDelta delta) {
        boolean concerned =
                !delta.links().isEmpty()
                        || !delta.mirrorTopics().isEmpty()
                        || !delta.ownership().isEmpty()
                        || leadsOthers(delta)
                        || coordinates != isLeadBroker()
                        || !delta.topicsDeleted().isEmpty();
        if (concerned) {
            reconcileAll(delta.after());
        }
    }

    /** Whether this broker leads other partitions of mirror topics than before. */
    private boolean leadsOthers(MetadataDelta delta) {
        for (PartitionId id : delta.partitions()) {
            boolean mirrored = delta.after().links().mirrorTopic(id.topicId()).isPresent();
            if (mirrored && leads(delta.before(), id) != leads(delta.after(), id)) {
                return true;
            }
        }
        return false;
    }

    private boolean leads(MetadataImage image, PartitionId id) {
        return image.topics()
                .partition(id)
                .filter(partition -> partition.leader() == place.brokerId())
                .isPresent();
    }

    /** Another broker is the active controller now, or this one is. */
    public void controllerChanged() {
        reconcileAll(images.current());
    }

    private boolean isLeadBroker() {
        return images.leadBrokerId() == place.brokerId();
    }

    private void reconcileAll(MetadataImage image) {
        coordinates = isLeadBroker();
        List<LinkEntry> entries = place.linksInto(image);
        closeAllBut(entries);
        for (LinkEntry entry : entries) {
            reconcile(image, entry);
        }
    }

    /** What was removed copies no more; its mirrors stay as they are. */
    private void closeAllBut(List<LinkEntry> entries) {
        var left = new TreeMap<>(running);
        entries.forEach(entry -> left.remove(entry.name()));
        left.forEach((name, link) -> {
            link.close();
            running.remove(name);
            ended.remove(name);
        });
    }

    private void reconcile(MetadataImage image, LinkEntry entry) {
        LinkName name = entry.name();
        if (specs.ownedHere(image, entry)) {
            // A running link is not told of it: the order to fail over ends it for good.
            if (running.containsKey(name)) {
                ended.add(name);
            }
            return;
        }
        if (ended.remove(name)) {
            // The topics have gone to another region again.
            Optional.ofNullable(running.remove(name)).ifPresent(Link::close);
        }
        specs.of(image, entry)
                .ifPresent(spec ->
                        running.computeIfAbsent(name, _ -> provider.open(spec, hosts.apply(entry)))
                                .reconcile(spec, leadership(image, name)));
    }

    private LocalLeadership leadership(MetadataImage image, LinkName link) {
        var led = new TreeSet<LinkPartition>();
        for (Uuid id : image.links().topicsOf(link)) {
            Optional<TopicImage> topic = image.topics().topic(id);
            boolean mirrored =
                    image.links()
                            .mirrorTopic(id)
                            .filter(mirror -> mirror.state() != MirrorTopic.State.STOPPED)
                            .filter(mirror -> mirror.state() != MirrorTopic.State.RETURNING)
                            .isPresent();
            if (topic.isPresent() && mirrored) {
                topic.get()
                        .partitions()
                        .forEach((index, partition) -> {
                            if (partition.leader() == place.brokerId()) {
                                led.add(new LinkPartition(id, topic.get().name(), index));
                            }
                        });
            }
        }
        return new LocalLeadership(led, coordinates);
    }

    /** The loop that all of this runs on. */
    public EventLoop loop() {
        return place.loop();
    }

    /** The links into this region by now, running or not. */
    public List<LinkEntry> entries() {
        return place.linksInto(images.current());
    }

    /** The running link of this name. */
    public Optional<Link> find(LinkName name) {
        return Optional.ofNullable(running.get(name));
    }

    /**
     * What every link into this region is doing, by name; links that never started are left out.
     */
    public List<LinkStatus> statuses() {
        return running.values().stream().map(Link::status).toList();
    }

    /** The ownership epoch of a link's domain, 0 for none. */
    static long ownershipEpoch(MetadataImage image, LinkEntry entry) {
        return image.region().ownershipOf(entry.domain()).map(OwnershipRecord::epoch).orElse(0L);
    }

    /** Closes all links. */
    public void close() {
        running.values().forEach(Link::close);
        running.clear();
    }
}
