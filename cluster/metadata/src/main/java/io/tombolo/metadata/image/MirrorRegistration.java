package io.tombolo.metadata.image;

import io.tombolo.metadata.record.LinkRecord.MirrorConfigsFollowed;
import io.tombolo.metadata.record.LinkRecord.MirrorTopicDefined;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.link.MirrorTopic;

import org.apache.kafka.common.Uuid;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A mirror topic as the metadata has it. It stays known after it has been stopped, so that its
 * domain is.
 *
 * @param reason why it is in this state; may be empty
 * @param followed what its link has set on it, because the source has it
 * @param promotion how far its region is with taking over, or was when it had
 */
public record MirrorRegistration(
        Uuid topicId,
        LinkName link,
        Uuid sourceTopicId,
        MirrorTopic.State state,
        String reason,
        SortedMap<String, String> followed,
        Promotion promotion) {

    public MirrorRegistration {
        followed = Collections.unmodifiableSortedMap(new TreeMap<>(followed));
    }

    static MirrorRegistration of(MirrorTopicDefined defined) {
        return new MirrorRegistration(
                defined.topicId(),
                defined.link(),
                defined.sourceTopicId(),
                MirrorTopic.State.MIRRORING,
                "",
                Collections.emptySortedMap(),
                Promotion.NONE);
    }

    /** Whether it is an ordinary topic by now. */
    public boolean writable() {
        return state == MirrorTopic.State.STOPPED;
    }

    /** The domain that it changes hands with: its link's. */
    public DomainName domain() {
        return new DomainName(link.name());
    }

    MirrorRegistration withState(MirrorTopic.State newState, String newReason) {
        Promotion kept = newState == MirrorTopic.State.STOPPED ? promotion.finished() : promotion;
        return new MirrorRegistration(
                topicId, link, sourceTopicId, newState, newReason, followed, kept);
    }

    MirrorRegistration with(Promotion newPromotion) {
        return new MirrorRegistration(
                topicId, link, sourceTopicId, state, reason, followed, newPromotion);
    }

    MirrorRegistration with(MirrorConfigsFollowed configs) {
        return new MirrorRegistration(
                topicId, link, sourceTopicId, state, reason, configs.configs(), promotion);
    }
}
