package io.tombolo.cli.shell;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;

import org.jspecify.annotations.Nullable;

/** Log lines on the error stream; bounds the file behind it when there is one. */
final class ErrorStream extends ConsoleAppender<ILoggingEvent> {

    private static final int LOOK_EVERY_LINES = 100;

    private volatile @Nullable BoundedFile file;
    private int lines;

    ErrorStream() {
        setTarget("System.err");
    }

    void keepSmall(BoundedFile behind) {
        behind.beginAnewWhenFull();
        file = behind;
    }

    /** Called by one thread at a time. */
    @Override
    protected void subAppend(ILoggingEvent event) {
        super.subAppend(event);
        BoundedFile bounded = file;
        if (bounded != null && ++lines % LOOK_EVERY_LINES == 0) {
            bounded.beginAnewWhenFull();
        }
    }
}
