package io.tombolo.cli.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * SIGTERM and SIGINT, and the end of the input where that is wanted: the first asks for an orderly
 * stop, the second ends the process at once and says what was left to do.
 *
 * <p>The JDK has no public type for signals, and a shutdown hook cannot see a second one, so the
 * half-public {@code sun.misc.Signal} is reached by reflection. Without it the hook alone stops the
 * process.
 */
final class StopSignals {

    private static final int EXIT_CODE_NOW = 143;

    private final CompletableFuture<String> stop = new CompletableFuture<>();
    private final AtomicBoolean asked = new AtomicBoolean();
    private final Runnable last;

    private StopSignals(Runnable last) {
        this.last = last;
    }

    /**
     * @param last done before the process ends at once
     */
    static StopSignals install(Runnable last) {
        var signals = new StopSignals(last);
        signals.handle("TERM");
        signals.handle("INT");
        return signals;
    }

    /** The end of what somebody else holds the other end of asks for an orderly stop, too. */
    void receiveEndOf(BufferedReader input) {
        // Not a virtual one: it would hold up the thread that carries these.
        Thread.ofPlatform()
                .name("end of input")
                .daemon()
                .start(() -> {
                    awaitEndOf(input);
                    stop.complete("");
                });
    }

    private static void awaitEndOf(BufferedReader input) {
        try {
            while (input.readLine() != null) {
                // Whatever is said, only the end counts.
            }
        } catch (IOException broken) {
            // It ends here, too.
        }
    }

    /** Blocks until a signal (empty) or until the other thing happens (its text). */
    String awaitOr(CompletableFuture<String> other) {
        return (String) CompletableFuture.anyOf(stop, other).join();
    }

    private void received() {
        if (asked.compareAndSet(false, true)) {
            stop.complete("");
        } else {
            try {
                last.run();
            } finally {
                Runtime.getRuntime().halt(EXIT_CODE_NOW);
            }
        }
    }

    private void handle(String name) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            InvocationHandler onSignal =
                    (proxy, method, arguments) -> answer(proxy, method, arguments);
            Object listener =
                    Proxy.newProxyInstance(
                            StopSignals.class.getClassLoader(), new Class<?>[] {handler}, onSignal);
            Method handle = signal.getMethod("handle", signal, handler);
            Object number = signal.getConstructor(String.class).newInstance(name);
            handle.invoke(null, number, listener);
        } catch (ReflectiveOperationException unavailable) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop.complete("")));
        }
    }

    private Object answer(Object proxy, Method method, Object[] arguments) {
        return switch (method.getName()) {
            case "handle" -> {
                received();
                yield proxy;
            }
            case "hashCode" -> System.identityHashCode(proxy);
            case "equals" -> proxy == arguments[0];
            default -> "stop signals";
        };
    }
}
