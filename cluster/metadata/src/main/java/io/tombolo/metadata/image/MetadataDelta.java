package io.tombolo.metadata.image;

import static io.tombolo.metadata.record.PartitionRegistration.NO_LEADER;

import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.LeaderRecovery;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;

import org.apache.kafka.common.Uuid;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * What is different between two images: exactly what records of the batch named, so that whoever
 * publishes an image looks at nothing else. Its size follows the batch, never the image. A topic
 * that was made and deleted within the batch is not in it. Ordered and immutable.
 */
public final class MetadataDelta {

    private final MetadataImage before;
    private final MetadataImage after;
    private final Changes changes;

    MetadataDelta(MetadataImage before, MetadataImage after, Changes changes) {
        this.before = before;
        this.after = after;
        this.changes = changes;
    }

    /**
     * Compares two images that no batch connects, as when a snapshot replaces the state. Costs as
     * much as the images are large.
     */
    public static MetadataDelta between(MetadataImage before, MetadataImage after) {
        return new MetadataDelta(before, after, Changes.between(before, after));
    }

    public MetadataImage before() {
        return before;
    }

    public MetadataImage after() {
        return after;
    }

    /** Topics that are in {@link #after} only. Their partitions are in {@link #partitions} too. */
    public SortedSet<Uuid> topicsCreated() {
        return Collections.unmodifiableSortedSet(changes.topicsCreated);
    }

    /** Topics that are in {@link #before} only, as they were. Their partitions are not listed. */
    public SortedMap<Uuid, TopicImage> topicsDeleted() {
        return Collections.unmodifiableSortedMap(changes.topicsDeleted);
    }

    /** Partitions that are new or changed; each is in {@link #after}. */
    public SortedSet<PartitionId> partitions() {
        return Collections.unmodifiableSortedSet(changes.partitions);
    }

    /**
     * Leaders chosen in this batch that may lack committed records, for the report. Partitions that
     * came with a snapshot are not among them.
     */
    public List<UncleanElection> uncleanElections() {
        var elections = new ArrayList<UncleanElection>();
        for (PartitionId id : changes.partitions) {
            PartitionRegistration now = after.topics().partition(id).orElseThrow();
            if (now.leaderRecovery() == LeaderRecovery.RECOVERING && now.hasLeader()) {
                before.topics()
                        .partition(id)
                        .filter(then -> then.leaderEpoch() < now.leaderEpoch())
                        .filter(then -> mayLackRecords(then, now))
                        .ifPresent(then -> elections.add(unclean(id, then, now)));
            }
        }
        return elections;
    }

    private static boolean mayLackRecords(PartitionRegistration then, PartitionRegistration now) {
        boolean eligible = then.isr().has(now.leader()) || then.elr().has(now.leader());
        return !eligible || onAnotherDisk(then, now);
    }

    private static UncleanElection unclean(
            PartitionId id, PartitionRegistration then, PartitionRegistration now) {
        int lastKnown = then.lastKnownElr().isEmpty() ? NO_LEADER : then.lastKnownElr().at(0);
        boolean next = now.leaderEpoch() == then.leaderEpoch() + 1;
        // Becoming leaderless raises the epoch.
        int oldLeaderEpoch = then.hasLeader() ? then.leaderEpoch() : then.leaderEpoch() - 1;
        int last = then.hasLeader() ? then.leader() : lastKnown;
        return new UncleanElection(
                id,
                last == now.leader() && onAnotherDisk(then, now) ? NO_LEADER : last,
                next ? oldLeaderEpoch : -1,
                now.leader(),
                now.leaderEpoch());
    }

    /** Whether the new leader is there without the directory that it had. */
    private static boolean onAnotherDisk(PartitionRegistration then, PartitionRegistration now) {
        Uuid directory = then.directoryOf(now.leader());
        return !directory.equals(Uuid.ZERO_UUID)
                && !directory.equals(BrokerRegistration.LOST)
                && !directory.equals(now.directoryOf(now.leader()));
    }

    /** Brokers that came, changed or went. */
    public SortedSet<Integer> brokers() {
        return Collections.unmodifiableSortedSet(changes.brokers);
    }

    /** Resources with a config that was set or removed; deleted topics that had one included. */
    public SortedSet<ConfigResource> configs() {
        return Collections.unmodifiableSortedSet(changes.configs);
    }

    /** Features with another level. */
    public SortedSet<String> features() {
        return Collections.unmodifiableSortedSet(changes.features);
    }

    /** Links that came, changed or went. */
    public SortedSet<LinkName> links() {
        return Collections.unmodifiableSortedSet(changes.links);
    }

    /** Mirror topics that came, changed their state or went. */
    public SortedSet<Uuid> mirrorTopics() {
        return Collections.unmodifiableSortedSet(changes.mirrorTopics);
    }

    /** Domains with a new ownership. */
    public SortedSet<DomainName> ownership() {
        return Collections.unmodifiableSortedSet(changes.ownership);
    }

    /** Whether a block of producer ids was handed out. */
    public boolean producerIdsAllocated() {
        return before.region().nextProducerId() != after.region().nextProducerId();
    }

    /** A created or changed topic, or a deleted one as it was. */
    public Optional<TopicImage> topic(Uuid topicId) {
        TopicImage deleted = changes.topicsDeleted.get(topicId);
        return deleted != null ? Optional.of(deleted) : after.topics().topic(topicId);
    }
}
