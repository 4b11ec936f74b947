package io.tombolo.metadata.image;

import io.tombolo.metadata.record.LinkRecord.MirrorTopicDefined;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.link.MirrorTopic;

import org.apache.kafka.common.Uuid;

/**
 * A mirror topic as the metadata has it. It stays known after it has been stopped, so that its
 * domain is.
 *
 * @param reason why it is in this state; may be empty
 * @param promotion how far its region is with taking over, or was when it had
 */
public record MirrorRegistration(
        Uuid topicId,
        LinkName link,
        Uuid sourceTopicId,
        MirrorTopic.State state,
        String reason,
        Promotion promotion) {

    static MirrorRegistration of(MirrorTopicDefined defined) {
        return new MirrorRegistration(
                defined.topicId(),
                defined.link(),
                defined.sourceTopicId(),
                MirrorTopic.State.MIRRORING,
                "",
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
        return new MirrorRegistration(topicId, link, sourceTopicId, newState, newReason, kept);
    }

    MirrorRegistration with(Promotion newPromotion) {
        return new MirrorRegistration(topicId, link, sourceTopicId, state, reason, newPromotion);
    }
}
