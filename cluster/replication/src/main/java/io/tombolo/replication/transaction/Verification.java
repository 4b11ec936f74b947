package io.tombolo.replication.transaction;

/**
 * That the coordinator of a producer's transaction is asked, or need not be, whether a partition is
 * part of it.
 *
 * @param number which asking; 0 when the transaction was open in the partition already
 */
public record Verification(long producerId, short producerEpoch, long number) {

    /** Of a request that names no transactional id: no transactional batch is let in with it. */
    public static final Verification NONE = new Verification(-1, (short) -1, -1);

    /** Whether the coordinator has to be asked before the batch is appended. */
    public boolean toBeAsked() {
        return number > 0;
    }
}
