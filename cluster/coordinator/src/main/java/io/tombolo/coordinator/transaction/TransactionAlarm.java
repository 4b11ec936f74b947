package io.tombolo.coordinator.transaction;

import java.util.Comparator;

/**
 * What a deadline is for.
 *
 * @param id the transactional id; empty for {@link Kind#EXPIRY}
 */
record TransactionAlarm(Kind kind, String id) implements Comparable<TransactionAlarm> {

    private static final Comparator<TransactionAlarm> ORDER =
            Comparator.comparing(TransactionAlarm::kind).thenComparing(TransactionAlarm::id);

    /** Kinds of deadlines. */
    enum Kind {
        /** A transaction has been open for as long as its producer allowed. */
        TIMEOUT,
        /** It is time to look for ids that nobody uses any more. */
        EXPIRY
    }

    static final TransactionAlarm EXPIRY = new TransactionAlarm(Kind.EXPIRY, "");

    static TransactionAlarm timeout(String id) {
        return new TransactionAlarm(Kind.TIMEOUT, id);
    }

    @Override
    public int compareTo(TransactionAlarm other) {
        return ORDER.compare(this, other);
    }
}
