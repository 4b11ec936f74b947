package io.tombolo.metadata.image;

import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;

import org.apache.kafka.common.Uuid;
import org.pcollections.PSortedMap;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/** Keeps the indexes of partitions while one batch is applied. Mutable, used once. */
final class IndexReplay {

    /** Which index. */
    private enum Kind {
        REPLICA,
        LEADER,
        AWAY,
        ELR,
        REASSIGNING
    }

    /** The part of an index that one topic has. */
    private record Slot(Kind kind, int brokerId, Uuid topicId) {}

    private static final int ALL = 0;

    private static final Comparator<Slot> ORDER =
            Comparator.comparing(Slot::kind)
                    .thenComparingInt(Slot::brokerId)
                    .thenComparing(Slot::topicId);

    private final PartitionIndexes before;
    private final Map<Slot, IndexSet.Editor> editors = new TreeMap<>(ORDER);

    IndexReplay(PartitionIndexes before) {
        this.before = before;
    }

    void created(PartitionId id, PartitionRegistration now) {
        now.replicas().asList().forEach(broker -> add(Kind.REPLICA, broker, id));
        add(Kind.LEADER, now.leader(), id);
        if (now.leader() != now.preferredLeader()) {
            add(Kind.AWAY, now.preferredLeader(), id);
        }
        if (!now.elr().isEmpty()) {
            add(Kind.ELR, ALL, id);
        }
        if (now.reassigning()) {
            add(Kind.REASSIGNING, ALL, id);
        }
    }

    void deleted(PartitionId id, PartitionRegistration old) {
        old.replicas().asList().forEach(broker -> remove(Kind.REPLICA, broker, id));
        remove(Kind.LEADER, old.leader(), id);
        if (old.leader() != old.preferredLeader()) {
            remove(Kind.AWAY, old.preferredLeader(), id);
        }
        if (!old.elr().isEmpty()) {
            remove(Kind.ELR, ALL, id);
        }
        if (old.reassigning()) {
            remove(Kind.REASSIGNING, ALL, id);
        }
    }

    void changed(PartitionId id, PartitionRegistration old, PartitionRegistration now) {
        boolean same =
                old.leader() == now.leader()
                        && old.replicas().equals(now.replicas())
                        && old.elr().isEmpty() == now.elr().isEmpty()
                        && old.reassigning() == now.reassigning();
        if (!same) {
            deleted(id, old);
            created(id, now);
        }
    }

    PartitionIndexes finish() {
        PSortedMap<Integer, PartitionSet> byReplica = before.byReplica();
        PSortedMap<Integer, PartitionSet> byLeader = before.byLeader();
        PSortedMap<Integer, PartitionSet> awayFrom = before.awayFrom();
        PartitionSet withElr = before.withElr();
        PartitionSet reassigning = before.reassigning();
        for (Map.Entry<Slot, IndexSet.Editor> edited : editors.entrySet()) {
            Slot slot = edited.getKey();
            IndexSet indexes = edited.getValue().finish();
            switch (slot.kind()) {
                case REPLICA -> byReplica = with(byReplica, slot, indexes);
                case LEADER -> byLeader = with(byLeader, slot, indexes);
                case AWAY -> awayFrom = with(awayFrom, slot, indexes);
                case ELR -> withElr = withElr.with(slot.topicId(), indexes);
                case REASSIGNING -> reassigning = reassigning.with(slot.topicId(), indexes);
            }
        }
        return new PartitionIndexes(byReplica, byLeader, awayFrom, withElr, reassigning);
    }

    private static PSortedMap<Integer, PartitionSet> with(
            PSortedMap<Integer, PartitionSet> index, Slot slot, IndexSet indexes) {
        PartitionSet changed =
                PartitionIndexes.of(index, slot.brokerId()).with(slot.topicId(), indexes);
        return changed.isEmpty()
                ? index.minus(slot.brokerId())
                : index.plus(slot.brokerId(), changed);
    }

    private void add(Kind kind, int brokerId, PartitionId id) {
        editor(kind, brokerId, id).add(id.index());
    }

    private void remove(Kind kind, int brokerId, PartitionId id) {
        editor(kind, brokerId, id).remove(id.index());
    }

    private IndexSet.Editor editor(Kind kind, int brokerId, PartitionId id) {
        var slot = new Slot(kind, brokerId, id.topicId());
        return editors.computeIfAbsent(slot, this::opened);
    }

    private IndexSet.Editor opened(Slot slot) {
        PartitionSet known =
                switch (slot.kind()) {
                    case REPLICA -> PartitionIndexes.of(before.byReplica(), slot.brokerId());
                    case LEADER -> PartitionIndexes.of(before.byLeader(), slot.brokerId());
                    case AWAY -> PartitionIndexes.of(before.awayFrom(), slot.brokerId());
                    case ELR -> before.withElr();
                    case REASSIGNING -> before.reassigning();
                };
        return new IndexSet.Editor(known.of(slot.topicId()));
    }
}
