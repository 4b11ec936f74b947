package io.tombolo.coordinator.transaction.entry;

import io.tombolo.environment.EventLoop;

/**
 * Who asks.
 *
 * @param apiVersion version of the request
 * @param loop where the call is made and where its answer is delivered
 */
public record Asking(short apiVersion, EventLoop loop) {}
