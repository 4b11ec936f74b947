package io.tombolo.coordinator.stage;

import io.tombolo.coordinator.runtime.StateMachine;
import io.tombolo.coordinator.runtime.StoredRecord;
import io.tombolo.coordinator.runtime.TransactionEnd;

/** A machine that takes a gap between the offsets of its log for the end of it. */
public final class StopsAtGaps<S, C, E> extends Impostor<S, C, E> {

    private long nextOffset;

    public StopsAtGaps(StateMachine<S, C, E> sound) {
        super(sound);
    }

    @Override
    public S initial() {
        nextOffset = 0;
        return super.initial();
    }

    @Override
    public S replay(S state, StoredRecord record) {
        if (record.offset() != nextOffset) {
            return state;
        }
        nextOffset++;
        return super.replay(state, record);
    }

    @Override
    public S ended(S state, TransactionEnd end) {
        nextOffset++;
        return super.ended(state, end);
    }
}
