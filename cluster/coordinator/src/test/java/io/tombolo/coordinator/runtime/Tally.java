package io.tombolo.coordinator.runtime;

import org.pcollections.TreePMap;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** A small machine to try the runtime with: adds numbers up, and wakes who waits for a total. */
final class Tally implements StateMachine<Tally.State, Tally.Command, String> {

    record State(long total, TreePMap<Long, Ticket<Long>> waiting, Alarms<String> alarms) {}

    sealed interface Command {}

    record Add(long number, Ticket<Long> ticket) implements Command {}

    record Look(Ticket<Long> ticket) implements Command {}

    record WaitFor(long total, Ticket<Long> ticket) implements Command {}

    record AddIn(long number, long delayMs, Ticket<Long> ticket) implements Command {}

    record Throw(Ticket<Long> ticket) implements Command {}

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public State initial() {
        return new State(0, TreePMap.empty(), Alarms.none());
    }

    @Override
    public State replay(State state, StoredRecord record) {
        long number = Long.parseLong(new String(record.key(), StandardCharsets.UTF_8));
        return new State(state.total + number, state.waiting, state.alarms);
    }

    @Override
    public Step<State, String> loaded(State state, Moment now) {
        return Step.to(state);
    }

    @Override
    public Step<State, String> handle(State state, Command command, Moment now) {
        return switch (command) {
            case Add add ->
                    add(state, add.number, new Answer<>(add.ticket, state.total + add.number));
            case Look look -> answered(state, new Answer<>(look.ticket, state.total));
            case WaitFor(var total, var ticket) ->
                    Step.to(
                            new State(
                                    state.total, state.waiting.plus(total, ticket), state.alarms));
            case AddIn later ->
                    answered(
                            new State(
                                    state.total,
                                    state.waiting,
                                    state.alarms.with(
                                            Long.toString(later.number),
                                            now.plusMs(later.delayMs))),
                            new Answer<>(later.ticket, state.total));
            case Throw _ -> throw new IllegalStateException("thrown");
        };
    }

    private static Step<State, String> answered(State state, Answer<Long> answer) {
        return new Step<>(state, List.of(), List.of(answer), List.of());
    }

    private static Step<State, String> add(State state, long number, Answer<?>... answers) {
        long total = state.total + number;
        var told = new java.util.ArrayList<Answer<?>>(List.of(answers));
        var waiting = state.waiting;
        for (var entry : state.waiting.entrySet()) {
            if (entry.getKey() <= total) {
                told.add(new Answer<>(entry.getValue(), total));
                waiting = waiting.minus(entry.getKey());
            }
        }
        return new Step<>(
                new State(total, waiting, state.alarms),
                List.of(new LogRecord(bytes(Long.toString(number)), null)),
                told,
                List.of("total " + total));
    }

    @Override
    public long nextAlarmNanos(State state) {
        return state.alarms.nextNanos();
    }

    @Override
    public Step<State, String> alarm(State state, Moment now) {
        var alarms = state.alarms.settled(now.nanos());
        String due = alarms.firstDue(now.nanos());
        if (due == null) {
            return Step.to(new State(state.total, state.waiting, alarms));
        }
        return add(new State(state.total, state.waiting, alarms.without(due)), Long.parseLong(due));
    }

    /** Forgets it. */
    @Override
    public Step<State, String> alarmTooLarge(State state, Moment now) {
        var alarms = state.alarms.settled(now.nanos());
        String due = alarms.firstDue(now.nanos());
        return Step.to(
                new State(state.total, state.waiting, due == null ? alarms : alarms.without(due)));
    }
}
