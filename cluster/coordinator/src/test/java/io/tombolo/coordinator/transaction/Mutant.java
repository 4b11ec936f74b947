package io.tombolo.coordinator.transaction;

import io.tombolo.coordinator.runtime.Answer;
import io.tombolo.coordinator.runtime.Moment;
import io.tombolo.coordinator.runtime.Step;
import io.tombolo.coordinator.stage.Impostor;
import io.tombolo.coordinator.transaction.TransactionCommand.End;
import io.tombolo.coordinator.transaction.TransactionCommand.Initialize;
import io.tombolo.coordinator.transaction.TransactionCommand.MarkersWritten;
import io.tombolo.coordinator.transaction.TransactionCommand.Verified;
import io.tombolo.coordinator.transaction.TransactionCommand.Verify;

import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;

/** Coordinators that are wrong in one way each; the simulation must find out. */
final class Mutant extends Impostor<TransactionsState, TransactionCommand, TransactionEvent> {

    /** Ways to be wrong. */
    enum Kind {
        ENDS_NOT_RECORDED,
        EPOCHS_NOT_RECORDED,
        VERIFIES_ANYTHING,
        TIMEOUTS_NEVER_RING,
        MARKERS_NOT_ASKED_FOR_AGAIN,
        CHANGES_ITS_MIND,
        COMPLETES_WITH_THE_FIRST_MARKER,
        FENCED_CLIENTS_FORGOTTEN,
        FENCES_WITHOUT_AN_EPOCH,
        EXPIRES_WHAT_HAS_NOT_ENDED
    }

    private final Kind kind;

    Mutant(TransactionSettings settings, Kind kind) {
        super(new TransactionMachine(settings));
        this.kind = kind;
    }

    @Override
    public Step<TransactionsState, TransactionEvent> loaded(TransactionsState state, Moment now) {
        var step = sound.loaded(state, now);
        return kind == Kind.MARKERS_NOT_ASKED_FOR_AGAIN
                ? new Step<>(step.state(), step.records(), step.answers(), List.of())
                : step;
    }

    @Override
    public Step<TransactionsState, TransactionEvent> handle(
            TransactionsState state, TransactionCommand command, Moment now) {
        return switch (kind) {
            case ENDS_NOT_RECORDED ->
                    recorded(!(command instanceof End), sound.handle(state, command, now));
            case EPOCHS_NOT_RECORDED ->
                    recorded(!(command instanceof Initialize), sound.handle(state, command, now));
            case VERIFIES_ANYTHING ->
                    command instanceof Verify verify
                            ? verified(state, verify)
                            : sound.handle(state, command, now);
            case CHANGES_ITS_MIND -> sound.handle(undecided(state, command), command, now);
            case COMPLETES_WITH_THE_FIRST_MARKER ->
                    sound.handle(state, exaggerated(state, command), now);
            case FENCED_CLIENTS_FORGOTTEN -> withoutFenced(sound.handle(state, command, now));
            case FENCES_WITHOUT_AN_EPOCH -> sound.handle(lowered(state, command), command, now);
            case TIMEOUTS_NEVER_RING, MARKERS_NOT_ASKED_FOR_AGAIN, EXPIRES_WHAT_HAS_NOT_ENDED ->
                    sound.handle(state, command, now);
        };
    }

    @Override
    public long nextAlarmNanos(TransactionsState state) {
        return kind == Kind.TIMEOUTS_NEVER_RING ? Long.MAX_VALUE : sound.nextAlarmNanos(state);
    }

    @Override
    public Step<TransactionsState, TransactionEvent> alarm(TransactionsState state, Moment now) {
        return sound.alarm(
                kind == Kind.EXPIRES_WHAT_HAS_NOT_ENDED ? seeminglyOver(state, now) : state, now);
    }

    /** What is ending since long ago passes for ended. */
    private static TransactionsState seeminglyOver(TransactionsState state, Moment now) {
        long beforeMs = now.wallMs() - TransactionWorld.SETTINGS.idExpiration().toMillis();
        TransactionsState seeming = state;
        for (Transaction one : state.transactions().values()) {
            if (one.state().ending() && one.terms().updateMs() <= beforeMs) {
                seeming =
                        seeming.with(
                                one.in(TransactionState.COMPLETE_ABORT, one.terms().updateMs()));
            }
        }
        return seeming;
    }

    private static Step<TransactionsState, TransactionEvent> recorded(
            boolean kept, Step<TransactionsState, TransactionEvent> step) {
        return kept ? step : unrecorded(step);
    }

    private static Step<TransactionsState, TransactionEvent> verified(
            TransactionsState state, Verify verify) {
        var answer = new Answer<>(verify.ticket(), new Verified(Errors.NONE, verify.partitions()));
        return new Step<>(state, List.of(), List.of(answer), List.of());
    }

    /** A producer that begins anew aborts what is decided already. */
    private static TransactionsState undecided(
            TransactionsState state, TransactionCommand command) {
        if (command instanceof Initialize begin) {
            Transaction transaction = state.transaction(begin.id());
            if (transaction != null
                    && transaction.state().ending()
                    && !transaction.producer().exhausted()) {
                return state.with(transaction.in(TransactionState.ONGOING, 0));
            }
        }
        return state;
    }

    private static TransactionCommand exaggerated(
            TransactionsState state, TransactionCommand command) {
        if (!(command instanceof MarkersWritten news)) {
            return command;
        }
        Transaction transaction = state.transaction(news.id());
        return transaction == null
                ? news
                : new MarkersWritten(
                        news.id(), news.producer(), transaction.partitions(), news.ticket());
    }

    private static TransactionsState lowered(TransactionsState state, TransactionCommand command) {
        if (command instanceof Initialize begin && !begin.expected().known()) {
            Transaction transaction = state.transaction(begin.id());
            if (transaction != null && transaction.producer().epoch() > 0) {
                ProducerIdentity now = transaction.producer();
                short epoch = (short) (now.epoch() - 1);
                return state.with(
                        transaction.as(
                                new ProducerIdentity(now.id(), epoch), transaction.lineage()));
            }
        }
        return state;
    }

    private static Step<TransactionsState, TransactionEvent> withoutFenced(
            Step<TransactionsState, TransactionEvent> step) {
        List<Answer<?>> kept = new ArrayList<>(step.answers());
        kept.removeIf(answer ->
                answer.response().equals(new ProducerAnswer.Refused(Errors.PRODUCER_FENCED)));
        return new Step<>(step.state(), step.records(), kept, step.signals());
    }
}
