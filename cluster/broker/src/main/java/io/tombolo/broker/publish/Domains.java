package io.tombolo.broker.publish;

import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.MirrorRegistration;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Topology;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * To which ownership domains topics belong, and who may write to them. At the source of a link a
 * topic belongs to the link's domain when the link's filter includes it; at the destination when it
 * is, or was, mirrored by the link.
 */
public record Domains(Topology topology, RegionId region) {

    /** The domains a topic changes hands with; none for a topic that no link copies. */
    public Set<DomainName> of(MetadataImage image, TopicImage topic) {
        var domains = new LinkedHashSet<DomainName>();
        image.links()
                .mirrorTopic(topic.id())
                .map(MirrorRegistration::domain)
                .ifPresent(domains::add);
        for (LinkEntry link : topology.links().values()) {
            if (link.from().equals(region) && link.topics().includes(topic.name())) {
                domains.add(link.domain());
            }
        }
        return domains;
    }

    /** The ownership that keeps this region from writing to a topic; empty when it may. */
    public Optional<OwnershipRecord> fencedBy(MetadataImage image, TopicImage topic) {
        for (DomainName domain : of(image, topic)) {
            Optional<OwnershipRecord> owned = image.region().ownershipOf(domain);
            if (owned.isPresent() && !owned.get().ownership().lets(region)) {
                return owned;
            }
        }
        return Optional.empty();
    }

    /** Whether the topic is a mirror that only its link may write to. */
    public static Optional<MirrorRegistration> mirrorOf(MetadataImage image, TopicImage topic) {
        return image.links()
                .mirrorTopic(topic.id())
                .filter(mirror -> mirror.state() != MirrorTopic.State.STOPPED);
    }
}
