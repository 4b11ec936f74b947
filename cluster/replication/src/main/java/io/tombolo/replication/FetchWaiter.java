package io.tombolo.replication;

/** Somebody who waits until there is more to read. */
public interface FetchWaiter {

    /**
     * The partition has something new for its readers: records below the high watermark or the last
     * stable offset, a new role, or a failure. Called on the loop of the partition; it may remove
     * itself.
     */
    void advanced(Partition partition);
}
