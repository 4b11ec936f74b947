package io.tombolo.raft.log;

import java.io.IOException;

/** Bytes that should be a batch are none: cut off, altered, or never were one. */
public final class CorruptBatchException extends IOException {

    private static final long serialVersionUID = 1;

    CorruptBatchException(String reason) {
        super(reason);
    }
}
