package io.tombolo.metadata.image;

import io.tombolo.metadata.record.PartitionRegistration;

import java.util.Arrays;
import java.util.Optional;

/**
 * The partitions of one topic, indexes 0 to count - 1. Immutable: a tree of arrays of up to 32
 * entries, so that a change copies one array per level and a partition costs about four bytes here.
 */
public final class PartitionTable {

    /** No partition. */
    public static final PartitionTable EMPTY = new PartitionTable(0, 0, new Object[0]);

    private static final int BITS = 5;
    private static final int WIDTH = 1 << BITS;
    private static final Object[] NO_NODE = {};

    private final int count;

    /** How far an index is shifted to give the place in the root; 0 when the root is a leaf. */
    private final int shift;

    private final Object[] root;

    private PartitionTable(int count, int shift, Object[] root) {
        this.count = count;
        this.shift = shift;
        this.root = root;
    }

    public int count() {
        return count;
    }

    /**
     * The partition at an index.
     *
     * @throws IndexOutOfBoundsException when there is none
     */
    public PartitionRegistration get(int index) {
        if (index < 0 || index >= count) {
            throw new IndexOutOfBoundsException("no partition " + index + " of " + count);
        }
        Object[] node = root;
        for (int level = shift; level > 0; level -= BITS) {
            node = (Object[]) node[(index >>> level) & (WIDTH - 1)];
        }
        return (PartitionRegistration) node[index & (WIDTH - 1)];
    }

    /** The partition at an index; empty when there is none. */
    public Optional<PartitionRegistration> find(int index) {
        return index < 0 || index >= count ? Optional.empty() : Optional.of(get(index));
    }

    /** Shows every partition, by rising index. */
    public void forEach(Visitor visitor) {
        for (int index = 0; index < count; index++) {
            visitor.visit(index, get(index));
        }
    }

    /** This table with one more partition, at index {@link #count}. */
    PartitionTable plus(PartitionRegistration partition) {
        boolean full = count == 1L << (shift + BITS);
        Object[] newRoot = full ? new Object[] {root} : root;
        int newShift = full ? shift + BITS : shift;
        return new PartitionTable(count + 1, newShift, set(newRoot, newShift, count, partition));
    }

    /** This table with another value at an index, 0 ≤ index &lt; count. */
    PartitionTable with(int index, PartitionRegistration partition) {
        return new PartitionTable(count, shift, set(root, shift, index, partition));
    }

    private static Object[] set(
            Object[] node, int level, int index, PartitionRegistration partition) {
        int place = (index >>> level) & (WIDTH - 1);
        Object[] copy = Arrays.copyOf(node, Math.max(node.length, place + 1));
        if (level == 0) {
            copy[place] = partition;
        } else {
            Object[] below = place < node.length ? (Object[]) node[place] : NO_NODE;
            copy[place] = set(below, level - BITS, index, partition);
        }
        return copy;
    }

    @Override
    public boolean equals(Object other) {
        return this == other
                || other instanceof PartitionTable that
                        && count == that.count
                        && Arrays.deepEquals(root, that.root);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(root);
    }

    /** Is shown the partitions of a topic. */
    @FunctionalInterface
    public interface Visitor {

        void visit(int index, PartitionRegistration partition);
    }
}
