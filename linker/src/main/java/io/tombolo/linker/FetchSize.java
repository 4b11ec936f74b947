package io.tombolo.linker;

/**
 * How many bytes a lane asks for in one fetch: what a fast path carries in one round trip. On a
 * near source that is little, and on purpose: an answer that fits the processor's cache costs a
 * third of the CPU of one that goes to memory and back.
 *
 * <p>The round trip is the quickest of some small answers at the beginning of each period; larger
 * ones would count their own length as distance. An answer with little in it says nothing: the
 * source may have waited for records, and then there is no more to fetch anyway. Mutable; owned by
 * the loop of the link.
 */
final class FetchSize {

    static final int NEAR_BYTES = 2 << 20;
    static final int PERIOD_ANSWERS = 128;
    static final int PROBES = 4;

    /** 200 MB/s. */
    private static final long BYTES_PER_MICRO = 200;

    private long quickestNanos = Long.MAX_VALUE;
    private int answerCount;

    /** An answer of so many bytes came so long after its request. */
    void answered(int bytes, long elapsedNanos) {
        if (bytes < NEAR_BYTES / 2) {
            return;
        }
        if (answerCount == PERIOD_ANSWERS) {
            answerCount = 0;
            quickestNanos = Long.MAX_VALUE;
        }
        if (answerCount < PROBES) {
            quickestNanos = Math.min(quickestNanos, elapsedNanos);
        }
        answerCount++;
    }

    /**
     * Bytes to ask for next.
     *
     * @param bytesMax what memory and settings allow, ≥ 1
     */
    int bytes(int bytesMax) {
        boolean probing = answerCount < PROBES || answerCount == PERIOD_ANSWERS;
        long carried = probing ? 0 : quickestNanos / 1_000 * BYTES_PER_MICRO;
        return (int) Math.min(bytesMax, Math.max(NEAR_BYTES, carried));
    }
}
