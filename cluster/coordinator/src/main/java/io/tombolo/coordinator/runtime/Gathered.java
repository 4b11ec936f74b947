package io.tombolo.coordinator.runtime;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/** Answers that come one by one and are handed on together. Mutable; on the loop of the caller. */
public final class Gathered<T> {

    private final List<T> answers;
    private final Consumer<List<T>> whenComplete;
    private int missing;

    /** With nothing to wait for, hands on an empty list before this returns. */
    public Gathered(int count, Consumer<List<T>> whenComplete) {
        this.answers = new ArrayList<>(Collections.nCopies(count, null));
        this.whenComplete = whenComplete;
        this.missing = count;
        if (count == 0) {
            whenComplete.accept(List.of());
        }
    }

    /** Puts the answer in its place; the last one hands all on. */
    public void put(int place, T answer) {
        answers.set(place, answer);
        missing--;
        if (missing == 0) {
            whenComplete.accept(answers);
        }
    }
}
