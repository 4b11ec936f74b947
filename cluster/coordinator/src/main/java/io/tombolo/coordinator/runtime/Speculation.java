package io.tombolo.coordinator.runtime;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * What lies between the committed state and the tip: batches that are in the log but not yet below
 * the high watermark, each with the state after it and the answers that wait for it. Mutable;
 * confined to the loop of the partition.
 */
final class Speculation<S, E> {

    private final long commitTimeoutNanos;
    private final Deque<Entry<S, E>> uncommitted = new ArrayDeque<>();
    private S committed;

    Speculation(S initial, long commitTimeoutNanos) {
        this.committed = initial;
        this.commitTimeoutNanos = commitTimeoutNanos;
    }

    S committed() {
        return committed;
    }

    void restart(S loaded) {
        uncommitted.clear();
        committed = loaded;
    }

    void addAppended(OpenBatch<S, E> batch, S after, long endOffset, long nowNanos) {
        long deadlineNanos = nowNanos + commitTimeoutNanos;
        uncommitted.addLast(
                new Entry<>(after, endOffset, deadlineNanos, batch.answers(), batch.signals()));
    }

    /** A step without records may show what earlier steps decided: it waits for them. */
    void addUnrecorded(Step<S, E> step) {
        Entry<S, E> last = uncommitted.peekLast();
        if (last != null) {
            last.extend(step);
        } else {
            uncommitted.addLast(
                    new Entry<>(
                            step.state(),
                            Long.MIN_VALUE,
                            Long.MAX_VALUE,
                            step.answers(),
                            step.signals()));
        }
    }

    /** How many batches wait for the high watermark. */
    int count() {
        return uncommitted.size();
    }

    boolean committable(long highWatermark) {
        Entry<S, E> first = uncommitted.peekFirst();
        return first != null && first.endOffset <= highWatermark;
    }

    Entry<S, E> commitFirst() {
        Entry<S, E> first = uncommitted.removeFirst();
        committed = first.after;
        return first;
    }

    /** When the first answer has waited too long; MAX_VALUE when none waits. */
    long deadlineNanos() {
        for (Entry<S, E> entry : uncommitted) {
            if (!entry.answers.isEmpty()) {
                return entry.deadlineNanos;
            }
        }
        return Long.MAX_VALUE;
    }

    /** Takes out the answers that have waited too long; the steps themselves stand. */
    List<Answer<?>> overdue(long nowNanos) {
        var overdue = new ArrayList<Answer<?>>();
        for (Entry<S, E> entry : uncommitted) {
            if (entry.deadlineNanos <= nowNanos) {
                overdue.addAll(entry.answers);
                entry.answers.clear();
            }
        }
        return overdue;
    }

    /** A batch in the log and what hangs on it. Mutable until it is committed. */
    static final class Entry<S, E> {

        private final long endOffset;
        private final long deadlineNanos;
        private final List<Answer<?>> answers;
        private final List<E> signals;
        private S after;

        private Entry(
                S after,
                long endOffset,
                long deadlineNanos,
                List<Answer<?>> answers,
                List<E> signals) {
            this.after = after;
            this.endOffset = endOffset;
            this.deadlineNanos = deadlineNanos;
            this.answers = new ArrayList<>(answers);
            this.signals = new ArrayList<>(signals);
        }

        private void extend(Step<S, E> step) {
            after = step.state();
            answers.addAll(step.answers());
            signals.addAll(step.signals());
        }

        List<Answer<?>> answers() {
            return answers;
        }

        List<E> signals() {
            return signals;
        }
    }
}
