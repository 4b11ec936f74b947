package io.tombolo.cli.run;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Brokers and controllers that start side by side, as none of a region serves before most of its
 * voters are there. One that is refused, or a signal, ends the wait of the others.
 */
final class Starts {

    private static final String STARTED = "started";
    private static final String REFUSED = "refused";

    private final List<CompletableFuture<Occupant>> starts = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final CompletableFuture<RuntimeException> refusal = new CompletableFuture<>();

    void begin(String name, Supplier<Occupant> start) {
        var started = new CompletableFuture<Occupant>();
        starts.add(started);
        threads.add(Thread.ofVirtual().name("start " + name).start(() -> complete(started, start)));
    }

    private void complete(CompletableFuture<Occupant> started, Supplier<Occupant> start) {
        try {
            started.complete(start.get());
        } catch (RuntimeException refused) {
            refusal.complete(refused);
            started.cancel(false);
        }
    }

    /**
     * Blocks until each has started or given up.
     *
     * @return whether all have started, and no signal came first
     */
    boolean await(StopSignals signals) {
        var all = CompletableFuture.allOf(starts.toArray(CompletableFuture[]::new));
        String end =
                signals.awaitOr(
                        all.handle((_, refused) -> refused == null ? STARTED : REFUSED)
                                .applyToEither(refusal.thenApply(_ -> REFUSED), text -> text));
        boolean started = end.equals(STARTED);
        if (!started) {
            threads.forEach(Thread::interrupt);
        }
        all.exceptionally(_ -> null).join();
        return started;
    }

    /** Those that run, though some may wait for others that do not; in the order they began. */
    List<Occupant> occupants() {
        return starts.stream()
                .filter(start -> !start.isCompletedExceptionally())
                .map(CompletableFuture::join)
                .toList();
    }

    /** Why the first one that was refused does not start. */
    Optional<RuntimeException> refusal() {
        return Optional.ofNullable(refusal.getNow(null));
    }
}
