package io.tombolo.coordinator.transaction;

import java.time.Duration;

/** Forgets transactional ids that nobody has used for long. */
final class Sweeps {

    /** How many records one step writes at most, and how soon the rest follows. */
    static final int RECORDS_MAX = 1000;

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
        int removed = 0;
        for (Transaction transaction : draft.state().transactions().values()) {
            if (!transaction.state().idle() || transaction.terms().updateMs() > beforeMs) {
                continue;
            }
            if (removed == RECORDS_MAX) {
                draft.alarmIn(TransactionAlarm.EXPIRY, REST_MS);
                return;
            }
            removed++;
            draft.remove(transaction.id());
            draft.tell(new TransactionEvent.Expired(transaction.id()));
        }
        start(draft);
    }
}
