package io.tombolo.coordinator.runtime;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What one operation decided. Nothing of it is visible outside before all its records, and those of
 * every earlier step, are committed.
 *
 * @param state the state with the records applied
 * @param records to be appended in one batch, all or none; may be empty
 * @param answers to the client that asked and to others that waited, in order
 * @param signals for the listener, in order
 * @param producer in whose open transaction the records are; null for records that count at once
 */
public record Step<S, E>(
        S state,
        List<LogRecord> records,
        List<Answer<?>> answers,
        List<E> signals,
        @Nullable Producer producer) {

    /** A step whose records count at once. */
    public Step(S state, List<LogRecord> records, List<Answer<?>> answers, List<E> signals) {
        this(state, records, answers, signals, null);
    }

    /** A step that only changes the state. */
    public static <S, E> Step<S, E> to(S state) {
        return new Step<>(state, List.of(), List.of(), List.of());
    }

    int recordBytes() {
        int bytes = 0;
        for (LogRecord record : records) {
            bytes += record.sizeBytes();
        }
        return bytes;
    }
}
