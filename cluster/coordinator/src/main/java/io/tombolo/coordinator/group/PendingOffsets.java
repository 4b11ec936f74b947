package io.tombolo.coordinator.group;

import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

import java.util.Comparator;
import java.util.Set;

/**
 * Positions that open transactions will commit when they are committed; an immutable value. What is
 * later in the log wins, as compaction would have it: a pending position counts for nothing any
 * more once its partition was committed or deleted after it, whatever becomes of its transaction.
 * It still keeps the partition unstable until then.
 */
final class PendingOffsets {

    static final PendingOffsets NONE = new PendingOffsets(TreePMap.empty(), TreePMap.empty(), 0);

    private final TreePMap<String, TreePMap<Place, TreePMap<Long, Pending>>> byGroup;
    private final TreePMap<Long, TreePSet<Place>> byProducer;
    private final long lastOrder;

    private PendingOffsets(
            TreePMap<String, TreePMap<Place, TreePMap<Long, Pending>>> byGroup,
            TreePMap<Long, TreePSet<Place>> byProducer,
            long lastOrder) {
        this.byGroup = byGroup;
        this.byProducer = byProducer;
        this.lastOrder = lastOrder;
    }

    /** One partition, as read by one group. */
    record Place(String group, String topic, int partition) implements Comparable<Place> {

        private static final Comparator<Place> ORDER =
                Comparator.comparing(Place::group)
                        .thenComparing(Place::topic)
                        .thenComparingInt(Place::partition);

        @Override
        public int compareTo(Place other) {
            return ORDER.compare(this, other);
        }
    }

    /**
     * A position that one transaction will commit.
     *
     * @param order larger for what is later in the log
     * @param offset null when something later counts instead
     */
    record Pending(long order, @Nullable CommittedOffset offset) {}

    // ---- questions ----

    boolean isPending(String group, String topic, int partition) {
        return at(new Place(group, topic, partition)) != null;
    }

    /** Where the open transactions of a group want to commit. */
    Set<Place> of(String group) {
        var places = byGroup.get(group);
        return places == null ? Set.of() : places.keySet();
    }

    /** Where one producer's open transaction wants to commit, for all groups. */
    Set<Place> of(long producerId) {
        var places = byProducer.get(producerId);
        return places == null ? Set.of() : places;
    }

    Set<String> groups() {
        return byGroup.keySet();
    }

    /** What a producer will commit there; null when nothing, or nothing that counts. */
    @Nullable CommittedOffset offset(long producerId, Place place) {
        var pending = at(place);
        Pending one = pending == null ? null : pending.get(producerId);
        return one == null ? null : one.offset;
    }

    /** Whether something that may still count there is of this topic, or of no known one. */
    boolean counts(Place place, Uuid topicId) {
        var pending = at(place);
        return pending != null
                && pending.values().stream()
                        .map(Pending::offset)
                        .anyMatch(offset -> offset != null && !offset.isOfOtherTopic(topicId));
    }

    /** Whether something that may still count there is beyond the end of a log. */
    boolean reachesBeyond(Place place, long end) {
        var pending = at(place);
        return pending != null
                && pending.values().stream()
                        .map(Pending::offset)
                        .anyMatch(offset -> offset != null && offset.offset() > end);
    }

    private @Nullable TreePMap<Long, Pending> at(Place place) {
        var places = byGroup.get(place.group);
        return places == null ? null : places.get(place);
    }

    // ---- changes ----

    PendingOffsets with(long producerId, Place place, CommittedOffset offset) {
        var present = at(place);
        TreePMap<Long, Pending> pending = present == null ? TreePMap.empty() : present;
        var places = byProducer.get(producerId);
        TreePSet<Place> own = places == null ? TreePSet.empty() : places;
        return new PendingOffsets(
                put(place, pending.plus(producerId, new Pending(lastOrder + 1, offset))),
                byProducer.plus(producerId, own.plus(place)),
                lastOrder + 1);
    }

    /** Something was committed or deleted outside transactions, later than all that is pending. */
    PendingOffsets overtaken(Place place) {
        return overtaken(place, Long.MAX_VALUE);
    }

    private PendingOffsets overtaken(Place place, long beforeOrder) {
        TreePMap<Long, Pending> pending = at(place);
        if (pending == null) {
            return this;
        }
        TreePMap<Long, Pending> voided = pending;
        for (var entry : pending.entrySet()) {
            if (entry.getValue().order < beforeOrder && entry.getValue().offset != null) {
                voided = voided.plus(entry.getKey(), new Pending(entry.getValue().order, null));
            }
        }
        return new PendingOffsets(put(place, voided), byProducer, lastOrder);
    }

    /** The producer's transaction is committed here: what it committed counts for this place. */
    PendingOffsets committed(long producerId, Place place) {
        var pending = at(place);
        Pending one = pending == null ? null : pending.get(producerId);
        PendingOffsets rest = without(producerId, place);
        return one == null || one.offset == null ? rest : rest.overtaken(place, one.order);
    }

    /** The producer's transaction does not concern this place any more. */
    PendingOffsets without(long producerId, Place place) {
        var pending = at(place);
        var own = byProducer.get(producerId);
        if (pending == null || own == null) {
            return this;
        }
        TreePSet<Place> rest = own.minus(place);
        return new PendingOffsets(
                put(place, pending.minus(producerId)),
                rest.isEmpty() ? byProducer.minus(producerId) : byProducer.plus(producerId, rest),
                lastOrder);
    }

    private TreePMap<String, TreePMap<Place, TreePMap<Long, Pending>>> put(
            Place place, TreePMap<Long, Pending> pending) {
        var present = byGroup.get(place.group);
        TreePMap<Place, TreePMap<Long, Pending>> places =
                present == null ? TreePMap.empty() : present;
        places = pending.isEmpty() ? places.minus(place) : places.plus(place, pending);
        return places.isEmpty() ? byGroup.minus(place.group) : byGroup.plus(place.group, places);
    }

    /** What will become of which place, without what only matters in comparison. */
    @Override
    public String toString() {
        var out = new StringBuilder();
        byProducer.forEach((producer, places) ->
                places.forEach(place ->
                        out.append(producer)
                                .append(" -> ")
                                .append(place)
                                .append(' ')
                                .append(offset(producer, place))
                                .append('\n')));
        return out.toString();
    }
}
