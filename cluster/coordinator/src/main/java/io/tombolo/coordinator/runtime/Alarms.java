package io.tombolo.coordinator.runtime;

import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

import java.util.Comparator;

/**
 * Deadlines as part of a state, by key; an immutable value. Moving a deadline back costs one map
 * update: its place in the order of deadlines is only corrected when it comes up.
 *
 * @param <K> what a deadline is for; at most one each
 */
public final class Alarms<K extends Comparable<? super K>> {

    private final TreePMap<K, Due> dues;
    private final TreePSet<Entry<K>> order;

    private Alarms(TreePMap<K, Due> dues, TreePSet<Entry<K>> order) {
        this.dues = dues;
        this.order = order;
    }

    /** No deadlines. */
    public static <K extends Comparable<? super K>> Alarms<K> none() {
        Comparator<Entry<K>> byTime =
                Comparator.comparingLong((Entry<K> entry) -> entry.atNanos)
                        .thenComparing(entry -> entry.key);
        return new Alarms<>(TreePMap.empty(), TreePSet.empty(byTime));
    }

    /** With a deadline for this key, instead of the one it had. */
    public Alarms<K> with(K key, long atNanos) {
        Due old = dues.get(key);
        if (old != null && old.listedNanos <= atNanos) {
            return new Alarms<>(dues.plus(key, new Due(atNanos, old.listedNanos)), order);
        }
        var cleaned = old == null ? order : order.minus(new Entry<>(key, old.listedNanos));
        return new Alarms<>(
                dues.plus(key, new Due(atNanos, atNanos)), cleaned.plus(new Entry<>(key, atNanos)));
    }

    /** Without a deadline for this key. */
    public Alarms<K> without(K key) {
        Due old = dues.get(key);
        return old == null
                ? this
                : new Alarms<>(dues.minus(key), order.minus(new Entry<>(key, old.listedNanos)));
    }

    /** When the key is due, or MAX_VALUE when it has no deadline. */
    public long dueNanos(K key) {
        Due due = dues.get(key);
        return due == null ? Long.MAX_VALUE : due.atNanos;
    }

    /**
     * A moment at which to look again; never after the earliest deadline; MAX_VALUE when there is
     * none.
     */
    public long nextNanos() {
        return order.isEmpty() ? Long.MAX_VALUE : order.first().atNanos;
    }

    /** The same deadlines, with {@link #nextNanos} exact as far as {@code nowNanos}. */
    public Alarms<K> settled(long nowNanos) {
        Alarms<K> alarms = this;
        while (alarms.nextNanos() <= nowNanos) {
            K key = alarms.order.first().key;
            long atNanos = alarms.dueNanos(key);
            if (atNanos == alarms.nextNanos()) {
                return alarms;
            }
            alarms = alarms.without(key).with(key, atNanos);
        }
        return alarms;
    }

    /** The key whose deadline comes first of those due by now; null when none is due. */
    public @Nullable K firstDue(long nowNanos) {
        Alarms<K> settled = settled(nowNanos);
        return settled.nextNanos() <= nowNanos ? settled.order.first().key : null;
    }

    /** How many deadlines there are. */
    public int count() {
        return dues.size();
    }

    /** The deadline and where it stands in the order, listedNanos ≤ atNanos. */
    private record Due(long atNanos, long listedNanos) {}

    private record Entry<K>(K key, long atNanos) {}
}
