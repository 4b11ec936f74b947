package io.tombolo.simulation.law;

import io.tombolo.environment.Payload;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.BatchWalk;
import io.tombolo.protocol.records.EndTransactionMarker;
import io.tombolo.protocol.records.RecordReader;
import io.tombolo.storage.log.Isolation;
import io.tombolo.storage.log.PartitionLog;
import io.tombolo.storage.log.ReadResult;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What the checker has seen of one log: its batches, by base offset. */
public final class LogImage {

    /** What a batch is to transactions. */
    public enum Kind {
        PLAIN,
        TRANSACTIONAL,
        COMMIT,
        ABORT;

        private static Kind of(BatchView view) {
            if (!view.transactional() || !view.crcValid()) {
                return PLAIN;
            }
            return EndTransactionMarker.read(view)
                    .map(marker -> marker.commit() ? COMMIT : ABORT)
                    .orElse(TRANSACTIONAL);
        }
    }

    /** One batch; the checksum and the header together stand for its bytes. */
    public record Batch(
            long base,
            long next,
            int epoch,
            int crc,
            int bytes,
            long producerId,
            int producerEpoch,
            int sequence,
            int count,
            Kind kind,
            String token) {

        /** One as it stands in bytes; without a checksum that fits, its contents are unknown. */
        public static Batch of(BatchView view) {
            boolean whole = view.crcValid();
            return new Batch(
                    view.baseOffset(),
                    view.nextOffset(),
                    view.partitionLeaderEpoch(),
                    whole ? view.crc() : ~view.crc(),
                    view.lengthBytes(),
                    view.producerId(),
                    view.producerEpoch(),
                    view.baseSequence(),
                    view.recordCount(),
                    Kind.of(view),
                    whole ? tokenOf(view) : "");
        }

        /** Whether it comes from a producer whose batches have sequences. */
        boolean idempotent() {
            return producerId >= 0 && !token.isEmpty();
        }

        /** Whether its producer wrote it next after another one. */
        boolean continues(Batch before) {
            return idempotent()
                    && before.producerId == producerId
                    && before.producerEpoch == producerEpoch
                    && before.sequence + before.count == sequence;
        }

        /** Whether its producer wants to hear from the leader alone. */
        boolean ofLeaderAlone() {
            return token.startsWith(Sent.ALONE);
        }
    }

    private final TreeMap<Long, Batch> batches = new TreeMap<>();
    private long start;

    public Optional<Batch> at(long base) {
        return Optional.ofNullable(batches.get(base));
    }

    public Optional<Batch> last() {
        return batches.isEmpty() ? Optional.empty() : Optional.of(batches.lastEntry().getValue());
    }

    public Optional<Batch> before(long base) {
        return Optional.ofNullable(batches.lowerEntry(base)).map(Map.Entry::getValue);
    }

    /** Whether it has something of the producer of a batch. */
    boolean knows(Batch batch) {
        return batches.values().stream()
                .anyMatch(one ->
                        one.producerId() == batch.producerId()
                                && one.producerEpoch() == batch.producerEpoch());
    }

    public boolean empty() {
        return batches.isEmpty();
    }

    public long end() {
        return batches.isEmpty() ? 0 : batches.lastEntry().getValue().next();
    }

    /** Where it ended before the markers that come last, of whichever region. */
    public long endBeforeMarkers() {
        for (Batch batch : batches.descendingMap().values()) {
            if (batch.kind() != Kind.COMMIT && batch.kind() != Kind.ABORT) {
                return batch.next();
            }
        }
        return 0;
    }

    void add(Batch batch) {
        batches.put(batch.base(), batch);
    }

    void truncateTo(long offset) {
        batches.tailMap(offset, true).clear();
    }

    /** Offsets below this are no longer in the log. */
    long start() {
        return start;
    }

    void startAt(long offset) {
        start = offset;
        while (!batches.isEmpty() && batches.firstEntry().getValue().next() <= offset) {
            batches.pollFirstEntry();
        }
    }

    /** What begins between two offsets; a view. */
    Collection<Batch> between(long from, long to) {
        return from < to ? batches.subMap(from, to).values() : List.of();
    }

    public List<Batch> from(long offset) {
        return List.copyOf(batches.tailMap(offset, true).values());
    }

    /** The batches of a log from an offset on; empty when its disk does not give them now. */
    static Optional<List<Batch>> read(PartitionLog log, long from) {
        var found = new ArrayList<Batch>();
        long at = Math.max(from, log.startOffset());
        while (at < log.endOffset()) {
            ReadResult result = log.read(at, 1 << 20, log.endOffset(), Isolation.READ_UNCOMMITTED);
            ReadResult warm = result instanceof ReadResult.Cold(var cold) ? cold.call() : result;
            if (!(warm instanceof ReadResult.Slice slice) || slice.nextOffset() <= at) {
                return Optional.empty();
            }
            for (Batch batch : of(slice)) {
                if (batch.next() > from) {
                    found.add(batch);
                }
            }
            at = slice.nextOffset();
        }
        return Optional.of(found);
    }

    private static List<Batch> of(ReadResult.Slice slice) {
        var bytes = ByteBuffer.allocate(slice.bytes());
        for (Payload part : slice.parts()) {
            bytes.put(((Payload.Memory) part).bytes().duplicate());
            part.release();
        }
        var walk = new BatchWalk(bytes.flip());
        var found = new ArrayList<Batch>();
        while (walk.next()) {
            BatchView view = walk.batch();
            Broken.unless(view.crcValid(), Law.PREFIX_KEPT, "torn batch at %d", view.baseOffset());
            found.add(Batch.of(view));
        }
        return found;
    }

    /** What the producer wrote into the first record, without the record's number. */
    private static String tokenOf(BatchView batch) {
        var reader = new RecordReader(1 << 20).open(batch);
        if (!reader.next() || reader.value() == null) {
            return "";
        }
        String value = StandardCharsets.UTF_8.decode(reader.value().duplicate()).toString();
        boolean known = batch.baseSequence() >= 0 || value.startsWith(Sent.ALONE);
        return known ? value.substring(0, value.lastIndexOf('/')) : "";
    }
}
