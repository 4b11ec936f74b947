package io.tombolo.simulation;

/** A partition by name. */
record Place(String topic, int partition) {
    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
