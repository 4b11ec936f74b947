package io.tombolo.replication.quota;

import org.apache.kafka.common.TopicPartition;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How fast this broker may copy replicas in one direction. What was copied is paid for with time:
 * bytes divided by the rate; while something is unpaid, nothing more is copied. So one answer may
 * be of any size and the rate holds over time. Replicas in sync are not held back, or clients would
 * wait: that is for the caller to see to. Thread-safe, without locks; it is told the time.
 */
public final class CopyLimit {

    private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();

    private final AtomicLong paidAtNanos = new AtomicLong();
    private volatile Terms terms = Terms.UNLIMITED;

    /**
     * What is in force.
     *
     * @param bytesPerSecond 0 or more; {@link Long#MAX_VALUE} for no limit
     */
    public record Terms(long bytesPerSecond, ThrottledReplicas replicas) {

        /** No limit. */
        public static final Terms UNLIMITED = new Terms(Long.MAX_VALUE, ThrottledReplicas.NONE);

        public Terms {
            if (bytesPerSecond < 0) {
                throw new IllegalArgumentException("a rate of " + bytesPerSecond);
            }
        }

        boolean limit(TopicPartition partition) {
            return bytesPerSecond != Long.MAX_VALUE && replicas.has(partition);
        }
    }

    /** Puts other terms in force; with another rate what is unpaid is forgiven. */
    public void change(Terms next, long nowNanos) {
        boolean sameRate = next.bytesPerSecond() == terms.bytesPerSecond();
        terms = next;
        if (!sameRate) {
            paidAtNanos.set(nowNanos);
        }
    }

    /** Whether nothing of a replica that is not in sync may be copied now. */
    public boolean holds(TopicPartition partition, long nowNanos) {
        Terms now = terms;
        return now.limit(partition)
                && (now.bytesPerSecond() == 0 || paidAtNanos.get() - nowNanos > 0);
    }

    /** When {@link #holds} is to be asked again. */
    public long asksAgainNanos(long nowNanos) {
        long paid = paidAtNanos.get();
        return terms.bytesPerSecond() == 0 || paid - nowNanos > SECOND_NANOS
                ? nowNanos + SECOND_NANOS // other terms may come meanwhile
                : paid;
    }

    /** Notes that something was copied. */
    public void copied(TopicPartition partition, long bytes, long nowNanos) {
        Terms now = terms;
        if (bytes > 0 && now.limit(partition) && now.bytesPerSecond() > 0) {
            double nanos = (double) bytes * SECOND_NANOS / now.bytesPerSecond();
            long priceNanos = (long) Math.min(nanos, Long.MAX_VALUE / 4.0);
            paidAtNanos.updateAndGet(paid -> (paid - nowNanos > 0 ? paid : nowNanos) + priceNanos);
        }
    }
}
