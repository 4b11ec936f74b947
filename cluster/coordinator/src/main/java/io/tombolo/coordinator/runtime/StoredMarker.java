package io.tombolo.coordinator.runtime;

/** A marker read back from an internal topic: a producer's transaction ended here. */
public record StoredMarker(long offset, TransactionEnd end) implements StoredEntry {}
