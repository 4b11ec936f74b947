package io.tombolo.region;

/**
 * A broker's id, unique across all regions of a topology: it is Kafka's {@code node.id}, and a
 * client that is sent from one region to another must never meet the same id twice.
 *
 * @param value 1 or more
 */
public record BrokerId(int value) implements Comparable<BrokerId> {

    /** Broker numbers of one region lie below this: region i's broker n has id i × 1000 + n. */
    public static final int PER_REGION = 1000;

    public BrokerId {
        if (value < 1) {
            throw new IllegalArgumentException("broker id " + value + " is not positive");
        }
    }

    /**
     * The id of a region's n-th broker. Appending regions to a topology file leaves the ids of the
     * earlier ones as they are.
     *
     * @param regionIndex position of the region in the file, 0 or more
     * @param number 1 to 999, as in {@code tombolo broker --region eu --id 1}
     */
    public static BrokerId of(int regionIndex, int number) {
        if (regionIndex < 0 || number < 1 || number >= PER_REGION) {
            throw new IllegalArgumentException(
                    "no broker %d in region number %d".formatted(number, regionIndex));
        }
        return new BrokerId(Math.addExact(Math.multiplyExact(regionIndex, PER_REGION), number));
    }

    @Override
    public int compareTo(BrokerId other) {
        return Integer.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Integer.toString(value);
    }
}
