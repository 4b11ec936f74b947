package io.tombolo.broker.quota;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one client has used of its rate. It pays for bytes with time: bytes divided by the rate. Who
 * was idle may use up to {@link #CREDIT_NANOS} worth at once, as much as Kafka's default windows
 * let pass. Thread-safe, without locks; it is told the time.
 */
final class Pace {

    static final long CREDIT_NANOS = Duration.ofSeconds(10).toNanos();

    private static final double SECOND_NANOS = Duration.ofSeconds(1).toNanos();

    private final AtomicLong paidAtNanos;

    Pace(long nowNanos) {
        this.paidAtNanos = new AtomicLong(nowNanos - CREDIT_NANOS);
    }

    /** Uses bytes; returns for how long nothing more shall be used, 0 or less for not at all. */
    long use(long bytes, double bytesPerSecond, long nowNanos) {
        long priceNanos =
                (long) Math.min(bytes * SECOND_NANOS / bytesPerSecond, Long.MAX_VALUE / 4.0);
        long paid =
                paidAtNanos.updateAndGet(before -> {
                    long earliest = nowNanos - CREDIT_NANOS;
                    return (before - earliest > 0 ? before : earliest) + priceNanos;
                });
        return paid - nowNanos;
    }

    /** Whether it stands as a new one would. */
    boolean idle(long nowNanos) {
        return paidAtNanos.get() - (nowNanos - CREDIT_NANOS) <= 0;
    }
}
