package io.tombolo.broker.link;

import java.time.Duration;
import java.util.Locale;

/**
 * Whether the source of a link counts as there.
 *
 * @param silentMs since it was last heard of, −1 when it never was
 * @param linkCut whether the link cannot reach it either
 */
public record SourceContact(long silentMs, boolean linkCut) {

    /** A source that has been silent for longer counts as gone. */
    static final Duration GONE_AFTER = Duration.ofSeconds(4);

    /** The same when the link cannot reach it either: two rounds of asking were missed. */
    static final Duration GONE_AFTER_WHEN_CUT = Duration.ofMillis(1_500);

    /** For how long it has to be silent to count as gone. */
    public long goneAfterMs() {
        return (linkCut ? GONE_AFTER_WHEN_CUT : GONE_AFTER).toMillis();
    }

    public boolean reachable() {
        return silentMs >= 0 && silentMs < goneAfterMs();
    }

    /** The same in words. */
    String seen() {
        return "it was heard of %s ago, and counts as gone after %s of silence%s"
                .formatted(
                        seconds(silentMs),
                        seconds(goneAfterMs()),
                        linkCut
                                ? ", as the link cannot reach it either"
                                : "; after %s once the link cannot reach it either"
                                        .formatted(seconds(GONE_AFTER_WHEN_CUT.toMillis())));
    }

    private static String seconds(long ms) {
        return String.format(Locale.ROOT, "%.1f s", ms / 1_000.0);
    }
}
