package io.tombolo.metadata.image;

import io.tombolo.metadata.record.LinkRecord.MirrorConfigsFollowed;
import io.tombolo.metadata.record.LinkRecord.MirrorReturned;
import io.tombolo.metadata.record.LinkRecord.MirrorTopicDefined;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.link.MirrorTopic;

import org.apache.kafka.common.Uuid;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A mirror topic as the metadata has it. It stays known after it has been stopped, so that its
 * domain is.
 *
 * @param origin what it was made from
 * @param reason why it is in this state; may be empty
 * @param followed what its link has set on it, because the source has it
 * @param promotion how far its region is with taking over, or was when it had
 * @param restoration how far it is with coming back after another region had taken it over
 */
public record MirrorRegistration(
        Uuid topicId,
        LinkName link,
        MirrorTopic.Origin origin,
        MirrorTopic.State state,
        String reason,
        SortedMap<String, String> followed,
        Promotion promotion,
        Restoration restoration) {

    public MirrorRegistration {
        followed = Collections.unmodifiableSortedMap(new TreeMap<>(followed));
    }

    static MirrorRegistration of(MirrorTopicDefined defined) {
        return new MirrorRegistration(
                defined.topicId(),
                defined.link(),
                defined.origin(),
                MirrorTopic.State.MIRRORING,
                "",
                Collections.emptySortedMap(),
                Promotion.NONE,
                Restoration.NONE);
    }

    /**
     * A topic that comes back; what its region had taken over before is no longer of interest. It
     * has one id in both regions.
     */
    static MirrorRegistration of(MirrorReturned returned) {
        return new MirrorRegistration(
                returned.topicId(),
                returned.link(),
                new MirrorTopic.Origin(returned.topicId(), List.of()),
                MirrorTopic.State.RETURNING,
                "",
                Collections.emptySortedMap(),
                Promotion.NONE,
                Restoration.of(returned));
    }

    /** The id of its source. */
    public Uuid sourceTopicId() {
        return origin.topicId();
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
                topicId, link, origin, newState, newReason, followed, kept, restoration);
    }

    MirrorRegistration with(Promotion newPromotion) {
        return new MirrorRegistration(
                topicId, link, origin, state, reason, followed, newPromotion, restoration);
    }

    MirrorRegistration with(MirrorConfigsFollowed configs) {
        return new MirrorRegistration(
                topicId, link, origin, state, reason, configs.configs(), promotion, restoration);
    }

    MirrorRegistration with(Restoration newRestoration) {
        return new MirrorRegistration(
                topicId, link, origin, state, reason, followed, promotion, newRestoration);
    }
}
