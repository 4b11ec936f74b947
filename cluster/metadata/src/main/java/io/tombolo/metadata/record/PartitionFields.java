package io.tombolo.metadata.record;

import io.tombolo.metadata.record.TopicRecord.PartitionChanged;
import io.tombolo.metadata.record.TopicRecord.PartitionCreated;
import io.tombolo.metadata.record.TopicRecord.TopicCreated;
import io.tombolo.metadata.record.TopicRecord.TopicDeleted;

import java.util.ArrayList;
import java.util.List;

/** The fields of topic and partition records. Each change of a partition is a tagged field. */
final class PartitionFields {

    private static final int LEADER = 0;
    private static final int LEADER_EPOCH = 1;
    private static final int IN_SYNC = 2;
    private static final int REPLICAS = 3;
    private static final int DIRECTORIES = 4;

    private PartitionFields() {}

    static void write(TopicRecord record, FieldWriter to) {
        switch (record) {
            case TopicCreated(var name, var topicId) -> to.string(name).uuid(topicId).tags(0);
            case TopicDeleted(var topicId) -> to.uuid(topicId).tags(0);
            case PartitionCreated created -> writeCreated(created, to);
            case PartitionChanged changed -> writeChanged(changed, to);
        }
    }

    private static void writeCreated(PartitionCreated record, FieldWriter to) {
        PartitionRegistration partition = record.registration();
        to.uuid(record.topicId())
                .number(record.index())
                .brokers(partition.replicas())
                .brokers(partition.isr())
                .number(partition.leader())
                .number(partition.leaderEpoch())
                .number(partition.partitionEpoch())
                .uuids(partition.directories())
                .tags(0);
    }

    static PartitionCreated readCreated(FieldReader from) {
        return new PartitionCreated(
                from.uuid(),
                from.smallNumber(),
                new PartitionRegistration(
                        from.brokers(),
                        from.brokers(),
                        from.smallNumber(),
                        from.smallNumber(),
                        from.smallNumber(),
                        from.uuids()));
    }

    private static void writeChanged(PartitionChanged record, FieldWriter to) {
        to.uuid(record.topicId()).number(record.index()).number(record.partitionEpoch());
        to.tags(record.changes().size());
        for (PartitionChange change : record.changes()) {
            switch (change) {
                case PartitionChange.Leader(var id) -> to.tag(LEADER, field -> field.number(id));
                case PartitionChange.LeaderEpoch(var epoch) ->
                        to.tag(LEADER_EPOCH, field -> field.number(epoch));
                case PartitionChange.InSync(var isr) ->
                        to.tag(IN_SYNC, field -> field.brokers(isr));
                case PartitionChange.Replicas(var replicas) ->
                        to.tag(REPLICAS, field -> field.brokers(replicas));
                case PartitionChange.Directories(var ids) ->
                        to.tag(DIRECTORIES, field -> field.uuids(ids));
            }
        }
    }

    static PartitionChanged readChanged(FieldReader from) {
        var topicId = from.uuid();
        int index = from.smallNumber();
        int partitionEpoch = from.smallNumber();
        List<PartitionChange> changes = new ArrayList<>();
        from.tags((tag, field) -> readChange(tag, field, changes));
        return new PartitionChanged(topicId, index, partitionEpoch, changes);
    }

    private static boolean readChange(int tag, FieldReader from, List<PartitionChange> changes) {
        switch (tag) {
            case LEADER -> changes.add(new PartitionChange.Leader(from.smallNumber()));
            case LEADER_EPOCH -> changes.add(new PartitionChange.LeaderEpoch(from.smallNumber()));
            case IN_SYNC -> changes.add(new PartitionChange.InSync(from.brokers()));
            case REPLICAS -> changes.add(new PartitionChange.Replicas(from.brokers()));
            case DIRECTORIES -> changes.add(new PartitionChange.Directories(from.uuids()));
            default -> {
                return false;
            }
        }
        return true;
    }
}
