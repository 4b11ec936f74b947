package io.tombolo.replication.transaction;

import io.tombolo.protocol.records.BatchView;
import io.tombolo.storage.log.PartitionLog;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Lets the first batch of a transaction into a partition only when the coordinator knows of it:
 * otherwise nobody would ever end it there, and readers would wait for good (KIP-890). Mutable;
 * owned by its partition, which tells of every marker.
 *
 * <pre>
 * begin    -> to be asked, unless the transaction is open in the log
 * asked    -> the batch may be appended, by whoever holds the verification
 * marker   -> what was asked before does not count any more: the answer may be of before the end
 * resigned -> likewise
 * </pre>
 */
public final class TransactionAdmission {

    /** How many producers may be asked about at a time; the one asked first is asked again. */
    public static final int ASKED_MAX = 10_000;

    private static final byte MAGIC = 2;

    private final PartitionLog log;
    private final Map<Long, Verification> asked = new LinkedHashMap<>();
    private long lastNumber;

    public TransactionAdmission(PartitionLog log) {
        this.log = log;
    }

    /** What is to be said of a transactional batch. */
    public enum Verdict {
        ADMITTED,
        /** The request names no transactional id. */
        UNNAMED,
        /** A newer incarnation of the producer is known here. */
        FENCED,
        /** The transaction ended after the coordinator was asked, or nobody was asked. */
        UNVERIFIED
    }

    /** A producer id in one of its epochs. */
    public record Producer(long id, short epoch) {}

    /**
     * Whose transaction batches belong to; empty when they are in none.
     *
     * @param batches not checked yet; what is no batch is in none, for it is refused anyway
     */
    public static Optional<Producer> producerOf(ByteBuffer batches) {
        if (batches.remaining() < BatchView.HEADER_BYTES) {
            return Optional.empty();
        }
        BatchView view = BatchView.of(batches);
        return view.magic() == MAGIC && view.transactional()
                ? Optional.of(new Producer(view.producerId(), view.producerEpoch()))
                : Optional.empty();
    }

    /**
     * What records of a producer with a transactional id need before they may be appended: when it
     * is to be asked, the coordinator has to confirm, after this call, that the partition is part
     * of the producer's transaction.
     */
    public Verification begin(long producerId, short producerEpoch) {
        if (open(producerId, producerEpoch)) {
            return new Verification(producerId, producerEpoch, 0);
        }
        Verification known = asked.get(producerId);
        if (known != null && known.producerEpoch() == producerEpoch) {
            return known;
        }
        var begun = new Verification(producerId, producerEpoch, ++lastNumber);
        asked.remove(producerId);
        asked.put(producerId, begun);
        if (asked.size() > ASKED_MAX) {
            asked.remove(asked.keySet().iterator().next());
        }
        return begun;
    }

    /** Whether a transactional batch may be appended now. */
    public Verdict judge(BatchView batch, Verification verification) {
        return judge(batch.producerId(), batch.producerEpoch(), verification);
    }

    /** Whether records of a producer may be appended now. */
    public Verdict judge(long producerId, short producerEpoch, Verification verification) {
        if (verification.equals(Verification.NONE)) {
            return Verdict.UNNAMED;
        }
        if (open(producerId, producerEpoch)) {
            return Verdict.ADMITTED;
        }
        boolean held =
                verification.toBeAsked()
                        && verification.producerEpoch() == producerEpoch
                        && verification.equals(asked.get(producerId));
        if (held) {
            return Verdict.ADMITTED;
        }
        return outdated(producerId, producerEpoch) ? Verdict.FENCED : Verdict.UNVERIFIED;
    }

    private boolean open(long producerId, short producerEpoch) {
        return log.openTransactionOffset(producerId, producerEpoch).isPresent();
    }

    private boolean outdated(long producerId, short producerEpoch) {
        return log.producers().stream()
                .anyMatch(one ->
                        one.producerId() == producerId && one.producerEpoch() > producerEpoch);
    }

    /** A marker of this producer was appended. */
    public void ended(long producerId) {
        asked.remove(producerId);
    }

    /** Nothing that was asked counts any more. */
    public void forget() {
        asked.clear();
    }
}
