package io.tombolo.storage.cleaner;

import java.util.concurrent.TimeUnit;

/**
 * What all passes together may read and write. What was moved is owed, at the rate that is allowed,
 * and nothing more is moved until that time has passed. Callable from any thread.
 */
final class IoBudget {

    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    private double bytesPerSecond = Double.MAX_VALUE;
    private long paidUntilNanos = Long.MIN_VALUE;

    synchronized void allow(double bytesPerSecondMax) {
        bytesPerSecond = bytesPerSecondMax;
    }

    /** Notes that so many bytes were moved; gives how long nothing more may be. */
    synchronized long spent(long bytes, long nowNanos) {
        double costNanos = bytes * NANOS / bytesPerSecond;
        boolean owing = paidUntilNanos != Long.MIN_VALUE && paidUntilNanos - nowNanos > 0;
        paidUntilNanos = (owing ? paidUntilNanos : nowNanos) + (long) costNanos;
        return paidUntilNanos - nowNanos;
    }
}
