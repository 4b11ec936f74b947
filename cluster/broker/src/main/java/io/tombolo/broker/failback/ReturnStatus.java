package io.tombolo.broker.failback;

import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.MirrorRegistration;
import io.tombolo.metadata.image.Restoration;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.LinkRecord.Divergence;
import io.tombolo.region.LinkName;
import io.tombolo.region.link.Lag;
import io.tombolo.region.link.LinkStatus.State;
import io.tombolo.region.link.LinkStatus.TopicStatus;
import io.tombolo.region.link.LinkStatus.Trouble;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.link.Reason;

import org.apache.kafka.common.Uuid;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** What a link tells of topics that come back: that they do, and what they wait for. Pure. */
public final class ReturnStatus {

    private ReturnStatus() {}

    /**
     * The topics of a link, in place of what brokers that copy nothing of them yet have told.
     *
     * @param told by the brokers
     */
    public static List<TopicStatus> of(LinkName link, List<TopicStatus> told, MetadataImage image) {
        var topics = new TreeMap<String, TopicStatus>();
        told.forEach(topic -> topics.put(topic.topic(), topic));
        for (Uuid id : image.links().topicsOf(link)) {
            Optional<TopicImage> topic = image.topics().topic(id);
            image.links()
                    .mirrorTopic(id)
                    .filter(mirror -> mirror.state() == MirrorTopic.State.RETURNING)
                    .map(MirrorRegistration::restoration)
                    .flatMap(restoration -> topic.map(one -> returning(link, one, restoration)))
                    .ifPresent(status -> topics.put(status.topic(), status));
        }
        return topics.values().stream().sorted(Comparator.comparing(TopicStatus::topic)).toList();
    }

    private static TopicStatus returning(LinkName link, TopicImage topic, Restoration restoration) {
        var reason = new Reason(Reason.Code.DIVERGED, step(link, topic, restoration));
        return new TopicStatus(
                topic.name(),
                State.TRUNCATING,
                Lag.UNKNOWN,
                Optional.of(new Trouble(reason, 1, Optional.empty())),
                List.of());
    }

    /** Reported first, then set aside, then cut. */
    private static String step(LinkName link, TopicImage topic, Restoration restoration) {
        int count = topic.partitions().count();
        int reported = restoration.divergences().size();
        if (reported < count) {
            return "what only this region has is looked for, %d of %d partitions are reported"
                    .formatted(reported, count);
        }
        List<Divergence> alone =
                restoration.divergences().entrySet().stream()
                        .filter(one -> !restoration.isSafe(one.getKey()))
                        .map(Map.Entry::getValue)
                        .toList();
        if (!alone.isEmpty()) {
            return "%d records that only this region has are reported and not set aside yet; tombolo failback %s goes on"
                    .formatted(alone.stream().mapToLong(Divergence::recordCount).sum(), link);
        }
        var pending = new TreeSet<Integer>();
        restoration.cuts().values().forEach(cut -> pending.addAll(cut.pending().asList()));
        return "what only this region had is set aside; brokers that have not cut it off yet: "
                + pending;
    }
}
