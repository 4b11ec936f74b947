package io.tombolo.broker.request;

import io.tombolo.environment.Clock;
import io.tombolo.environment.Connection;
import io.tombolo.environment.EventLoop;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The connections of a listener, so that they can be ended when what was asked on them is answered.
 * Callable from any thread.
 */
public final class OpenConnections {

    private static final Logger LOG = LoggerFactory.getLogger(OpenConnections.class);
    private static final Duration LOOK_MAX = Duration.ofSeconds(2);
    private static final long CHECK_NANOS = Duration.ofMillis(10).toNanos();

    /** In the order in which they came, so that a simulation runs through it alike each time. */
    private final Set<ClientConnection> open = Collections.synchronizedSet(new LinkedHashSet<>());

    /** A new connection; on its loop. */
    public ClientConnection accept(Connection connection, RequestDispatcher dispatcher) {
        var accepted = new ClientConnection(connection, dispatcher, open::remove);
        open.add(accepted);
        return accepted;
    }

    /** How many there are. */
    public int count() {
        return open.size();
    }

    /**
     * Looks at the state that connections keep; blocking, not to be called on a loop.
     *
     * @param type of the state, as it was attached
     * @param look called on the loops of the connections
     * @return what was seen; of the connections of a loop that does not come to it, nothing
     */
    public <T extends AutoCloseable, R> List<R> look(Class<T> type, Function<T, R> look)
            throws InterruptedException {
        Map<EventLoop, List<ClientConnection>> byLoop;
        synchronized (open) {
            byLoop = open.stream().collect(Collectors.groupingBy(it -> it.connection().loop()));
        }
        var seen = new ConcurrentLinkedQueue<R>();
        var missing = new CountDownLatch(byLoop.size());
        byLoop.forEach((loop, connections) ->
                loop.execute(() -> {
                    connections.forEach(
                            each -> each.attachments().find(type).map(look).ifPresent(seen::add));
                    missing.countDown();
                }));
        boolean all = missing.await(LOOK_MAX.toMillis(), TimeUnit.MILLISECONDS);
        LOG.atTrace().addKeyValue("all", all).log("Connections were looked at");
        return List.copyOf(seen);
    }

    /**
     * Takes no more requests and closes each connection when those that it took are answered.
     *
     * @param most how long answers are waited for
     * @param done called once on the loop, when all are closed or the time is up
     */
    public void end(EventLoop loop, Clock clock, Duration most, Runnable done) {
        List<ClientConnection> ending;
        synchronized (open) {
            ending = List.copyOf(open);
        }
        ending.forEach(each ->
                each.connection()
                        .loop()
                        .execute(() -> each.endWhenAnswered(ClientConnection.ENDED)));
        awaitEnd(loop, clock, clock.nanoTime() + most.toNanos(), done);
    }

    private void awaitEnd(EventLoop loop, Clock clock, long deadlineNanos, Runnable done) {
        if (open.isEmpty() || clock.nanoTime() - deadlineNanos >= 0) {
            done.run();
        } else {
            loop.schedule(CHECK_NANOS, () -> awaitEnd(loop, clock, deadlineNanos, done));
        }
    }
}
