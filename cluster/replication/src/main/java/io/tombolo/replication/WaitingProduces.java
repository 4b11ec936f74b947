package io.tombolo.replication;

import io.tombolo.environment.EventLoop;

import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Produces that are in the log and not yet acknowledged, in the order of their offsets. What a
 * connection may have under way bounds them.
 */
final class WaitingProduces {

    private final EventLoop loop;
    private final ArrayDeque<Waiting> queue = new ArrayDeque<>();

    WaitingProduces(EventLoop loop) {
        this.loop = loop;
    }

    /** Waits until {@code offset} has passed, or for the timeout. */
    void add(
            long offset,
            long timeoutNanos,
            ProduceOutcome success,
            Consumer<ProduceOutcome> answer) {
        var waiting = new Waiting(offset, success, answer);
        waiting.timer = loop.schedule(timeoutNanos, () -> expire(waiting));
        insert(waiting);
    }

    /** A duplicate waits for what is in the log already, so its place may be further ahead. */
    private void insert(Waiting waiting) {
        var behind = new ArrayDeque<Waiting>();
        while (!queue.isEmpty() && queue.peekLast().offset > waiting.offset) {
            behind.addFirst(queue.removeLast());
        }
        queue.addLast(waiting);
        queue.addAll(behind);
    }

    /** Answers everything that needs no more than this offset. */
    void advanced(long offset) {
        while (!queue.isEmpty() && queue.peekFirst().offset <= offset) {
            Waiting waiting = queue.removeFirst();
            waiting.finish(waiting.success);
        }
    }

    /** Answers everything with an error: whether the records survive is unknown to the client. */
    void failAll(Errors error, String message) {
        failAll(error, message, LeaderHint.NONE);
    }

    /** As {@link #failAll(Errors, String)}, and tells who leads now. */
    void failAll(Errors error, String message, LeaderHint leader) {
        while (!queue.isEmpty()) {
            queue.removeFirst().finish(ProduceOutcome.refused(error, message).toward(leader));
        }
    }

    /**
     * Answers with a refusal what was waiting when this was last called, and still is; what came
     * since has to wait for another call. Whether there was any.
     */
    boolean failThoseSeenBefore(ProduceOutcome outcome) {
        boolean some = false;
        for (Waiting waiting : List.copyOf(queue)) {
            if (waiting.seen && queue.remove(waiting)) {
                waiting.finish(outcome);
                some = true;
            }
            waiting.seen = true;
        }
        return some;
    }

    int count() {
        return queue.size();
    }

    private void expire(Waiting waiting) {
        if (queue.remove(waiting)) {
            waiting.finish(
                    ProduceOutcome.refused(
                            Errors.REQUEST_TIMED_OUT,
                            "the records were appended but not acknowledged in time"));
        }
    }

    private static final class Waiting {
        private final long offset;
        private final ProduceOutcome success;
        private final Consumer<ProduceOutcome> answer;
        private EventLoop.Timer timer = () -> {};
        private boolean seen;

        Waiting(long offset, ProduceOutcome success, Consumer<ProduceOutcome> answer) {
            this.offset = offset;
            this.success = success;
            this.answer = answer;
        }

        void finish(ProduceOutcome outcome) {
            timer.cancel();
            answer.accept(outcome);
        }
    }
}
