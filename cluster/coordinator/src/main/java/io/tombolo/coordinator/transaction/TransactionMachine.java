package io.tombolo.coordinator.transaction;

import io.tombolo.coordinator.runtime.Moment;
import io.tombolo.coordinator.runtime.StateMachine;
import io.tombolo.coordinator.runtime.Step;
import io.tombolo.coordinator.runtime.StoredRecord;
import io.tombolo.coordinator.transaction.TransactionRecords.Content;

/** The transactional ids of one partition of the transaction topic as a state machine; pure. */
public final class TransactionMachine
        implements StateMachine<TransactionsState, TransactionCommand, TransactionEvent> {

    /** How long an alarm that writes more than the log takes is put off. */
    private static final long PUT_OFF_MS = 60_000;

    private final EndRules ends = new EndRules();
    private final InitRules beginnings = new InitRules(ends);
    private final PartitionRules partitions = new PartitionRules();
    private final Sweeps sweeps;

    public TransactionMachine(TransactionSettings settings) {
        this.sweeps = new Sweeps(settings);
    }

    @Override
    public TransactionsState initial() {
        return TransactionsState.EMPTY;
    }

    @Override
    public TransactionsState replay(TransactionsState state, StoredRecord record) {
        return switch (TransactionRecords.read(record)) {
            case Content.Known(var _, var transaction) when transaction != null ->
                    state.with(transaction);
            case Content.Known(var id, var _) -> state.without(id);
            case Content.Unknown _ -> state;
        };
    }

    /**
     * An open transaction has all its time again: while nobody led the partition, its producer
     * could not end it. An ending one asks for all its markers again.
     */
    @Override
    public Step<TransactionsState, TransactionEvent> loaded(TransactionsState state, Moment now) {
        var draft = new Draft(state, now);
        sweeps.start(draft);
        for (Transaction transaction : state.transactions().values()) {
            if (transaction.is(TransactionState.ONGOING)) {
                draft.alarmIn(
                        TransactionAlarm.timeout(transaction.id()),
                        transaction.terms().timeoutMs());
            } else if (transaction.state().ending()) {
                EndRules.wantMarkers(draft, transaction);
            }
        }
        return draft.step();
    }

    @Override
    public Step<TransactionsState, TransactionEvent> handle(
            TransactionsState state, TransactionCommand command, Moment now) {
        var draft = new Draft(state, now);
        switch (command) {
            case TransactionCommand.Initialize request -> beginnings.initialize(draft, request);
            case TransactionCommand.AddPartitions request -> partitions.add(draft, request);
            case TransactionCommand.Verify request -> partitions.verify(draft, request);
            case TransactionCommand.End request -> ends.end(draft, request);
            case TransactionCommand.MarkersWritten news -> ends.markersWritten(draft, news);
        }
        return draft.step();
    }

    @Override
    public long nextAlarmNanos(TransactionsState state) {
        return state.alarms().nextNanos();
    }

    @Override
    public Step<TransactionsState, TransactionEvent> alarm(TransactionsState state, Moment now) {
        var draft = new Draft(state, now);
        TransactionAlarm due = draft.takeDue();
        if (due != null) {
            ring(draft, due);
        }
        return draft.step();
    }

    @Override
    public Step<TransactionsState, TransactionEvent> alarmTooLarge(
            TransactionsState state, Moment now) {
        var draft = new Draft(state, now);
        TransactionAlarm due = draft.takeDue();
        if (due != null) {
            draft.alarmIn(due, PUT_OFF_MS);
        }
        return draft.step();
    }

    private void ring(Draft draft, TransactionAlarm due) {
        switch (due.kind()) {
            case TIMEOUT -> {
                Transaction transaction = draft.transaction(due.id());
                if (transaction != null) {
                    ends.timeIsUp(draft, transaction);
                }
            }
            case EXPIRY -> sweeps.expire(draft);
        }
    }
}
