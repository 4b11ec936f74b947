package io.tombolo.controller;

import io.tombolo.metadata.image.MetadataDelta;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.MetadataSnapshot;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.image.UncleanElection;
import io.tombolo.metadata.record.LeaderRecovery;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;

import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What holds of replicas after every batch, by name. Remembers which replicas lost their tails
 * since they were last in sync or eligible.
 */
final class ReplicaLaws {

    private final ModelBrokers model;
    private final Predicate<MetadataRecord> keptInSnapshots;
    private final Set<Replica> tailLost = new HashSet<>();
    private final Set<Replica> proposed = new HashSet<>();

    private record Replica(PartitionId partition, int broker) {}

    ReplicaLaws(ModelBrokers model, Predicate<MetadataRecord> keptInSnapshots) {
        this.model = model;
        this.keptInSnapshots = keptInSnapshots;
    }

    /** A broker registered again after an unclean stop, when the image was like this. */
    void tailsLost(int broker, MetadataImage before) {
        for (PartitionId id : before.topics().replicasOn(broker).ids()) {
            PartitionRegistration partition = before.topics().partition(id).orElseThrow();
            if (partition.replicas().size() == 1) {
                model.soleReplicaReturned(id, partition.replicas());
            } else {
                tailLost.add(new Replica(id, broker));
            }
        }
    }

    /** A leader is about to say that a replica is in sync, and it is. */
    void proposed(PartitionId id, int broker) {
        proposed.add(new Replica(id, broker));
    }

    /** The controller has decided about everything that was proposed. */
    void proposalsDecided() {
        proposed.clear();
    }

    /** A replica is in sync: what it lost before it has again. */
    void joined(PartitionId id, int broker) {
        tailLost.remove(new Replica(id, broker));
    }

    void check(MetadataDelta delta) {
        for (UncleanElection election : delta.uncleanElections()) {
            model.lossReported(election.partition(), election.newLeader());
            joined(election.partition(), election.newLeader());
        }
        for (PartitionId id : delta.partitions()) {
            PartitionRegistration now = delta.after().topics().partition(id).orElseThrow();
            setsAreSets(now);
            delta.before().topics().partition(id).ifPresent(then -> checkChange(id, then, now));
        }
    }

    void check(MetadataImage image) {
        for (TopicImage topic : image.topics().byId().values()) {
            topic.partitions()
                    .forEach((index, partition) -> {
                        PartitionId id = topic.partitionId(index);
                        leadersHaveWhatWasAcknowledged(id, partition, image);
                        require(
                                !partition.hasLeader()
                                        || image.brokers().isActive(partition.leader()),
                                "leaders are in service",
                                partition);
                    });
        }
    }

    MetadataImage throughSnapshot(MetadataImage image) {
        var reader = new MetadataSnapshot.Reader();
        MetadataSnapshot.records(image)
                .forEachRemaining(record -> {
                    if (keptInSnapshots.test(record)) {
                        reader.add(record);
                    }
                });
        MetadataImage loaded = reader.finish(image.place());
        require(loaded.equals(image), "a snapshot makes the image that the log makes", "");
        return loaded;
    }

    private static void setsAreSets(PartitionRegistration now) {
        require(now.replicas().hasAll(now.isr()), "in-sync replicas are replicas", now);
        require(
                now.hasLeader() == now.lastKnownElr().isEmpty(),
                "the last leader is known while there is none",
                now);
    }

    /** A leader has said who is in sync, or a client which replicas there shall be. */
    static void reassignmentsEnd(PartitionRegistration now) {
        boolean complete =
                now.reassigning()
                        && now.isr().hasAll(now.adding())
                        && now.isr().asList().stream().anyMatch(one -> !now.removing().has(one));
        require(!complete, "a finished reassignment leaves nothing to add or remove", now);
    }

    private void checkChange(
            PartitionId id, PartitionRegistration then, PartitionRegistration now) {
        require(
                now.partitionEpoch() == then.partitionEpoch() + 1
                        || now.partitionEpoch() > then.partitionEpoch(),
                "partition epochs ascend",
                now);
        require(now.leaderEpoch() >= then.leaderEpoch(), "leader epochs ascend", now);
        require(now.uncleanEpoch() >= then.uncleanEpoch(), "unclean epochs stay", now);
        if (!now.hasLeader() || now.leader() == then.leader()) {
            return;
        }
        require(now.leaderEpoch() > then.leaderEpoch(), "a new leader has a new epoch", now);
        var leader = new Replica(id, now.leader());
        boolean safe =
                then.isr().has(now.leader())
                        || then.elr().has(now.leader())
                        || proposed.contains(leader);
        boolean marked = now.leaderRecovery() == LeaderRecovery.RECOVERING;
        require(
                safe || marked,
                "a leader was in sync or eligible, or has to recover",
                then + " -> " + now);
        require(
                safe || then.leaderEpoch() < now.uncleanEpoch(),
                "an unclean election is remembered by its epoch",
                then + " -> " + now);
        require(
                marked || proposed.contains(leader) || !tailLost.contains(leader),
                "no leader lost its tail since it was in sync or eligible",
                then + " -> " + now);
    }

    private void leadersHaveWhatWasAcknowledged(
            PartitionId id, PartitionRegistration partition, MetadataImage image) {
        if (model.serving(partition, image)) {
            require(
                    model.log(id, partition.leader()).containsAll(model.acknowledgedOf(id)),
                    "a leader has every acknowledged record",
                    id + " " + partition);
        }
    }

    static void require(boolean holds, String name, Object detail) {
        if (!holds) {
            throw new MetadataInvariants.Broken(name, detail);
        }
    }
}
