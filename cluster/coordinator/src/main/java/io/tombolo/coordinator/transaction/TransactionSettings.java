package io.tombolo.coordinator.transaction;

import io.tombolo.coordinator.runtime.RuntimeSettings;

import java.time.Duration;

/**
 * Settings of transactions; Kafka's {@code transaction.*}.
 *
 * @param partitionCount partitions of {@code __transaction_state}; must not change while it exists
 * @param timeoutMax {@code transaction.max.timeout.ms}
 * @param idExpiration {@code transactional.id.expiration.ms}
 * @param expiryCheck how often expired ids are looked for
 * @param runtime bounds of each hosted partition
 */
public record TransactionSettings(
        int partitionCount,
        Duration timeoutMax,
        Duration idExpiration,
        Duration expiryCheck,
        RuntimeSettings runtime) {

    /** Kafka's defaults. */
    public static final TransactionSettings STANDARD =
            new TransactionSettings(
                    50,
                    Duration.ofMinutes(15),
                    Duration.ofDays(7),
                    Duration.ofHours(1),
                    RuntimeSettings.STANDARD);

    public TransactionSettings {
        if (partitionCount < 1) {
            throw new IllegalArgumentException("transactions need at least one partition");
        }
        if (!timeoutMax.isPositive() || !idExpiration.isPositive() || !expiryCheck.isPositive()) {
            throw new IllegalArgumentException("times of transactions must be positive");
        }
    }

    /** Whether a producer may ask for this timeout. */
    public boolean allowsTimeout(int timeoutMs) {
        return timeoutMs > 0 && timeoutMs <= timeoutMax.toMillis();
    }
}
