package io.tombolo.storage.log;

import java.util.concurrent.Callable;

/**
 * A read of batches that are probably not in memory. Made by {@link PartitionLog#read} on the
 * owner's loop, called once on {@code Offload}: it blocks, pulls the bytes into memory and answers
 * like the read itself, never with another {@link ReadResult.Cold}. {@code Overtaken} means that
 * the log was truncated, or the segment deleted, meanwhile.
 */
public final class ColdRead implements Callable<ReadResult> {

    private final Callable<ReadResult> read;

    /** A cold read that does its work when it is called. */
    public ColdRead(Callable<ReadResult> read) {
        this.read = read;
    }

    @Override
    public ReadResult call() {
        try {
            return read.call();
        } catch (Exception failure) {
            return new ReadResult.Failed(failure);
        }
    }
}
