package io.tombolo.broker.shard;

import io.tombolo.environment.Invariant;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/**
 * Collects a known number of answers; confined to one loop.
 *
 * @param <T> the type of an answer
 */
public final class Gathering<T> {

    private final List<@Nullable T> answers;
    private final Consumer<List<T>> complete;
    private int missing;

    public Gathering(int count, Consumer<List<T>> complete) {
        this.answers = new ArrayList<>(Collections.nCopies(count, null));
        this.complete = complete;
        this.missing = count;
    }

    /** Puts an answer in its place; the last one completes the whole. */
    public void fill(int place, T answer) {
        Invariant.check(answers.get(place) == null, "an answer was given twice");
        answers.set(place, answer);
        missing--;
        if (missing == 0) {
            complete.accept(whole());
        }
    }

    private List<T> whole() {
        var whole = new ArrayList<T>(answers.size());
        for (T answer : answers) {
            if (answer != null) {
                whole.add(answer);
            }
        }
        return whole;
    }

    void closeWhenEmpty() {
        if (answers.isEmpty()) {
            complete.accept(List.of());
        }
    }
}
