package io.tombolo.linker;

/**
 * Decides what is told of a source that cannot be reached: once that it is so, whatever the reason
 * is called from attempt to attempt, and once that it is back. A source that answers now and then
 * is not back: it has to for {@value #STEADY_SECONDS} s without a failure. Mutable; owned by the
 * loop of the link.
 */
final class OutageNotice {

    static final long STEADY_SECONDS = 30;
    private static final long STEADY_NANOS = STEADY_SECONDS * 1_000_000_000;

    private boolean told;
    private long failedNanos;

    /** The source could not be reached; whether that is news. */
    boolean failed(long nowNanos) {
        failedNanos = nowNanos;
        boolean news = !told;
        told = true;
        return news;
    }

    /** The source answered; whether it is back, after an outage that was told. */
    boolean answered(long nowNanos) {
        boolean back = told && nowNanos - failedNanos >= STEADY_NANOS;
        told &= !back;
        return back;
    }
}
