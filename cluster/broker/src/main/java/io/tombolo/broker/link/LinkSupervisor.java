package io.tombolo.broker.link;

import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.image.MetadataDelta;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.region.LinkName;
import io.tombolo.region.link.Link;
import io.tombolo.region.link.LinkHost;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.LinkProvider;
import io.tombolo.region.link.LinkSpec;
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
 * Runs the links into this region as the metadata wants them. Mutable, confined to the controller's
 * loop, which is the links' loop too.
 */
public final class LinkSupervisor {

    private final LinkPlace place;
    private final LinkSpecs specs;
    private final LinkProvider provider;
    private final Function<LinkEntry, LinkHost> hosts;
    private final Map<LinkName, Link> running = new TreeMap<>();

    /**
     * Links opened only to finish a failover that an earlier process began; they still have to hear
     * what this broker leads, which comes later than the ownership.
     */
    private final Set<LinkName> resumed = new TreeSet<>();

    /**
     * @param hosts makes the ports of a link
     */
    public LinkSupervisor(
            LinkPlace place, LinkProvider provider, Function<LinkEntry, LinkHost> hosts) {
        this.place = place;
        this.specs = new LinkSpecs(place.topology(), place.region());
        this.provider = provider;
        this.hosts = hosts;
    }

    /** Starts, changes and feeds links after an image that concerns them. */
    public void publish(MetadataDelta delta) {
        boolean concerned =
                !delta.links().isEmpty()
                        || !delta.mirrorTopics().isEmpty()
                        || !delta.ownership().isEmpty()
                        || !delta.partitions().isEmpty()
                        || !delta.topicsDeleted().isEmpty();
        if (concerned) {
            for (LinkEntry entry : place.topology().linksInto(place.region())) {
                reconcile(delta.after(), entry);
            }
        }
    }

    private void reconcile(MetadataImage image, LinkEntry entry) {
        Optional<LinkSpec> spec = specs.of(image, entry);
        boolean owned = specs.ownedHere(image, entry);
        if (owned && !running.containsKey(entry.name())) {
            resumed.add(entry.name());
        }
        // A running link whose region takes over is not told: its failover order stops it for good.
        boolean stopping = owned && !resumed.contains(entry.name());
        if (spec.isPresent() && !stopping) {
            running.computeIfAbsent(
                            entry.name(), _ -> provider.open(spec.get(), hosts.apply(entry)))
                    .reconcile(spec.get(), leadership(image, entry.name()));
        }
    }

    private LocalLeadership leadership(MetadataImage image, LinkName link) {
        var led = new TreeSet<LinkPartition>();
        for (Uuid id : image.links().topicsOf(link)) {
            Optional<TopicImage> topic = image.topics().topic(id);
            boolean mirrored =
                    image.links()
                            .mirrorTopic(id)
                            .filter(mirror -> mirror.state() != MirrorTopic.State.STOPPED)
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
        return new LocalLeadership(led, true);
    }

    /** The loop that all of this runs on. */
    EventLoop loop() {
        return place.loop();
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
