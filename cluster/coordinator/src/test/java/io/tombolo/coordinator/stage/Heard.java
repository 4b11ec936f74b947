package io.tombolo.coordinator.stage;

import io.tombolo.coordinator.runtime.CoordinatorListener;
import io.tombolo.coordinator.runtime.Reply;

import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What one waiting client was told. */
public final class Heard<R> implements Reply<R>, Consumer<R> {

    private R response;
    private Errors refusal;

    @Override
    public void answer(R given) {
        tell();
        response = given;
    }

    @Override
    public void refuse(Errors error) {
        tell();
        refusal = error;
    }

    @Override
    public void accept(R given) {
        answer(given);
    }

    private void tell() {
        if (!waits()) {
            throw new AssertionError("a client was told twice");
        }
    }

    public boolean waits() {
        return response == null && refusal == null;
    }

    public R response() {
        if (response == null) {
            throw new AssertionError(waits() ? "no answer yet" : "refused with " + refusal);
        }
        return response;
    }

    public Errors refusal() {
        return refusal;
    }

    /** Remembers what a runtime reports. */
    public static final class Reports<E> implements CoordinatorListener<E> {

        private final List<String> lines = new ArrayList<>();

        public List<String> lines() {
            return lines;
        }

        @Override
        public void loaded(int partition, long recordCount, long elapsedNanos) {
            lines.add("loaded " + partition + " with " + recordCount + " records");
        }

        @Override
        public void loadDelayed(int partition, String reason) {
            lines.add("load of " + partition + " delayed: " + reason);
        }

        @Override
        public void appendRefused(int partition, String reason) {
            lines.add("append to " + partition + " refused: " + reason);
        }

        @Override
        public void failed(int partition, RuntimeException cause) {
            lines.add("failed " + partition + ": " + cause.getMessage());
        }

        @Override
        public void signal(int partition, E signal) {
            lines.add("signal " + signal);
        }
    }
}
