package io.tombolo.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;

import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;
import org.slf4j.LoggerFactory;

import java.util.List;

/**
 * Adds the warnings and errors that were logged since the test class began to whatever a test fails
 * with. The log of the command line, which is silent, is on the class path of these tests, so
 * without this nobody would hear a broker of the same JVM. Found by its service name.
 */
public final class BrokerLog
        implements BeforeAllCallback,
                TestExecutionExceptionHandler,
                LifecycleMethodExecutionExceptionHandler {

    private static final RecentLines LINES = listen();

    private static RecentLines listen() {
        var product = (Logger) LoggerFactory.getLogger("io.tombolo");
        product.setLevel(Level.WARN);
        var lines = new RecentLines();
        lines.setContext(product.getLoggerContext());
        lines.start();
        product.addAppender(lines);
        return lines;
    }

    /** What was logged, as the reason behind a failure; it has no place in the code. */
    static final class Logged extends Exception {

        private static final long serialVersionUID = 1;

        private Logged(List<String> lines) {
            super("the log said\n" + String.join("\n", lines), null, false, false);
        }
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        LINES.forget();
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure)
            throws Throwable {
        throw explained(failure);
    }

    @Override
    public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure)
            throws Throwable {
        throw explained(failure);
    }

    @Override
    public void handleBeforeEachMethodExecutionException(
            ExtensionContext context, Throwable failure) throws Throwable {
        throw explained(failure);
    }

    @Override
    public void handleAfterEachMethodExecutionException(ExtensionContext context, Throwable failure)
            throws Throwable {
        throw explained(failure);
    }

    @Override
    public void handleAfterAllMethodExecutionException(ExtensionContext context, Throwable failure)
            throws Throwable {
        throw explained(failure);
    }

    /** The same failure, and beside it what was logged, if anything was. */
    static Throwable explained(Throwable failure) {
        List<String> lines = LINES.lines();
        if (!lines.isEmpty()) {
            failure.addSuppressed(new Logged(lines));
        }
        return failure;
    }
}
