package io.tombolo.metadata.image;

import io.tombolo.region.LinkName;

import org.apache.kafka.common.Uuid;
import org.pcollections.PSortedMap;
import org.pcollections.PSortedSet;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

import java.util.Optional;

/**
 * The links of the region and the topics that they mirror here.
 *
 * @param mirrorTopics by topic id, stopped ones included
 * @param topicsOfLink the same ones, by link
 */
public record LinksImage(
        PSortedMap<LinkName, LinkRegistration> byName,
        PSortedMap<Uuid, MirrorRegistration> mirrorTopics,
        PSortedMap<LinkName, PSortedSet<Uuid>> topicsOfLink) {

    static final LinksImage EMPTY =
            new LinksImage(TreePMap.empty(), TreePMap.empty(), TreePMap.empty());

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

    LinksImage with(LinkRegistration link) {
        return new LinksImage(
                byName.plus(link.definition().link(), link), mirrorTopics, topicsOfLink);
    }

    LinksImage without(LinkName link) {
        return new LinksImage(byName.minus(link), mirrorTopics, topicsOfLink);
    }

    LinksImage with(MirrorRegistration mirror) {
        return new LinksImage(
                byName,
                mirrorTopics.plus(mirror.topicId(), mirror),
                topicsOfLink.plus(mirror.link(), topicsOf(mirror.link()).plus(mirror.topicId())));
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
                        : topicsOfLink.plus(mirror.link(), left));
    }
}
