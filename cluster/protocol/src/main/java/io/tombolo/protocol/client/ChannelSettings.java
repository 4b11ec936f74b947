package io.tombolo.protocol.client;

import io.tombolo.environment.FrameLimits;

import org.apache.kafka.common.message.ApiVersionsRequestData;

import java.util.concurrent.TimeUnit;

/**
 * How a broker is talked to.
 *
 * @param clientId what this client calls itself in every request
 * @param limits of the connection; the frame limit bounds what one answer may cost
 * @param callsMax how many calls may wait to be sent or answered; further ones fail at once
 * @param handshakeNanos how long the broker may take to tell its API versions
 */
public record ChannelSettings(
        String clientId, FrameLimits limits, int callsMax, long handshakeNanos) {

    /**
     * Frames of up to 100 MiB that may pause for 30 s; connections are kept as long as they last.
     */
    public static final FrameLimits LIMITS =
            new FrameLimits(100 << 20, TimeUnit.SECONDS.toNanos(30), Long.MAX_VALUE, 64 << 20);

    /**
     * What is asked first on each connection.
     *
     * @param version of ApiVersions; a broker that does not know it is taken to refuse
     */
    public record Handshake(short version, ApiVersionsRequestData request) {}
}
