package io.tombolo.coordinator.transaction;

import io.tombolo.coordinator.runtime.Answer;
import io.tombolo.coordinator.runtime.Moment;
import io.tombolo.coordinator.runtime.Step;
import io.tombolo.coordinator.runtime.StepRecords;
import io.tombolo.coordinator.runtime.Ticket;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * One step in the making: the rules read and replace the state through it and say what is to be
 * recorded, answered and told. Mutable; lives for one call.
 */
final class Draft {

    private final Moment now;
    private final StepRecords records = new StepRecords();
    private final List<Answer<?>> answers = new ArrayList<>();
    private final List<TransactionEvent> events = new ArrayList<>();
    private TransactionsState state;

    Draft(TransactionsState state, Moment now) {
        this.state = state;
        this.now = now;
    }

    Step<TransactionsState, TransactionEvent> step() {
        return new Step<>(state, records.list(), answers, events);
    }

    TransactionsState state() {
        return state;
    }

    long nowMs() {
        return now.wallMs();
    }

    @Nullable Transaction transaction(String id) {
        return state.transaction(id);
    }

    /** Replaces a transaction in memory only. */
    void put(Transaction transaction) {
        state = state.with(transaction);
    }

    /** Replaces a transaction and records it. */
    void store(Transaction transaction) {
        records.add(TransactionRecords.transaction(transaction));
        state = state.with(transaction);
    }

    void remove(String id) {
        records.add(TransactionRecords.tombstone(id));
        state = state.without(id);
    }

    /** Whether a sweep had better go on in another step. */
    boolean full() {
        return records.full();
    }

    <R> void answer(Ticket<R> ticket, R response) {
        answers.add(new Answer<>(ticket, response));
    }

    void tell(TransactionEvent event) {
        events.add(event);
    }

    void alarmIn(TransactionAlarm alarm, long delayMs) {
        state = state.with(state.alarms().with(alarm, now.plusMs(delayMs)));
    }

    void cancel(TransactionAlarm alarm) {
        state = state.with(state.alarms().without(alarm));
    }

    /** The first deadline that has come, taken out; null when none has. */
    @Nullable TransactionAlarm takeDue() {
        var alarms = state.alarms().settled(now.nanos());
        TransactionAlarm due = alarms.firstDue(now.nanos());
        state = state.with(due == null ? alarms : alarms.without(due));
        return due;
    }
}
