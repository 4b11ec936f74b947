package io.tombolo.coordinator.group.entry;

import org.apache.kafka.common.protocol.Errors;

import java.util.SortedSet;

/** A consumer of {@code orders}, of either protocol. */
interface Client {

    /** As the coordinator knows it; empty when it has none. */
    String id();

    /** Its epoch or generation. */
    int epoch();

    /** What it was told last. */
    Errors lastError();

    /** Whether it has nothing to wait for, as far as it knows. */
    boolean settled();

    /** The partitions that it works on. */
    SortedSet<Integer> orders();

    /** Says the next thing that it has to say. */
    void beat();

    /** Goes, and says so. */
    void leave();

    /** Is killed, and starts anew. */
    void restart();
}
