package io.tombolo.controller.replica;

import io.tombolo.metadata.image.BrokersImage;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.PartitionSet;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.PartitionChange;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.TopicRecord.PartitionChanged;

import org.apache.kafka.common.Uuid;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * What happens to partitions when brokers go and come. Looks only at partitions of which the broker
 * has a replica. Used for one decision.
 *
 * <p>Records made here come before the record that fences or unfences the broker: when a crash cuts
 * between them, the broker's old state stands, and the same decision completes the rest.
 */
public final class Elections {

    private final MetadataImage tip;
    private final BrokersImage brokers;
    private final SafetyRules rules;
    private final Map<Uuid, SafetyRules> rulesOfTopics = new HashMap<>();
    private int visitedCount;

    /**
     * @param brokers as they are going to be when the records are in force
     * @param rules for topics that set none
     */
    public Elections(MetadataImage tip, BrokersImage brokers, SafetyRules rules) {
        this.tip = tip;
        this.brokers = brokers;
        this.rules = rules;
    }

    /** A broker goes: it leaves every in-sync set in which it is not the last. */
    public List<MetadataRecord> leaving(int brokerId) {
        return changes(
                tip.topics().replicasOn(brokerId), transition -> transition.leaves(brokerId));
    }

    /**
     * A broker wants to go: it gives what it leads away, and leaves where the others can do without
     * it.
     */
    public List<MetadataRecord> stopping(int brokerId) {
        return changes(tip.topics().replicasOn(brokerId), transition -> transition.stops(brokerId));
    }

    /** Whether a broker that wants to go is needed until another replica is back in sync. */
    public boolean need(int brokerId) {
        return tip.topics().replicasOn(brokerId).ids().stream()
                .anyMatch(id -> transition(id, partition(id)).needs(brokerId));
    }

    /**
     * A process takes the place of the one that had its broker id. When it cannot vouch for what
     * that one had, it leaves every in-sync and every eligible set before anything can elect it;
     * otherwise only those of replicas in directories that it no longer has.
     *
     * @param clean whether the one before stopped cleanly
     */
    public List<MetadataRecord> replaced(BrokerRegistration successor, boolean clean) {
        int brokerId = successor.brokerId();
        return changes(
                tip.topics().replicasOn(brokerId),
                transition -> {
                    boolean there = successor.hasOnline(transition.directoryOf(brokerId));
                    PartitionTransition begun =
                            clean && there
                                    ? transition.leaves(brokerId)
                                    : transition.lost(brokerId);
                    return there ? begun : begun.rehoused(brokerId);
                });
    }

    /** Directories of a broker went offline: it leaves the in-sync sets of what is in them. */
    public List<MetadataRecord> withoutDirectories(int brokerId, List<Uuid> offline) {
        return changes(
                tip.topics().replicasOn(brokerId),
                transition ->
                        offline.contains(transition.directoryOf(brokerId))
                                ? transition.leaves(brokerId)
                                : transition);
    }

    /** A broker is to be emptied: it leads only where nobody else can. */
    public List<MetadataRecord> cordoned(int brokerId) {
        return changes(tip.topics().ledBy(brokerId), transition -> transition);
    }

    /** A broker comes: it leads where nobody leads and it may. */
    public List<MetadataRecord> returning(int brokerId) {
        PartitionSet replicas = tip.topics().replicasOn(brokerId);
        PartitionSet leaderless = tip.topics().leaderless();
        boolean fewLeaderless = leaderless.size() < replicas.size();
        PartitionSet smaller = fewLeaderless ? leaderless : replicas;
        PartitionSet larger = fewLeaderless ? replicas : leaderless;
        var records = new ArrayList<MetadataRecord>();
        for (PartitionId id : smaller.ids()) {
            if (larger.has(id)) {
                transition(id, partition(id))
                        .finish()
                        .ifPresent(outcome -> records.add(outcome.record()));
            }
        }
        return records;
    }

    /**
     * Fewer replicas need to be in sync than before: where enough are, records are committed
     * without those that were eligible.
     */
    public List<MetadataRecord> withLowerMinimum(PartitionSet affected) {
        var records = new ArrayList<MetadataRecord>();
        for (PartitionId id : affected.ids()) {
            PartitionRegistration partition = partition(id);
            int wanted = Math.min(rulesOf(id).inSyncMin(), partition.replicas().size());
            if (!partition.elr().isEmpty() && partition.isr().size() >= wanted) {
                records.add(
                        new PartitionChanged(
                                id.topicId(),
                                id.index(),
                                partition.partitionEpoch() + 1,
                                List.of(new PartitionChange.EligibleLeaders(BrokerIds.NONE))));
            }
        }
        return records;
    }

    /** Partitions that were looked at. */
    public int visitedCount() {
        return visitedCount;
    }

    /** The begin of a change of a partition. */
    public PartitionTransition transition(PartitionId id, PartitionRegistration partition) {
        return new PartitionTransition(id, partition, brokers, rulesOf(id));
    }

    /** As {@link #transition}, with an unclean election when there is no other way. */
    public PartitionTransition uncleanTransition(PartitionId id, PartitionRegistration partition) {
        return new PartitionTransition(id, partition, brokers, rulesOf(id).withUncleanElection());
    }

    private List<MetadataRecord> changes(
            PartitionSet partitions, UnaryOperator<PartitionTransition> change) {
        var records = new ArrayList<MetadataRecord>();
        for (PartitionId id : partitions.ids()) {
            change.apply(transition(id, partition(id)))
                    .finish()
                    .ifPresent(outcome -> records.add(outcome.record()));
        }
        return records;
    }

    private PartitionRegistration partition(PartitionId id) {
        visitedCount++;
        return tip.topics().partition(id).orElseThrow();
    }

    private SafetyRules rulesOf(PartitionId id) {
        return rulesOfTopics.computeIfAbsent(
                id.topicId(),
                topic ->
                        rules.of(
                                tip.topics().topic(topic).map(TopicImage::name).orElseThrow(),
                                tip));
    }
}
