package io.tombolo.region.lease;

import java.time.Duration;

/**
 * The right of this process to write to a domain, as far as time goes. Held in memory alone:
 * whoever starts again has none. It is good for the ownership epoch that it was asked for: a region
 * that has handed the domain over and got it back asks anew, because the ledger may not have heard
 * of either yet. Written by one thread, read by any; a read is one volatile read.
 */
public final class Lease {

    private final Terms terms;
    private volatile Term term = new Term(-1, 0);

    private record Term(long epoch, long endNanos) {}

    public Lease(Terms terms) {
        this.terms = terms;
    }

    /**
     * The ledger has given it.
     *
     * @param epoch the ownership epoch that was asked for
     * @param askedNanos when this process asked, not when it heard the answer
     */
    public void given(long epoch, long askedNanos) {
        Term before = term;
        long end = askedNanos + terms.holderNanos();
        if (epoch > before.epoch() || epoch == before.epoch() && end - before.endNanos() > 0) {
            term = new Term(epoch, end);
        }
    }

    /** Whether this process may write under an ownership epoch, and say that it has written. */
    public boolean heldAt(long epoch, long nowNanos) {
        Term now = term;
        return now.epoch() == epoch && now.endNanos() - nowNanos > 0;
    }

    /**
     * For how long a lease is good. The margin is a share of the length, because what it covers is
     * that one clock runs faster than another, not that they show different times: a holder whose
     * clock runs slow by a twentieth and a granter whose clock runs fast by as much still agree.
     *
     * @param length from the moment at which the holder asked; a file may have {@link #LENGTH_MIN}
     *     to {@link #LENGTH_MAX}
     */
    public record Terms(Duration length) {

        /** Shorter ones would end while the voters elect another leader. */
        public static final Duration LENGTH_MIN = Duration.ofSeconds(5);

        /** Longer ones would outlast the patience of whoever fails over. */
        public static final Duration LENGTH_MAX = Duration.ofSeconds(15);

        /** Ten seconds. */
        public static final Terms STANDARD = new Terms(Duration.ofSeconds(10));

        private static final int MARGIN_SHARE = 20;
        private static final int RENEWALS_PER_LENGTH = 4;

        public Terms {
            if (!length.isPositive()) {
                throw new IllegalArgumentException("no lease lasts " + length);
            }
        }

        private long marginNanos() {
            return length.toNanos() / MARGIN_SHARE;
        }

        /** How long after it asked the holder may write, by its own clock. */
        public long holderNanos() {
            return length.toNanos() - marginNanos();
        }

        /** How long after it last heard of a renewal a voter waits, by its own clock. */
        public long granterNanos() {
            return length.toNanos() + marginNanos();
        }

        /** How often a holder asks for more. */
        public long renewalNanos() {
            return length.toNanos() / RENEWALS_PER_LENGTH;
        }
    }

    /**
     * What a partition looks at before it takes a write.
     *
     * @param epoch the ownership epoch under which it was made writable
     */
    public record Hold(Lease lease, long epoch) {

        public boolean heldAt(long nowNanos) {
            return lease.heldAt(epoch, nowNanos);
        }
    }
}
