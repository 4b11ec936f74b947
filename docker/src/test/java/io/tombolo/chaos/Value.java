package io.tombolo.chaos;

/**
 * What a record says of itself: who sent it, and as which one of those to its partition.
 *
 * @param number from 0, in the order of sending
 */
record Value(String producer, int partition, long number) {

    static Value parse(String text) {
        String[] parts = text.split("/", 3);
        return new Value(parts[0], Integer.parseInt(parts[1]), Long.parseLong(parts[2]));
    }

    @Override
    public String toString() {
        return producer + "/" + partition + "/" + number;
    }
}
