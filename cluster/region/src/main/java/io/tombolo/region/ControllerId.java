package io.tombolo.region;

/**
 * The id of a controller that is a process of its own, unique across all regions of a topology: it
 * is Kafka's {@code node.id}, which brokers and controllers share. Region i's controller n has id
 * 100,000 + i × 1000 + n, so that no broker ever has it, however many there will be, and that an id
 * tells what has it.
 *
 * @param value 100,001 or more
 */
public record ControllerId(int value) implements Comparable<ControllerId> {

    private static final int BASE = 100_000;

    public ControllerId {
        if (!isController(value)) {
            throw new IllegalArgumentException("node id " + value + " is not a controller's");
        }
    }

    /**
     * The id of a region's n-th controller. Appending regions to a topology file leaves the ids of
     * the earlier ones as they are.
     *
     * @param regionIndex position of the region in the file, 0 or more
     * @param number 1 to 999, as in {@code tombolo controller --region eu --id 1}
     */
    public static ControllerId of(int regionIndex, int number) {
        return new ControllerId(Math.addExact(BASE, BrokerId.of(regionIndex, number).value()));
    }

    /** Whether a node id is that of a controller, and not of a broker. */
    public static boolean isController(int nodeId) {
        return nodeId > BASE;
    }

    @Override
    public int compareTo(ControllerId other) {
        return Integer.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Integer.toString(value);
    }
}
