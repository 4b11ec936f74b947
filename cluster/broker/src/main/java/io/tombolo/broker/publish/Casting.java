package io.tombolo.broker.publish;

import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.MirrorRegistration;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.replication.Role;

import java.util.Optional;

/** Gives each partition the role that the image wants of this broker. */
record Casting(int brokerId, Domains domains) {

    Role roleOf(MetadataImage image, TopicImage topic, PartitionRegistration partition) {
        if (partition.leader() != brokerId) {
            return new Role.Idle();
        }
        Optional<MirrorRegistration> mirror = Domains.mirrorOf(image, topic);
        if (mirror.isPresent()) {
            long epoch =
                    image.region()
                            .ownershipOf(mirror.get().domain())
                            .map(OwnershipRecord::epoch)
                            .orElse(0L);
            return new Role.MirrorLeader(partition.leaderEpoch(), mirror.get().link(), epoch);
        }
        return new Role.Leader(
                partition.leaderEpoch(),
                partition.isr().size(),
                partition.replicas().size(),
                accessTo(image, topic));
    }

    private Role.WriteAccess accessTo(MetadataImage image, TopicImage topic) {
        return domains.fencedBy(image, topic)
                .<Role.WriteAccess>map(owned ->
                        new Role.WriteAccess.Fenced(
                                "topic %s belongs to region %s since ownership epoch %d of %s"
                                        .formatted(
                                                topic.name(),
                                                owned.ownership().owner(),
                                                owned.epoch(),
                                                owned.domain())))
                .orElseGet(Role.WriteAccess.Open::new);
    }
}
