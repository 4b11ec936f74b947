package io.tombolo.cli.kafka;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.tombolo.environment.Endpoint;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;

/**
 * Asks brokers at once, to find those that answer: one that is held by a signal, or cut off,
 * accepts connections and then keeps silent, and a client that has begun with it stays with it.
 */
final class Answering {

    /** How long the next broker is waited for, once one has answered. */
    private static final int OTHERS_MS = 100;

    private Answering() {}

    /** Something a broker is asked. */
    @FunctionalInterface
    interface Question {

        /** Returns when it is answered. */
        void ask(Endpoint broker) throws IOException;
    }

    private record Told(Endpoint broker, Optional<IOException> failure) {}

    /**
     * Those that answer, as far as they do so soon after the first one.
     *
     * @throws IOException what was seen last, when none answers in time
     */
    static List<Endpoint> among(List<Endpoint> brokers, int timeoutMs, Question question)
            throws IOException, InterruptedException {
        var told = new ArrayBlockingQueue<Told>(brokers.size());
        for (Endpoint broker : brokers) {
            Thread.ofVirtual().start(() -> told.add(ask(broker, question)));
        }
        var answering = new ArrayList<Endpoint>();
        var last = new IOException("none of %s answers".formatted(brokers));
        for (int left = brokers.size(); left > 0; left--) {
            Told one = told.poll(answering.isEmpty() ? timeoutMs : OTHERS_MS, MILLISECONDS);
            if (one == null) {
                break;
            }
            if (one.failure().isPresent()) {
                IOException failure = one.failure().get();
                last = new IOException(one.broker() + ": " + failure.getMessage(), failure);
            } else {
                answering.add(one.broker());
            }
        }
        if (answering.isEmpty()) {
            throw last;
        }
        return answering;
    }

    private static Told ask(Endpoint broker, Question question) {
        try {
            question.ask(broker);
            return new Told(broker, Optional.empty());
        } catch (IOException failure) {
            return new Told(broker, Optional.of(failure));
        }
    }
}
