package io.tombolo.coordinator.runtime;

/** What is read back from an internal topic, in offset order. */
public sealed interface StoredEntry permits StoredRecord, StoredMarker {

    /** Where it is stored. */
    long offset();
}
