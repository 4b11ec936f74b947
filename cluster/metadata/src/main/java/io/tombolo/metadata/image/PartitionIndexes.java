package io.tombolo.metadata.image;

import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

/**
 * Which partitions a decision has to look at, so that it need not look at others. They follow from
 * the partitions and are kept while records are applied.
 *
 * @param byReplica partitions by each of their replicas
 * @param byLeader partitions by their leader; those without one under {@link
 *     io.tombolo.metadata.record.PartitionRegistration#NO_LEADER}
 * @param awayFrom partitions that are led by another than their preferred leader, or by none, by
 *     their preferred leader
 * @param withElr partitions with eligible leader replicas
 * @param reassigning partitions with a reassignment under way
 */
public record PartitionIndexes(
        PSortedMap<Integer, PartitionSet> byReplica,
        PSortedMap<Integer, PartitionSet> byLeader,
        PSortedMap<Integer, PartitionSet> awayFrom,
        PartitionSet withElr,
        PartitionSet reassigning) {

    static final PartitionIndexes EMPTY =
            new PartitionIndexes(
                    TreePMap.empty(),
                    TreePMap.empty(),
                    TreePMap.empty(),
                    PartitionSet.EMPTY,
                    PartitionSet.EMPTY);

    static PartitionSet of(PSortedMap<Integer, PartitionSet> index, int brokerId) {
        PartitionSet found = index.get(brokerId);
        return found == null ? PartitionSet.EMPTY : found;
    }
}
