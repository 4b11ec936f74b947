package io.tombolo.metadata.record;

import org.apache.kafka.common.Uuid;

import java.util.List;

/** What happens to topics and partitions. */
public sealed interface TopicRecord extends MetadataRecord {

    Uuid topicId();

    /** A topic without partitions; they follow in the same batch. */
    record TopicCreated(String name, Uuid topicId) implements TopicRecord {

        public TopicCreated {
            Names.require(name, "topic name");
        }
    }

    /** The topic, its partitions, its configs and its mirror state are gone. */
    record TopicDeleted(Uuid topicId) implements TopicRecord {}

    /** The partitions of a topic are created in the order of their indexes, from 0 on. */
    record PartitionCreated(Uuid topicId, int index, PartitionRegistration registration)
            implements TopicRecord {

        public PartitionCreated {
            Names.requireNotNegative(index, "partition index");
        }
    }

    /**
     * Some fields of a partition have a new value; those not named keep theirs.
     *
     * @param partitionEpoch the old one + 1
     * @param changes at most one of each kind
     */
    record PartitionChanged(
            Uuid topicId, int index, int partitionEpoch, List<PartitionChange> changes)
            implements TopicRecord {

        public PartitionChanged {
            Names.requireNotNegative(index, "partition index");
            Names.requireNotNegative(partitionEpoch, "partition epoch");
            changes = List.copyOf(changes);
        }
    }
}
