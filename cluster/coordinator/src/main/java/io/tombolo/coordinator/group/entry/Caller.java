package io.tombolo.coordinator.group.entry;

import io.tombolo.environment.EventLoop;

/**
 * Who asks.
 *
 * @param clientId as in the request header; empty when it has none
 * @param clientHost as administrators are to see it, for example {@code /10.0.0.7}
 * @param apiVersion version of the request
 * @param loop where the call is made and where its answer is delivered
 */
public record Caller(String clientId, String clientHost, short apiVersion, EventLoop loop) {}
