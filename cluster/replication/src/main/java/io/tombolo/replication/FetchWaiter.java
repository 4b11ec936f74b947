package io.tombolo.replication;

/** Somebody who waits until there is more to read. */
public interface FetchWaiter {

    /**
     * The partition has something new for its readers: records below the high watermark or the last
     * stable offset, a new role, or a failure. Called on the loop of the partition; it may remove
     * itself.
     */
    void advanced(Partition partition);

    /**
     * Something changed that does not end a wait: for whoever reads for a replica, that the high
     * watermark or the log start has moved.
     */
    default void changed(Partition partition) {}
}
