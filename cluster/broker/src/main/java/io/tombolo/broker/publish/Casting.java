package io.tombolo.broker.publish;

import io.tombolo.broker.lease.LeaseSeat;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.MirrorRegistration;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.LeaderRecovery;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.region.DomainName;
import io.tombolo.region.lease.Lease;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.replication.Role;
import io.tombolo.replication.leader.Leadership;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Gives each partition the role that the image wants of this broker.
 *
 * @param ownersKnown whether the image holds what the other regions know of owners; before that,
 *     clients may not write to what another region may own by now
 * @param leases without which this broker may not write; none where operators see to that
 */
record Casting(int brokerId, Domains domains, boolean ownersKnown, Optional<LeaseSeat> leases) {

    /** Where operators see to it that one region writes. */
    Casting(int brokerId, Domains domains, boolean ownersKnown) {
        this(brokerId, domains, ownersKnown, Optional.empty());
    }

    Role roleOf(MetadataImage image, TopicImage topic, int index) {
        PartitionRegistration partition = topic.partitions().get(index);
        if (isToBeCut(image, topic, index)) {
            return new Role.Idle();
        }
        Optional<MirrorRegistration> mirror = image.mirrorOf(topic);
        if (partition.leader() != brokerId) {
            return following(partition, mirror.filter(Casting::copies).isPresent());
        }
        var leadership =
                new Leadership(
                        brokerId,
                        partition.leaderEpoch(),
                        partition.partitionEpoch(),
                        partition.replicas(),
                        partition.isr(),
                        partition.leaderRecovery() == LeaderRecovery.RECOVERING);
        if (mirror.isPresent()) {
            long epoch =
                    image.region()
                            .ownershipOf(mirror.get().domain())
                            .map(OwnershipRecord::epoch)
                            .orElse(0L);
            boolean ending = mirror.get().state() == MirrorTopic.State.STOPPING;
            return new Role.MirrorLeader(leadership, mirror.get().link(), epoch, ending);
        }
        return new Role.Leader(leadership, accessTo(image, topic, index));
    }

    /** Whatever became of the topic since: it may have been taken over again, and be no mirror. */
    private boolean isToBeCut(MetadataImage image, TopicImage topic, int index) {
        return image.links()
                .mirrorTopic(topic.id())
                .flatMap(mirror -> mirror.restoration().cutFor(index, brokerId))
                .isPresent();
    }

    /** What comes back still has records of its own, which nobody else has. */
    private static boolean copies(MirrorRegistration mirror) {
        return mirror.state() != MirrorTopic.State.RETURNING;
    }

    /** What a mirror throws away it copies again: records of the epochs of their source. */
    private Role following(PartitionRegistration partition, boolean mirror) {
        return partition.hasLeader() && partition.replicas().has(brokerId)
                ? new Role.Follower(
                        partition.leaderEpoch(),
                        partition.leader(),
                        mirror ? PartitionRegistration.NO_EPOCH : partition.uncleanEpoch())
                : new Role.Idle();
    }

    private Role.WriteAccess accessTo(MetadataImage image, TopicImage topic, int index) {
        return domains.fencedBy(image, topic)
                .map(owned -> fenced(topic, owned))
                .orElseGet(() -> unfenced(image, topic, index));
    }

    private Role.WriteAccess fenced(TopicImage topic, OwnershipRecord owned) {
        Ownership ownership = owned.ownership();
        if (ownership.mode() == Ownership.Mode.HANDOVER
                && ownership.owner().equals(domains.region())) {
            return new Role.WriteAccess.HandingOver(
                    "region %s is handing topic %s over under ownership epoch %d of %s"
                            .formatted(
                                    ownership.owner(), topic.name(), owned.epoch(), owned.domain()),
                    owned.epoch());
        }
        return new Role.WriteAccess.Fenced(
                "topic %s belongs to region %s since ownership epoch %d of %s"
                        .formatted(topic.name(), ownership.owner(), owned.epoch(), owned.domain()));
    }

    private Role.WriteAccess unfenced(MetadataImage image, TopicImage topic, int index) {
        boolean held =
                image.links()
                        .mirrorTopic(topic.id())
                        .filter(mirror -> mirror.promotion().holdsWrites(index))
                        .isPresent();
        if (held) {
            return new Role.WriteAccess.Undecided(
                    "transactions that the copy of %s-%d left open are aborted first"
                            .formatted(topic.name(), index));
        }
        Set<DomainName> owned = domains.of(image, topic);
        if (!ownersKnown && !owned.isEmpty()) {
            return new Role.WriteAccess.Undecided(
                    "the other regions are asked who owns topic " + topic.name());
        }
        List<Lease.Hold> holds = leases.map(seat -> seat.holds(image, owned)).orElse(List.of());
        return holds.isEmpty() ? new Role.WriteAccess.Open() : new Role.WriteAccess.Leased(holds);
    }
}
