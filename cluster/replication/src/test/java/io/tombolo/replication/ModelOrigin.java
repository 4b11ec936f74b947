package io.tombolo.replication;

import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.protocol.records.BatchView;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The source of a mirror in small: one log whose leaders change, each in an epoch of its own. Now
 * and then a leader is elected that lacks what others had already copied.
 */
final class ModelOrigin {

    /** What names a record: no two leaders have one epoch, so no two records have one name. */
    record Key(long offset, int epoch) {
        static final Key NONE = new Key(-1, -1);
    }

    /** A record as it was produced, and what stood before it. */
    record Original(int crc, Key previous) {}

    /** One batch, of one record. */
    record Batch(long offset, int epoch, ByteBuffer bytes) {}

    private final List<Batch> log = new ArrayList<>();
    private final Map<Key, Original> history = new HashMap<>();
    private int epoch = 1;
    private long value;

    /** Everything that was ever produced. */
    Map<Key, Original> history() {
        return history;
    }

    void live(SimulatedEntropy dice) {
        for (long count = dice.between(0, 2); count > 0; count--) {
            produce();
        }
        if (dice.chance(0.05)) {
            epoch += (int) dice.between(1, 3);
        }
        if (dice.chance(0.01) && !log.isEmpty()) {
            long kept = log.size() - dice.between(1, Math.min(12, log.size()));
            log.subList((int) kept, log.size()).clear();
            epoch++;
            produce();
        }
    }

    private void produce() {
        long offset = log.size();
        ByteBuffer bytes = Batches.filled(BatchSpec.PLAIN, 1, "original " + value++);
        BatchView.of(bytes).patchOffsets(offset, epoch);
        Key previous = log.isEmpty() ? Key.NONE : new Key(offset - 1, log.getLast().epoch());
        history.put(new Key(offset, epoch), new Original(BatchView.of(bytes).crc(), previous));
        log.add(new Batch(offset, epoch, bytes));
    }

    /** What follows a copy that ends there; nothing when its last record is not of this log. */
    List<Batch> read(long from, int lastEpoch, int count) {
        boolean known =
                from == 0 || from <= log.size() && log.get((int) from - 1).epoch() == lastEpoch;
        return known
                ? List.copyOf(log.subList((int) from, (int) Math.min(log.size(), from + count)))
                : List.of();
    }

    /** The batches as one answer holds them. */
    static ByteBuffer bytes(List<Batch> batches) {
        var bytes =
                ByteBuffer.allocate(
                        batches.stream().mapToInt(one -> one.bytes().remaining()).sum());
        batches.forEach(one -> bytes.put(one.bytes().duplicate()));
        return bytes.flip();
    }
}
