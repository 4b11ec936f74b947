package io.tombolo.cli.shell;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;

import org.slf4j.LoggerFactory;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Iterator;

/** What is logged, and where to: one line per event on the error stream. */
public final class Logging {

    private Logging() {}

    /** Nothing but what the command prints itself; with {@code -v} what libraries warn of. */
    public static void ofCommand(boolean verbose) {
        context().getLogger(Logger.ROOT_LOGGER_NAME).setLevel(verbose ? Level.WARN : Level.OFF);
    }

    /** What a broker has to say; with {@code -v} more of it. */
    public static void ofBroker(boolean verbose) {
        LoggerContext context = context();
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.WARN);
        context.getLogger("org.apache.kafka").setLevel(verbose ? Level.WARN : Level.ERROR);
        // That brokers do not hear each other there is shown, and harms nobody.
        context.getLogger("com.hazelcast").setLevel(verbose ? Level.WARN : Level.ERROR);
        context.getLogger("io.tombolo").setLevel(verbose ? Level.DEBUG : Level.INFO);
    }

    /**
     * Keeps the file small that this process's output was redirected to, for as long as it lives.
     */
    public static void keepSmall(Path file) {
        Iterator<Appender<ILoggingEvent>> appenders =
                context().getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders();
        while (appenders.hasNext()) {
            if (appenders.next() instanceof ErrorStream stream) {
                stream.keepSmall(new BoundedFile(file));
            }
        }
    }

    private static LoggerContext context() {
        return (LoggerContext) LoggerFactory.getILoggerFactory();
    }

    /** Sends everything to the error stream; called when the first logger is asked for. */
    static void configure(LoggerContext context) {
        var layout = new LogLine();
        layout.setContext(context);
        layout.start();
        var encoder = new LayoutWrappingEncoder<ILoggingEvent>();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setLayout(layout);
        encoder.start();
        var appender = new ErrorStream();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.start();
        Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.OFF);
        root.addAppender(appender);
    }
}
