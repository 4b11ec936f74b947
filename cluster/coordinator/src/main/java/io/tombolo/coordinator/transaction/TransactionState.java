package io.tombolo.coordinator.transaction;

import java.util.Optional;

/**
 * Where a transactional id stands; numbers and names are Kafka's.
 *
 * <pre>
 * state          | goes to          | when
 * EMPTY          | ONGOING          | a partition or group is added
 * ONGOING        | PREPARE_COMMIT   | the producer commits
 * ONGOING        | PREPARE_ABORT    | it aborts, takes too long, or another one takes its place
 * PREPARE_COMMIT | COMPLETE_COMMIT  | every partition has its marker
 * PREPARE_ABORT  | COMPLETE_ABORT   | every partition has its marker
 * COMPLETE_*     | ONGOING          | a partition or group is added
 * COMPLETE_*     | EMPTY            | a producer begins anew
 * EMPTY, COMP... | COMPLETE_ABORT   | nothing is aborted, which only raises the epoch (KIP-890)
 * </pre>
 *
 * <p>Kafka knows two more, which are never recorded: here an id that has expired is gone at once,
 * and a fenced producer's transaction goes to PREPARE_ABORT in the same step.
 */
public enum TransactionState {
    EMPTY(0, "Empty"),
    ONGOING(1, "Ongoing"),
    PREPARE_COMMIT(2, "PrepareCommit"),
    PREPARE_ABORT(3, "PrepareAbort"),
    COMPLETE_COMMIT(4, "CompleteCommit"),
    COMPLETE_ABORT(5, "CompleteAbort"),
    DEAD(6, "Dead"),
    PREPARE_EPOCH_FENCE(7, "PrepareEpochFence");

    private final byte id;
    private final String title;

    TransactionState(int id, String title) {
        this.id = (byte) id;
        this.title = title;
    }

    /** As it stands in records. */
    byte id() {
        return id;
    }

    /** As tools show it. */
    public String title() {
        return title;
    }

    static TransactionState withId(byte id) {
        for (TransactionState state : values()) {
            if (state.id == id) {
                return state;
            }
        }
        throw new IllegalArgumentException("there is no transaction state " + id);
    }

    static Optional<TransactionState> titled(String title) {
        for (TransactionState state : values()) {
            if (state.title.equals(title)) {
                return Optional.of(state);
            }
        }
        return Optional.empty();
    }

    /** The outcome is decided, and markers are on their way. */
    boolean ending() {
        return this == PREPARE_COMMIT || this == PREPARE_ABORT;
    }

    /** No transaction is open, and a new one may begin. */
    boolean idle() {
        return this == EMPTY || this == COMPLETE_COMMIT || this == COMPLETE_ABORT;
    }
}
