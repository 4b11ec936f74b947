package io.tombolo.coordinator.group.entry;

/**
 * How often members of a consumer group are to be heard of.
 *
 * @param sessionMs how long one may be silent
 * @param heartbeatIntervalMs how often it is asked to speak
 */
public record ConsumerTimes(int sessionMs, int heartbeatIntervalMs) {}
