package io.tombolo.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The newest warnings and errors; at most {@value #LINES_MAX}. */
final class RecentLines extends AppenderBase<ILoggingEvent> {

    static final int LINES_MAX = 100;

    private final Deque<String> lines = new ArrayDeque<>();

    @Override
    protected void append(ILoggingEvent event) {
        if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
            String line = line(event);
            synchronized (lines) {
                lines.addLast(line);
                if (lines.size() > LINES_MAX) {
                    lines.removeFirst();
                }
            }
        }
    }

    private static String line(ILoggingEvent event) {
        var line = new StringBuilder();
        line.append(Instant.ofEpochMilli(event.getTimeStamp())).append(' ');
        line.append(event.getLevel()).append(' ').append(event.getLoggerName()).append(": ");
        line.append(event.getFormattedMessage());
        if (event.getKeyValuePairs() != null) {
            event.getKeyValuePairs()
                    .forEach(pair ->
                            line.append(' ').append(pair.key).append('=').append(pair.value));
        }
        if (event.getThrowableProxy() != null) {
            line.append('\n').append(ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
        return line.toString();
    }

    List<String> lines() {
        synchronized (lines) {
            return List.copyOf(lines);
        }
    }

    void forget() {
        synchronized (lines) {
            lines.clear();
        }
    }
}
