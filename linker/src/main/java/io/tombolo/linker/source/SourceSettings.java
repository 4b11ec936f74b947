package io.tombolo.linker.source;

import io.tombolo.environment.FrameLimits;

import java.util.concurrent.TimeUnit;

/**
 * How a source cluster is talked to.
 *
 * @param clientId what the source sees of this link in its logs and quotas
 * @param limits of each connection; the frame limit bounds what one answer may cost
 * @param callNanos how long a broker may take for an answer, on top of a wait that was asked for
 */
public record SourceSettings(String clientId, FrameLimits limits, long callNanos) {

    /** Calls waiting for one connection to open, or for their answers. */
    static final int CALLS_MAX = 128;

    /** The settings for a link. */
    public static SourceSettings of(String clientId) {
        var limits =
                new FrameLimits(100 << 20, TimeUnit.SECONDS.toNanos(30), Long.MAX_VALUE, 64 << 20);
        return new SourceSettings(clientId, limits, TimeUnit.SECONDS.toNanos(10));
    }
}
