package io.tombolo.metadata.image;

import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.RegionRecord.Audited;
import io.tombolo.metadata.record.RegionRecord.PartitionFenced;
import io.tombolo.region.DomainName;
import io.tombolo.region.ownership.Lineage.PartitionEnd;

import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;
import org.pcollections.TreePVector;

import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;

/**
 * What is known of the handing over of domains.
 *
 * @param fences by domain, where the partitions end of one that is being handed over; nothing of
 *     one that is not
 * @param history what people did, oldest first; {@link #HISTORY_MAX} at most
 */
public record Handovers(
        PSortedMap<DomainName, PSortedMap<PartitionId, PartitionEnd>> fences,
        TreePVector<Audited> history) {

    /** The oldest entries are forgotten. */
    public static final int HISTORY_MAX = 200;

    static final Handovers NONE = new Handovers(TreePMap.empty(), TreePVector.empty());

    /** Where the partitions of a domain end, as far as their leaders have told. */
    public SortedMap<PartitionId, PartitionEnd> fencesOf(DomainName domain) {
        return fences.getOrDefault(domain, TreePMap.empty());
    }

    /**
     * The topics that a region hands over with a domain, in the order of their ids. Mirrors of
     * others do not change hands, nor does what the domain's link leaves out.
     */
    public static List<TopicImage> topicsOf(DomainName domain, MetadataImage image) {
        return image.topics().byId().values().stream()
                .filter(topic -> image.mirrorOf(topic).isEmpty())
                .filter(topic -> image.domainsOf(topic.name()).contains(domain))
                .sorted(Comparator.comparing(TopicImage::id))
                .toList();
    }

    Handovers with(PartitionFenced fenced) {
        PSortedMap<PartitionId, PartitionEnd> known =
                fences.getOrDefault(fenced.domain(), TreePMap.empty());
        return new Handovers(
                fences.plus(fenced.domain(), known.plus(fenced.partition(), fenced.fence())),
                history);
    }

    /** Another ownership of the domain is in force: what was fenced under the last one is not. */
    Handovers without(DomainName domain) {
        return new Handovers(fences.minus(domain), history);
    }

    Handovers with(Audited entry) {
        TreePVector<Audited> kept = history.plus(entry);
        return new Handovers(fences, kept.size() > HISTORY_MAX ? kept.minus(0) : kept);
    }
}
