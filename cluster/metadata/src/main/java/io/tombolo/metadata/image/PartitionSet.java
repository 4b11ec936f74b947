package io.tombolo.metadata.image;

import io.tombolo.metadata.record.PartitionId;

import org.apache.kafka.common.Uuid;
import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A set of partitions, ordered by topic id and index. Immutable.
 *
 * @param byTopic no topic without an index
 * @param size over all topics
 */
public record PartitionSet(PSortedMap<Uuid, IndexSet> byTopic, int size) {

    /** No partition. */
    public static final PartitionSet EMPTY = new PartitionSet(TreePMap.empty(), 0);

    public boolean isEmpty() {
        return size == 0;
    }

    public boolean has(PartitionId partition) {
        return of(partition.topicId()).has(partition.index());
    }

    /** The partitions of one topic. */
    public IndexSet of(Uuid topicId) {
        IndexSet found = byTopic.get(topicId);
        return found == null ? IndexSet.EMPTY : found;
    }

    /** Those of one topic alone. */
    public PartitionSet only(Uuid topicId) {
        return EMPTY.with(topicId, of(topicId));
    }

    /** All of them in order; for few, or for a change of all of them. */
    public List<PartitionId> ids() {
        var ids = new ArrayList<PartitionId>(size);
        for (Map.Entry<Uuid, IndexSet> topic : byTopic.entrySet()) {
            topic.getValue().forEach(index -> ids.add(new PartitionId(topic.getKey(), index)));
        }
        return ids;
    }

    PartitionSet with(Uuid topicId, IndexSet indexes) {
        int newSize = size - of(topicId).size() + indexes.size();
        return new PartitionSet(
                indexes.isEmpty() ? byTopic.minus(topicId) : byTopic.plus(topicId, indexes),
                newSize);
    }
}
