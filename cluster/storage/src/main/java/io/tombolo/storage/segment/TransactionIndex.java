package io.tombolo.storage.segment;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The file format of a transaction index: 34 bytes for each aborted transaction. */
final class TransactionIndex {

    /** Bytes of an entry in the file. */
    static final int ENTRY_BYTES = 34;

    private static final short VERSION = 0;

    private TransactionIndex() {}

    /** The entries from an index on, as the file holds them. */
    static ByteBuffer encode(List<AbortedTransaction> transactions, int from) {
        var bytes = ByteBuffer.allocate((transactions.size() - from) * ENTRY_BYTES);
        for (AbortedTransaction aborted : transactions.subList(from, transactions.size())) {
            bytes.putShort(VERSION)
                    .putLong(aborted.producerId())
                    .putLong(aborted.firstOffset())
                    .putLong(aborted.lastOffset())
                    .putLong(aborted.lastStableOffset());
        }
        return bytes.flip();
    }

    /** The content of a file; empty when it is not that of a transaction index. */
    static Optional<List<AbortedTransaction>> decode(ByteBuffer bytes) {
        if (bytes.remaining() % ENTRY_BYTES != 0) {
            return Optional.empty();
        }
        var transactions = new ArrayList<AbortedTransaction>();
        long lastMarker = -1;
        while (bytes.hasRemaining()) {
            short version = bytes.getShort();
            var aborted =
                    new AbortedTransaction(
                            bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
            boolean sound =
                    version == VERSION
                            && aborted.firstOffset() >= 0
                            && aborted.firstOffset() <= aborted.lastOffset()
                            && aborted.lastOffset() > lastMarker;
            if (!sound) {
                return Optional.empty();
            }
            lastMarker = aborted.lastOffset();
            transactions.add(aborted);
        }
        return Optional.of(transactions);
    }
}
