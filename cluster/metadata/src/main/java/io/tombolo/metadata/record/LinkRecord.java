package io.tombolo.metadata.record;

import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.MirrorTopic;

import org.apache.kafka.common.Uuid;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** What happens to links and to the topics that they mirror. */
public sealed interface LinkRecord extends MetadataRecord {

    /**
     * A link exists, not paused; or its definition is replaced (its pause stays as it is).
     *
     * @param sourceRegion the region that records come from
     * @param destinationRegion the region that they go to; one of the two is this region
     * @param settings the link's own settings, opaque here; never secrets, only references to them
     */
    record LinkDefined(
            LinkName link,
            Uuid linkId,
            RegionId sourceRegion,
            RegionId destinationRegion,
            SortedMap<String, String> settings)
            implements LinkRecord {

        public LinkDefined {
            settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
        }
    }

    /** The link was paused or resumed as a whole. */
    record LinkPaused(LinkName link, boolean paused) implements LinkRecord {}

    /** The link is gone; it has no mirror topics any more, except stopped ones. */
    record LinkRemoved(LinkName link) implements LinkRecord {}

    /**
     * A topic is a mirror, in state {@link MirrorTopic.State#MIRRORING}.
     *
     * @param sourceTopicId the id at the source; equal to the topic id unless the topic is renamed
     */
    record MirrorTopicDefined(Uuid topicId, LinkName link, Uuid sourceTopicId)
            implements LinkRecord {}

    /**
     * A mirror topic has a new state.
     *
     * @param reason why, for people; empty when there is nothing to say
     */
    record MirrorTopicStateChanged(Uuid topicId, MirrorTopic.State state, String reason)
            implements LinkRecord {}
}
