package io.tombolo.cli.shell;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.LayoutBase;

import org.slf4j.event.KeyValuePair;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** {@code 2026-11-21T22:13:01.123Z INFO Broker: message key=value}; a fault adds its causes. */
final class LogLine extends LayoutBase<ILoggingEvent> {

    private static final int CAUSES_MAX = 5;

    @Override
    public String doLayout(ILoggingEvent event) {
        var line = new StringBuilder();
        line.append(Instant.ofEpochMilli(event.getTimeStamp()).truncatedTo(ChronoUnit.MILLIS));
        line.append(' ').append(event.getLevel()).append(' ');
        String logger = event.getLoggerName();
        line.append(logger, logger.lastIndexOf('.') + 1, logger.length()).append(": ");
        line.append(oneLine(event.getFormattedMessage()));
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        if (pairs != null) {
            for (KeyValuePair pair : pairs) {
                line.append(' ')
                        .append(pair.key)
                        .append('=')
                        .append(oneLine(String.valueOf(pair.value)));
            }
        }
        appendCauses(line, event.getThrowableProxy());
        return line.append('\n').toString();
    }

    private static void appendCauses(
            StringBuilder line, @org.jspecify.annotations.Nullable IThrowableProxy thrown) {
        IThrowableProxy cause = thrown;
        for (int depth = 0; cause != null && depth < CAUSES_MAX; depth++) {
            String type = cause.getClassName();
            line.append(" | ").append(type, type.lastIndexOf('.') + 1, type.length());
            line.append(": ").append(oneLine(String.valueOf(cause.getMessage())));
            StackTraceElementProxy[] frames = cause.getStackTraceElementProxyArray();
            if (frames.length > 0) {
                line.append(" (").append(frames[0].getStackTraceElement()).append(')');
            }
            cause = cause.getCause();
        }
    }

    private static String oneLine(String text) {
        return text.replace('\n', ' ').replace('\r', ' ');
    }
}
