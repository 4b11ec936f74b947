package io.tombolo.coordinator.runtime;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The steps of one turn of the loop, about to be appended together. Mutable; loop-confined. */
final class OpenBatch<S, E> {

    private final S before;
    private final @Nullable Producer producer;
    private final List<LogRecord> records = new ArrayList<>();
    private final List<Answer<?>> answers = new ArrayList<>();
    private final List<E> signals = new ArrayList<>();
    private final List<Ticket<?>> issued = new ArrayList<>();
    private int bytes;
    private boolean alarmed;

    /**
     * @param before the state to return to when the batch is refused
     * @param producer in whose transaction all of it is; null for none
     */
    OpenBatch(S before, @Nullable Producer producer) {
        this.before = before;
        this.producer = producer;
    }

    /**
     * Whether the records of a step may be in the same batch: those of one producer, or of none.
     */
    boolean takes(Step<S, E> step, int bytesMax) {
        return step.records().isEmpty()
                || (bytes + step.recordBytes() <= bytesMax
                        && Objects.equals(producer, step.producer()));
    }

    @Nullable Producer producer() {
        return producer;
    }

    void add(Step<S, E> step, @Nullable Ticket<?> ticket) {
        records.addAll(step.records());
        answers.addAll(step.answers());
        signals.addAll(step.signals());
        bytes += step.recordBytes();
        if (ticket != null) {
            issued.add(ticket);
        }
    }

    /** An alarm has rung in this batch. */
    void alarm() {
        alarmed = true;
    }

    boolean alarmed() {
        return alarmed;
    }

    S before() {
        return before;
    }

    List<LogRecord> records() {
        return records;
    }

    List<Answer<?>> answers() {
        return answers;
    }

    List<E> signals() {
        return signals;
    }

    /** The clients whose commands are in this batch. */
    List<Ticket<?>> issued() {
        return issued;
    }
}
