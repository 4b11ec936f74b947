package io.tombolo.broker.redirect;

import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.region.RegionId;
import io.tombolo.region.ownership.Ownership.Mode;
import io.tombolo.region.topology.FailoverPolicy;
import io.tombolo.region.topology.FailoverPolicy.Moves;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Topology;

import java.util.List;
import java.util.Optional;

/**
 * Where clients belong, by the ownership that the metadata know. A topic has its link, and so its
 * owner. A group reads what it likes: it belongs to the owner of the first link in the file whose
 * policy moves it, as every region has the same file; and so do transactional ids.
 */
final class Homes {

    private final RegionId self;
    private final List<Moving> links;

    private record Moving(LinkEntry link, List<FailoverPolicy> policies) {

        boolean moves(String group) {
            return policies.stream().anyMatch(policy -> policy.groups().includes(group));
        }
    }

    Homes(Topology topology, RegionId self) {
        this.self = self;
        this.links =
                LogicalCluster.movingLinks(topology).stream()
                        .filter(link -> link.from().equals(self) || link.to().equals(self))
                        .map(link ->
                                new Moving(
                                        link,
                                        topology.policiesOf(link.name()).stream()
                                                .filter(policy -> policy.moves() == Moves.CLIENTS)
                                                .toList()))
                        .toList();
    }

    /** Whether no link moves clients of this region: then everything is here, whatever happens. */
    boolean fixed() {
        return links.isEmpty();
    }

    /** Where a topic is written to and read from; never leaving, as its leaders tell that. */
    Home ofTopic(MetadataImage image, String topic) {
        for (Moving one : links) {
            if (homeOf(one.link(), image) instanceof Home.Away away) {
                if (moves(one.link(), image, topic)) {
                    return away;
                }
            } else if (arrives(one.link(), image, topic)) {
                return Home.ARRIVING;
            }
        }
        return Home.HERE;
    }

    /** Where a group is coordinated. */
    Home ofGroup(MetadataImage image, String group) {
        return linkOfGroup(group).map(link -> homeOf(link, image)).orElse(Home.HERE);
    }

    /** Where transactional ids are coordinated, and whose controller clients ask. */
    Home ofTransactions(MetadataImage image) {
        return links.stream().findFirst().map(one -> homeOf(one.link(), image)).orElse(Home.HERE);
    }

    /** The link that brings a topic and moves its clients; empty when none does. */
    Optional<LinkEntry> linkOf(MetadataImage image, String topic) {
        return links.stream()
                .map(Moving::link)
                .filter(link -> moves(link, image, topic))
                .findFirst();
    }

    /** The link that a group moves with; empty when it stays. */
    Optional<LinkEntry> linkOfGroup(String group) {
        return links.stream().filter(one -> one.moves(group)).map(Moving::link).findFirst();
    }

    private Home homeOf(LinkEntry link, MetadataImage image) {
        Optional<OwnershipRecord> owned = image.region().ownershipOf(link.domain());
        RegionId owner = owned.map(record -> record.ownership().owner()).orElse(link.from());
        if (!owner.equals(self)) {
            return new Home.Away(owner);
        }
        boolean leaving =
                owned.filter(record -> record.ownership().mode() == Mode.HANDOVER).isPresent();
        return leaving ? Home.LEAVING : Home.HERE;
    }

    /** Taken over, and still a mirror. */
    private boolean arrives(LinkEntry link, MetadataImage image, String topic) {
        boolean taken =
                image.region()
                        .ownershipOf(link.domain())
                        .filter(owned -> owned.ownership().tookInto(self, topic))
                        .isPresent();
        return taken && image.topics().topic(topic).flatMap(image::mirrorOf).isPresent();
    }

    /** One that is not here may be there: the link brings what its filter includes. */
    private static boolean moves(LinkEntry link, MetadataImage image, String topic) {
        Optional<TopicImage> known = image.topics().topic(topic);
        return known.isPresent()
                ? image.domainsOf(topic).contains(link.domain())
                : link.topics().includes(topic);
    }
}
