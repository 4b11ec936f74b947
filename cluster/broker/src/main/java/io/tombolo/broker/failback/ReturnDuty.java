package io.tombolo.broker.failback;

import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.MirrorRegistration;
import io.tombolo.metadata.image.Restoration;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.LinkRecord.CopyEnd;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.region.LinkName;
import io.tombolo.region.link.MirrorTopic.State;
import io.tombolo.region.ownership.Lineage;
import io.tombolo.region.ownership.Lineage.EpochEnd;

import org.apache.kafka.common.TopicIdPartition;

import java.util.ArrayList;
import java.util.List;

/**
 * What one broker has to do for the topics that come back. All of it follows from the metadata, so
 * there is nothing to hand over when a leader moves or a broker dies.
 *
 * @param underWay whether a topic is coming back, or a replica here is to be cut
 * @param find the partitions led here of which nobody has told what only this region has
 * @param cut the replicas here that are to be cut
 * @param tell what is to be said again, as the leader may have changed since everybody has cut
 */
record ReturnDuty(boolean underWay, List<Finding> find, List<Cutting> cut, List<Telling> tell) {

    /** The copy of a partition without any record. */
    private static final CopyEnd NOTHING = new CopyEnd(0, -1, -1, true);

    /** Of which failback something is a part. */
    record Cause(LinkName link, long ownershipEpoch) {}

    /** One partition that is led here. */
    record Finding(Cause cause, TopicIdPartition id, int leaderEpoch, Lineage lineage) {}

    /** One replica here. */
    record Cutting(Cause cause, TopicIdPartition id, long offset) {}

    /** A partition that this broker leads and has cut. */
    record Telling(Cause cause, PartitionId partition) {}

    static ReturnDuty of(MetadataImage image, int brokerId) {
        var find = new ArrayList<Finding>();
        var cut = new ArrayList<Cutting>();
        var tell = new ArrayList<Telling>();
        boolean returning = false;
        for (MirrorRegistration mirror : image.links().mirrorTopics().values()) {
            Restoration restoration = mirror.restoration();
            if (restoration.ownershipEpoch() == 0) {
                continue;
            }
            TopicImage topic = image.topics().topic(mirror.topicId()).orElseThrow();
            var cause = new Cause(mirror.link(), restoration.ownershipEpoch());
            restoration
                    .cuts()
                    .keySet()
                    .forEach(index ->
                            restoration
                                    .cutFor(index, brokerId)
                                    .ifPresent(offset ->
                                            cut.add(new Cutting(cause, id(topic, index), offset))));
            if (mirror.state() == State.RETURNING) {
                returning = true;
                if (restoration.cuts().isEmpty()) {
                    find(topic, restoration, cause, brokerId, find);
                } else if (topic.partitions().get(0).leader() == brokerId
                        && restoration.cutFor(0, brokerId).isEmpty()) {
                    tell.add(new Telling(cause, topic.partitionId(0)));
                }
            }
        }
        return new ReturnDuty(returning || !cut.isEmpty(), find, cut, tell);
    }

    private static void find(
            TopicImage topic,
            Restoration restoration,
            Cause cause,
            int brokerId,
            List<Finding> found) {
        topic.partitions()
                .forEach((index, partition) -> {
                    if (partition.leader() == brokerId
                            && restoration.divergenceOf(index).isEmpty()) {
                        found.add(
                                new Finding(
                                        cause,
                                        id(topic, index),
                                        partition.leaderEpoch(),
                                        lineage(restoration, index)));
                    }
                });
    }

    /** A partition that the other region did not have then shares nothing with this one. */
    private static Lineage lineage(Restoration restoration, int index) {
        CopyEnd end = restoration.copies().getOrDefault(index, NOTHING);
        return new Lineage(
                end.endOffset(),
                end.highestEpoch() < 0
                        ? List.of()
                        : List.of(new EpochEnd(end.highestEpoch(), end.endOffset())));
    }

    private static TopicIdPartition id(TopicImage topic, int index) {
        return new TopicIdPartition(topic.id(), index, topic.name());
    }
}
