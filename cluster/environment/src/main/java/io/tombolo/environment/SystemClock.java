package io.tombolo.environment;

/** The clock of this machine. */
public final class SystemClock implements Clock {

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public long wallTimeMs() {
        return System.currentTimeMillis();
    }
}
