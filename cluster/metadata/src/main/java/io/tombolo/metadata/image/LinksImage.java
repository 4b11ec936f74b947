package io.tombolo.metadata.image;

import io.tombolo.metadata.record.LinkRecord.GapRecorded;
import io.tombolo.metadata.record.LinkRecord.LineageExtended;
import io.tombolo.metadata.record.LinkRecord.Reign;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.region.LinkName;
import io.tombolo.region.link.MirrorTopic.Gap;

import org.apache.kafka.common.Uuid;
import org.pcollections.PSortedMap;
import org.pcollections.PSortedSet;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;
import org.pcollections.TreePVector;

import java.util.List;
import java.util.Optional;

/**
 * The links of the region and the topics that they mirror here.
 *
 * @param mirrorTopics by topic id, stopped ones included
 * @param topicsOfLink the same ones, by link
 * @param lineages of partitions that have changed hands: who has written to them from where on,
 *     oldest first; {@link #LINEAGE_MAX} entries each at most
 * @param gaps of partitions whose source deleted records before they were copied, oldest first,
 *     none touching the next; {@link #GAPS_MAX} of each at most
 */
public record LinksImage(
        PSortedMap<LinkName, LinkRegistration> byName,
        PSortedMap<Uuid, MirrorRegistration> mirrorTopics,
        PSortedMap<LinkName, PSortedSet<Uuid>> topicsOfLink,
        PSortedMap<PartitionId, TreePVector<Reign>> lineages,
        PSortedMap<PartitionId, TreePVector<Gap>> gaps) {

    /** The oldest entries of a partition's lineage are forgotten. */
    public static final int LINEAGE_MAX = 100;

    /** The oldest gaps of a partition are forgotten. */
    public static final int GAPS_MAX = 100;

    static final LinksImage EMPTY =
            new LinksImage(
                    TreePMap.empty(),
                    TreePMap.empty(),
                    TreePMap.empty(),
                    TreePMap.empty(),
                    TreePMap.empty());

    public Optional<LinkRegistration> link(LinkName link) {
        return Optional.ofNullable(byName.get(link));
    }

    public Optional<MirrorRegistration> mirrorTopic(Uuid topicId) {
        return Optional.ofNullable(mirrorTopics.get(topicId));
    }

    /** The ids of the topics that a link mirrors, or mirrored until they were stopped. */
    public PSortedSet<Uuid> topicsOf(LinkName link) {
        PSortedSet<Uuid> found = topicsOfLink.get(link);
        return found == null ? TreePSet.empty() : found;
    }

    /** Who has written to a partition from where on; empty as long as it has not changed hands. */
    public List<Reign> lineageOf(PartitionId partition) {
        return lineages.getOrDefault(partition, TreePVector.empty());
    }

    /** What is missing in the copy of a partition. */
    public List<Gap> gapsOf(PartitionId partition) {
        return gaps.getOrDefault(partition, TreePVector.empty());
    }

    LinksImage with(LinkRegistration link) {
        return new LinksImage(
                byName.plus(link.definition().link(), link),
                mirrorTopics,
                topicsOfLink,
                lineages,
                gaps);
    }

    LinksImage without(LinkName link) {
        return new LinksImage(byName.minus(link), mirrorTopics, topicsOfLink, lineages, gaps);
    }

    LinksImage with(MirrorRegistration mirror) {
        return new LinksImage(
                byName,
                mirrorTopics.plus(mirror.topicId(), mirror),
                topicsOfLink.plus(mirror.link(), topicsOf(mirror.link()).plus(mirror.topicId())),
                lineages,
                gaps);
    }

    LinksImage withoutMirror(Uuid topicId) {
        MirrorRegistration mirror = mirrorTopics.get(topicId);
        if (mirror == null) {
            return this;
        }
        PSortedSet<Uuid> left = topicsOf(mirror.link()).minus(topicId);
        return new LinksImage(
                byName,
                mirrorTopics.minus(topicId),
                left.isEmpty()
                        ? topicsOfLink.minus(mirror.link())
                        : topicsOfLink.plus(mirror.link(), left),
                lineages,
                gaps);
    }

    LinksImage with(LineageExtended extended) {
        var id = new PartitionId(extended.topicId(), extended.index());
        TreePVector<Reign> known = lineages.getOrDefault(id, TreePVector.empty());
        Replay.check(
                known.isEmpty()
                        || known.getLast().ownershipEpoch() < extended.reign().ownershipEpoch(),
                "%s does not follow %s",
                extended,
                known);
        TreePVector<Reign> longer = known.plus(extended.reign());
        return new LinksImage(
                byName,
                mirrorTopics,
                topicsOfLink,
                lineages.plus(id, longer.size() > LINEAGE_MAX ? longer.minus(0) : longer),
                gaps);
    }

    /** What overlaps is one gap: a copy may be told twice to go on behind it. */
    LinksImage with(GapRecorded recorded) {
        var id = new PartitionId(recorded.topicId(), recorded.index());
        TreePVector<Gap> known = gaps.getOrDefault(id, TreePVector.empty());
        Gap gap = recorded.gap();
        while (!known.isEmpty() && known.getLast().toOffset() > gap.fromOffset()) {
            gap = gap.with(known.getLast());
            known = known.minus(known.size() - 1);
        }
        TreePVector<Gap> longer = known.plus(gap);
        return new LinksImage(
                byName,
                mirrorTopics,
                topicsOfLink,
                lineages,
                gaps.plus(id, longer.size() > GAPS_MAX ? longer.minus(0) : longer));
    }

    /** The topic is gone, and one of its name that is made later is another one. */
    LinksImage withoutLineagesOf(TopicImage topic) {
        PSortedMap<PartitionId, TreePVector<Reign>> reigns = lineages;
        PSortedMap<PartitionId, TreePVector<Gap>> missing = gaps;
        for (int index = 0; index < topic.partitions().count(); index++) {
            reigns = reigns.minus(topic.partitionId(index));
            missing = missing.minus(topic.partitionId(index));
        }
        return new LinksImage(byName, mirrorTopics, topicsOfLink, reigns, missing);
    }
}
