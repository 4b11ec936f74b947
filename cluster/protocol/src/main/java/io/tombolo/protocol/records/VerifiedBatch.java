package io.tombolo.protocol.records;

import java.nio.ByteBuffer;

/**
 * One whole batch whose checksum was computed in this process, either to verify or to write it, so
 * that whoever takes the batch need not compute it again. Only those who have done so can make one:
 * {@link ClientBatchCheck} and {@link Recompressor}.
 */
public final class VerifiedBatch {

    private final ByteBuffer bytes;

    VerifiedBatch(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /**
     * The batch and nothing else, position to limit, still where it was verified. It may only be
     * changed by the patches of {@link BatchView}, which keep the checksum right.
     */
    public ByteBuffer bytes() {
        return bytes;
    }
}
