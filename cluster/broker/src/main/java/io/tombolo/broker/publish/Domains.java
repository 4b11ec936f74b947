package io.tombolo.broker.publish;

import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Topology;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * To which ownership domains topics belong, and who may write to them: those that the metadata
 * know, and those of the links in the file that are not in the metadata yet.
 */
public record Domains(Topology topology, RegionId region) {

    /** The domains a topic changes hands with; none for a topic that no link copies. */
    public Set<DomainName> of(MetadataImage image, TopicImage topic) {
        return of(image, topic.name());
    }

    /** The same of a topic that may not exist yet. */
    Set<DomainName> of(MetadataImage image, String topic) {
        return any(image) ? domains(image, topic) : Set.of();
    }

    /** Whether there may be any at all. */
    boolean any(MetadataImage image) {
        return !topology.links().isEmpty()
                || !image.links().byName().isEmpty()
                || !image.links().mirrorTopics().isEmpty()
                || !image.region().ownership().isEmpty();
    }

    private Set<DomainName> domains(MetadataImage image, String topic) {
        var domains = new LinkedHashSet<DomainName>(image.domainsOf(topic));
        for (LinkEntry link : topology.links().values()) {
            boolean known = image.links().link(link.name()).isPresent();
            if (!known && link.from().equals(region) && link.topics().includes(topic)) {
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
}
