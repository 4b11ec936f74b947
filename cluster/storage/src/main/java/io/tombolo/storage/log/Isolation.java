package io.tombolo.storage.log;

/** Whether a reader wants to know which transactions were aborted. */
public enum Isolation {
    READ_UNCOMMITTED,
    READ_COMMITTED
}
