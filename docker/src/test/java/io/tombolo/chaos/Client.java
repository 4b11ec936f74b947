package io.tombolo.chaos;

import java.util.concurrent.atomic.AtomicBoolean;

/** A client with a thread of its own, which goes on until it is told to stop. */
final class Client implements AutoCloseable {

    private final AtomicBoolean stopping = new AtomicBoolean();
    private final Thread thread;

    /** What the client does; it returns soon after {@code stopping} is true. */
    @FunctionalInterface
    interface Work {
        void run(AtomicBoolean stopping) throws Exception;
    }

    private Client(String name, Recorder recorder, Work work) {
        thread =
                Thread.ofPlatform()
                        .name(name)
                        .daemon()
                        .start(() -> {
                            try {
                                work.run(stopping);
                            } catch (Exception | AssertionError died) {
                                recorder.died(died);
                            }
                        });
    }

    static Client start(String name, Recorder recorder, Work work) {
        return new Client(name, recorder, work);
    }

    /** Waits until it has ended. */
    @Override
    public void close() {
        stopping.set(true);
        try {
            thread.join();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }
}
