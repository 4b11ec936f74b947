package io.tombolo.coordinator.stage;

import io.tombolo.coordinator.runtime.Moment;
import io.tombolo.coordinator.runtime.StateMachine;
import io.tombolo.coordinator.runtime.Step;
import io.tombolo.coordinator.runtime.StoredRecord;
import io.tombolo.coordinator.runtime.TransactionEnd;

import java.util.List;

/** A machine that does as a sound one does; where it is wrong is said in subclasses. */
public abstract class Impostor<S, C, E> implements StateMachine<S, C, E> {

    protected final StateMachine<S, C, E> sound;

    protected Impostor(StateMachine<S, C, E> sound) {
        this.sound = sound;
    }

    @Override
    public S initial() {
        return sound.initial();
    }

    @Override
    public S replay(S state, StoredRecord record) {
        return sound.replay(state, record);
    }

    @Override
    public S ended(S state, TransactionEnd end) {
        return sound.ended(state, end);
    }

    @Override
    public Step<S, E> loaded(S state, Moment now) {
        return sound.loaded(state, now);
    }

    @Override
    public Step<S, E> handle(S state, C command, Moment now) {
        return sound.handle(state, command, now);
    }

    @Override
    public long nextAlarmNanos(S state) {
        return sound.nextAlarmNanos(state);
    }

    @Override
    public Step<S, E> alarm(S state, Moment now) {
        return sound.alarm(state, now);
    }

    /** The step, of which nothing is recorded. */
    protected static <S, E> Step<S, E> unrecorded(Step<S, E> step) {
        return new Step<>(step.state(), List.of(), step.answers(), step.signals());
    }

    @Override
    public Step<S, E> alarmTooLarge(S state, Moment now) {
        return sound.alarmTooLarge(state, now);
    }
}
