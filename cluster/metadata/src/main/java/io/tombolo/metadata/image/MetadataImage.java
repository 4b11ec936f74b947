package io.tombolo.metadata.image;

import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.NameFilter;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.ownership.Takeover;

import org.apache.kafka.common.Uuid;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All metadata of a region after the record at {@code place} of its metadata log. Immutable.
 *
 * @param place the last record that is in
 */
public record MetadataImage(
        LogPlace place,
        RegionImage region,
        BrokersImage brokers,
        TopicsImage topics,
        ConfigsImage configs,
        LinksImage links) {

    /** The image before the first record. */
    public static final MetadataImage EMPTY =
            new MetadataImage(
                    LogPlace.START,
                    RegionImage.EMPTY,
                    BrokersImage.EMPTY,
                    TopicsImage.EMPTY,
                    ConfigsImage.EMPTY,
                    LinksImage.EMPTY);

    /**
     * The image after more records; this one stays as it is. Costs O(k log n) for k records.
     *
     * @param records in log order; how a run of records is split into calls does not matter
     * @param last the place of the last of them, beyond {@link #place}
     * @throws IllegalStateException when a record contradicts the image, such as a change of a
     *     partition that does not exist: the log or this program is broken
     */
    public Applied apply(List<MetadataRecord> records, LogPlace last) {
        var replay = new Replay(this);
        records.forEach(replay::apply);
        return replay.finish(last);
    }

    /** The mirror that a topic is; empty when it never was one, or has been stopped. */
    public Optional<MirrorRegistration> mirrorOf(TopicImage topic) {
        return links.mirrorTopic(topic.id()).filter(mirror -> !mirror.writable());
    }

    /**
     * Whether a mirror stays behind when its region takes over the topics of its link: the filter
     * in force does not include its name, so its source is not kept from writing to it. Once they
     * are taken over it is the filter that was in force then, whatever became of it since.
     */
    public boolean leavesOut(MirrorRegistration mirror) {
        return !mirror.writable()
                && topics.topic(mirror.topicId())
                        .filter(topic -> movingNames(mirror).includes(topic.name()))
                        .isEmpty();
    }

    private NameFilter movingNames(MirrorRegistration mirror) {
        Optional<LinkRegistration> link = links.link(mirror.link());
        return region.ownershipOf(mirror.domain())
                .map(OwnershipRecord::ownership)
                .filter(owned -> link.filter(one -> one.fills(owned.owner())).isPresent())
                .flatMap(Ownership::takeover)
                .map(Takeover::topics)
                .or(() -> link.map(one -> one.entry().copies()))
                .orElse(NameFilter.of());
    }

    /** The mirrors that a region takes over with a link, and those that it has taken over. */
    public List<MirrorRegistration> movingWith(LinkName link) {
        return links.topicsOf(link).stream()
                .flatMap(topic -> links.mirrorTopic(topic).stream())
                .filter(mirror -> !leavesOut(mirror))
                .toList();
    }

    /** The names of the mirrors of a link that it {@linkplain #leavesOut leaves out}, in order. */
    public List<String> leftOut(LinkName link) {
        return links.topicsOf(link).stream()
                .flatMap(topic -> links.mirrorTopic(topic).stream())
                .filter(this::leavesOut)
                .flatMap(mirror -> topics.topic(mirror.topicId()).stream())
                .map(TopicImage::name)
                .sorted()
                .toList();
    }

    /**
     * The domains that a topic changes hands with, whether it exists or not: those of the links
     * which copy topics of its name out of this region, those that have taken its name from this
     * region, or into it, whatever their links copy by now, and that of the link whose mirror it
     * is, or was. None before the region is formatted.
     */
    public Set<DomainName> domainsOf(String topic) {
        var domains = new LinkedHashSet<DomainName>();
        topics.topic(topic)
                .flatMap(known -> links.mirrorTopic(known.id()))
                .map(MirrorRegistration::domain)
                .ifPresent(domains::add);
        region.identity()
                .ifPresent(self -> {
                    links.byName().values().stream()
                            .filter(link -> link.copies(topic, self.region()))
                            .forEach(link -> domains.add(link.domain()));
                    region.ownership().values().stream()
                            .filter(owned ->
                                    owned.ownership().tookFrom(self.region(), topic)
                                            || owned.ownership().tookInto(self.region(), topic))
                            .forEach(owned -> domains.add(owned.domain()));
                });
        return domains;
    }

    /** The ownership that keeps this region from changing a topic; empty when it may. */
    public Optional<OwnershipRecord> fencing(String topic) {
        return domainsOf(topic).stream()
                .filter(domain -> !region.mayWrite(domain))
                .flatMap(domain -> region.ownershipOf(domain).stream())
                .findFirst();
    }

    /**
     * The link that alone makes topics of this name here: it copies them into this region, which is
     * not known to own them. That is so too when it has taken the link's topics over, and not this
     * one, as the filter was another: it is the source's then, which may not have heard of that.
     */
    public Optional<LinkRegistration> filling(String topic) {
        return region.identity()
                .flatMap(self ->
                        links.byName().values().stream()
                                .filter(link -> link.fills(topic, self.region()))
                                .filter(link -> !took(self.region(), link, topic))
                                .findFirst());
    }

    private boolean took(RegionId self, LinkRegistration link, String topic) {
        return region.ownershipOf(link.domain())
                .map(OwnershipRecord::ownership)
                .filter(owned -> owned.lets(self))
                .filter(owned ->
                        owned.takeover().isEmpty()
                                || owned.tookFrom(link.definition().sourceRegion(), topic))
                .isPresent();
    }

    /**
     * The ownership under which another region has taken over, from the source of a link, a topic
     * that would be taken over with the link as well: two regions would write to it. Where the link
     * has no mirrors, of which it would be seen, it is enough that there may be such a name. Empty
     * once the link's destination owns its topics.
     */
    public Optional<OwnershipRecord> takenElsewhere(LinkName link) {
        return links.link(link)
                .filter(known -> !owns(known.definition().destinationRegion(), known.domain()))
                .flatMap(known -> takenElsewhere(known, movingNames(link)));
    }

    /**
     * The same for a single mirror: what it copies is no longer written, so the copy follows
     * nothing any more.
     */
    public Optional<OwnershipRecord> takenElsewhere(TopicImage topic) {
        return mirrorOf(topic)
                .flatMap(mirror -> links.link(mirror.link()))
                .filter(known -> !owns(known.definition().destinationRegion(), known.domain()))
                .flatMap(known -> takenElsewhere(known, List.of(topic.name())));
    }

    private Optional<OwnershipRecord> takenElsewhere(LinkRegistration link, List<String> names) {
        RegionId source = link.definition().sourceRegion();
        List<String> sources =
                names.stream()
                        .flatMap(name -> link.definition().renaming().sourceOf(name).stream())
                        .toList();
        return takenBesides(link.definition().destinationRegion(), source).stream()
                .filter(owned -> !owned.domain().equals(link.domain()))
                .filter(owned ->
                        sources.stream().anyMatch(name -> owned.ownership().tookFrom(source, name))
                                || names.isEmpty() && mayMeet(owned, link))
                .findFirst();
    }

    private static boolean mayMeet(OwnershipRecord owned, LinkRegistration link) {
        return owned.ownership()
                .takeover()
                .filter(taken -> taken.topics().meets(link.definition().topics()))
                .isPresent();
    }

    /**
     * The ownership under which another region has taken a name over from the same region as this
     * one has: neither heard of the other then.
     */
    public Optional<OwnershipRecord> takenTwice(String topic) {
        return region.identity().stream()
                .flatMap(self -> takenTwice(topic, self.region()).stream())
                .findFirst();
    }

    private Optional<OwnershipRecord> takenTwice(String topic, RegionId self) {
        return region.ownership().values().stream()
                .map(OwnershipRecord::ownership)
                .filter(ours -> ours.lets(self))
                .flatMap(ours -> ours.takeover().stream())
                .filter(taken -> taken.topics().includes(topic))
                .flatMap(taken ->
                        takenBesides(self, taken.from()).stream()
                                .filter(owned -> owned.ownership().tookFrom(taken.from(), topic)))
                .findFirst();
    }

    /**
     * The ownership of another domain under which topics of this one have changed hands: links that
     * read one region have a domain each, and whoever takes over with one takes what both copy.
     *
     * @param names those that the domain's link copies
     */
    public Optional<OwnershipRecord> takenWithAnother(DomainName domain, NameFilter names) {
        return region.ownershipOf(domain)
                .map(owned -> owned.ownership().owner())
                .flatMap(owner ->
                        takenBesides(owner, owner).stream()
                                .filter(other -> !other.domain().equals(domain))
                                .filter(other -> takesAny(other, owner, names))
                                .findFirst());
    }

    private boolean takesAny(OwnershipRecord other, RegionId from, NameFilter names) {
        return topics.idByName().keySet().stream()
                .anyMatch(name -> names.includes(name) && other.ownership().tookFrom(from, name));
    }

    /** What was taken over from a region and belongs neither to it nor to this one. */
    private List<OwnershipRecord> takenBesides(RegionId self, RegionId source) {
        return region.ownership().values().stream()
                .filter(owned -> !owned.ownership().owner().equals(self))
                .filter(owned -> !owned.ownership().lets(source))
                .filter(owned ->
                        owned.ownership()
                                .takeover()
                                .filter(taken -> taken.from().equals(source))
                                .isPresent())
                .toList();
    }

    private boolean owns(RegionId self, DomainName domain) {
        return region.ownershipOf(domain).filter(owned -> owned.ownership().lets(self)).isPresent();
    }

    private List<String> movingNames(LinkName link) {
        return movingWith(link).stream()
                .flatMap(mirror -> topics.topic(mirror.topicId()).stream())
                .map(TopicImage::name)
                .toList();
    }

    /** Whether producers may write to a topic. */
    public Writability writability(Uuid topicId) {
        Optional<TopicImage> topic = topics.topic(topicId);
        if (topic.flatMap(this::mirrorOf).isPresent()) {
            return Writability.MIRROR;
        }
        return topic.flatMap(known -> fencing(known.name())).isPresent()
                ? Writability.FENCED
                : Writability.WRITABLE;
    }

    /** What {@link #apply} makes. */
    public record Applied(MetadataImage image, MetadataDelta delta) {}

    /** Whether producers may write to a topic. */
    public enum Writability {
        WRITABLE,
        /** It is a mirror that has not been stopped. */
        MIRROR,
        /** The ownership of its domain does not let this region write. */
        FENCED
    }
}
