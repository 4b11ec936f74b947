package io.tombolo.simulation.client;

import io.tombolo.simulation.law.Sent;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.List;

/** The batches of a producer that may or may not be in the log, in the order of their sequences. */
final class UnderWay {

    /** One batch. Mutable; owned by its producer. */
    static final class Batch {
        private final Sent sent;
        private int attempts;
        private boolean awaited;
        private boolean refused;

        private Batch(Sent sent) {
            this.sent = sent;
        }

        Sent sent() {
            return sent;
        }

        boolean sentAgain() {
            return attempts > 1;
        }

        /** Whether it was ever refused and had to be sent again. */
        boolean wasRefused() {
            return refused;
        }

        void sends() {
            attempts++;
            awaited = true;
        }

        void answered() {
            awaited = false;
        }

        void refused() {
            refused = true;
        }
    }

    private final ArrayDeque<Batch> batches = new ArrayDeque<>();

    boolean empty() {
        return batches.isEmpty();
    }

    int count() {
        return batches.size();
    }

    Batch add(Sent sent) {
        var batch = new Batch(sent);
        batches.add(batch);
        return batch;
    }

    void stored(Batch batch) {
        batches.remove(batch);
    }

    @Nullable Batch oldest() {
        return batches.peekFirst();
    }

    /** Whether answers are still to come. */
    boolean awaited() {
        return batches.stream().anyMatch(batch -> batch.awaited);
    }

    /** What was answered, or never will be, and has to be sent again. */
    List<Batch> failed() {
        return batches.stream().filter(batch -> !batch.awaited).toList();
    }

    void clear() {
        batches.clear();
    }
}
