package io.tombolo.metadata.record;

import io.tombolo.metadata.record.TopicRecord.PartitionChanged;
import io.tombolo.metadata.record.TopicRecord.PartitionCreated;
import io.tombolo.metadata.record.TopicRecord.TopicCreated;
import io.tombolo.metadata.record.TopicRecord.TopicDeleted;

import java.util.ArrayList;
import java.util.List;

/**
 * The fields of topic and partition records. Each change of a partition is a tagged field; a
 * created partition carries the same tags for what is not in good order, so that records written
 * before those fields existed still mean what they meant.
 */
final class PartitionFields {

    private static final int LEADER = 0;
    private static final int LEADER_EPOCH = 1;
    private static final int IN_SYNC = 2;
    private static final int REPLICAS = 3;
    private static final int DIRECTORIES = 4;
    private static final int ELIGIBLE_LEADERS = 5;
    private static final int LAST_KNOWN_LEADERS = 6;
    private static final int RECOVERY = 7;
    private static final int ADDING = 8;
    private static final int REMOVING = 9;
    private static final int UNCLEAN_EPOCH = 10;
    private static final int BEGUN_ANEW = 11;

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
                .uuids(partition.directories());
        writeChanges(disorder(partition), to);
    }

    /** What a created partition has beyond a partition in good order, as in a snapshot. */
    private static List<PartitionChange> disorder(PartitionRegistration partition) {
        var changes = new ArrayList<PartitionChange>();
        if (!partition.elr().isEmpty()) {
            changes.add(new PartitionChange.EligibleLeaders(partition.elr()));
        }
        if (!partition.lastKnownElr().isEmpty()) {
            changes.add(new PartitionChange.LastKnownLeaders(partition.lastKnownElr()));
        }
        if (partition.leaderRecovery() != LeaderRecovery.RECOVERED) {
            changes.add(new PartitionChange.Recovery(partition.leaderRecovery()));
        }
        if (partition.uncleanEpoch() != PartitionRegistration.NO_EPOCH) {
            changes.add(new PartitionChange.UncleanEpoch(partition.uncleanEpoch()));
        }
        if (!partition.begunAnew().isEmpty()) {
            changes.add(new PartitionChange.BegunAnew(partition.begunAnew()));
        }
        if (!partition.adding().isEmpty()) {
            changes.add(new PartitionChange.Adding(partition.adding()));
        }
        if (!partition.removing().isEmpty()) {
            changes.add(new PartitionChange.Removing(partition.removing()));
        }
        return changes;
    }

    static PartitionCreated readCreated(FieldReader from) {
        var topicId = from.uuid();
        int index = from.smallNumber();
        var partition =
                new PartitionRegistration(
                        from.brokers(),
                        from.brokers(),
                        from.smallNumber(),
                        from.smallNumber(),
                        from.smallNumber(),
                        from.uuids());
        List<PartitionChange> disorder = new ArrayList<>();
        from.tags((tag, field) -> readChange(tag, field, disorder));
        return new PartitionCreated(
                topicId,
                index,
                disorder.isEmpty()
                        ? partition
                        : partition.changed(partition.partitionEpoch(), disorder));
    }

    private static void writeChanged(PartitionChanged record, FieldWriter to) {
        to.uuid(record.topicId()).number(record.index()).number(record.partitionEpoch());
        writeChanges(record.changes(), to);
    }

    private static void writeChanges(List<PartitionChange> changes, FieldWriter to) {
        to.tags(changes.size());
        for (PartitionChange change : changes) {
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
                case PartitionChange.EligibleLeaders(var elr) ->
                        to.tag(ELIGIBLE_LEADERS, field -> field.brokers(elr));
                case PartitionChange.LastKnownLeaders(var ids) ->
                        to.tag(LAST_KNOWN_LEADERS, field -> field.brokers(ids));
                case PartitionChange.Recovery(var state) ->
                        to.tag(RECOVERY, field -> field.number(state.code()));
                case PartitionChange.UncleanEpoch(var epoch) ->
                        to.tag(UNCLEAN_EPOCH, field -> field.number(epoch));
                case PartitionChange.BegunAnew(var ids) ->
                        to.tag(BEGUN_ANEW, field -> field.brokers(ids));
                case PartitionChange.Adding(var ids) -> to.tag(ADDING, field -> field.brokers(ids));
                case PartitionChange.Removing(var ids) ->
                        to.tag(REMOVING, field -> field.brokers(ids));
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
            case ELIGIBLE_LEADERS ->
                    changes.add(new PartitionChange.EligibleLeaders(from.brokers()));
            case LAST_KNOWN_LEADERS ->
                    changes.add(new PartitionChange.LastKnownLeaders(from.brokers()));
            case RECOVERY ->
                    changes.add(
                            new PartitionChange.Recovery(
                                    LeaderRecovery.ofCode(from.smallNumber())));
            case UNCLEAN_EPOCH -> changes.add(new PartitionChange.UncleanEpoch(from.smallNumber()));
            case BEGUN_ANEW -> changes.add(new PartitionChange.BegunAnew(from.brokers()));
            case ADDING -> changes.add(new PartitionChange.Adding(from.brokers()));
            case REMOVING -> changes.add(new PartitionChange.Removing(from.brokers()));
            default -> {
                return false;
            }
        }
        return true;
    }
}
