package io.tombolo.metadata.record;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.RandomAccess;

/** Distinct broker ids in an order that matters; immutable and lean, there are millions of them. */
public final class BrokerIds {

    /** No broker. */
    public static final BrokerIds NONE = new BrokerIds(new int[0]);

    private final int[] ids;

    private BrokerIds(int[] ids) {
        this.ids = ids;
    }

    /**
     * These brokers.
     *
     * @throws IllegalArgumentException when an id is negative or occurs twice
     */
    public static BrokerIds of(int... ids) {
        return ids.length == 0 ? NONE : owning(ids.clone());
    }

    /** As {@link #of(int...)}. */
    public static BrokerIds of(Collection<Integer> ids) {
        return owning(ids.stream().mapToInt(Integer::intValue).toArray());
    }

    static BrokerIds owning(int[] ids) {
        for (int i = 0; i < ids.length; i++) {
            Names.requireNotNegative(ids[i], "broker id");
            for (int j = 0; j < i; j++) {
                if (ids[i] == ids[j]) {
                    throw new IllegalArgumentException("broker " + ids[i] + " is named twice");
                }
            }
        }
        return new BrokerIds(ids);
    }

    public int size() {
        return ids.length;
    }

    public boolean isEmpty() {
        return ids.length == 0;
    }

    /** The id at a place, 0 ≤ place &lt; {@link #size()}. */
    public int at(int place) {
        return ids[place];
    }

    public boolean has(int brokerId) {
        for (int id : ids) {
            if (id == brokerId) {
                return true;
            }
        }
        return false;
    }

    /** Whether every broker of the other set is in this one. */
    public boolean hasAll(BrokerIds others) {
        for (int id : others.ids) {
            if (!has(id)) {
                return false;
            }
        }
        return true;
    }

    /** These and, at the end, one more; the same object when it is in already. */
    public BrokerIds with(int brokerId) {
        if (has(brokerId)) {
            return this;
        }
        int[] more = Arrays.copyOf(ids, ids.length + 1);
        more[ids.length] = brokerId;
        return owning(more);
    }

    /** These without one; the same object when it is not in. */
    public BrokerIds without(int brokerId) {
        return has(brokerId)
                ? new BrokerIds(Arrays.stream(ids).filter(id -> id != brokerId).toArray())
                : this;
    }

    /** A view as Kafka's messages want it. */
    public List<Integer> asList() {
        return new View(ids);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof BrokerIds that && Arrays.equals(ids, that.ids);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ids);
    }

    @Override
    public String toString() {
        return Arrays.toString(ids);
    }

    private static final class View extends AbstractList<Integer> implements RandomAccess {

        private final int[] ids;

        View(int[] ids) {
            this.ids = ids;
        }

        @Override
        public Integer get(int place) {
            return ids[place];
        }

        @Override
        public int size() {
            return ids.length;
        }
    }
}
