package io.tombolo.coordinator.transaction;

import java.time.Duration;

/** Forgets transactional ids that nobody has used for long. */
final class Sweeps {

    /** How soon the rest follows when a step is full. */
    private static final long REST_MS = 100;

    private final Duration idExpiration;
    private final Duration expiryCheck;

    Sweeps(TransactionSettings settings) {
        this.idExpiration = settings.idExpiration();
        this.expiryCheck = settings.expiryCheck();
    }

    void start(Draft draft) {
        draft.alarmIn(TransactionAlarm.EXPIRY, expiryCheck.toMillis());
    }

    void expire(Draft draft) {
        long beforeMs = draft.nowMs() - idExpiration.toMillis();
        for (Transaction transaction : draft.state().transactions().values()) {
            if (!transaction.state().idle() || transaction.terms().updateMs() > beforeMs) {
                continue;
            }
            if (draft.full()) {
                draft.alarmIn(TransactionAlarm.EXPIRY, REST_MS);
                return;
            }
            draft.remove(transaction.id());
            draft.tell(new TransactionEvent.Expired(transaction.id()));
        }
        start(draft);
    }
}
