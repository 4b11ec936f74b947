package io.tombolo.coordinator.group.consumer;

import org.jspecify.annotations.Nullable;

/**
 * A member while its group goes from one protocol to the other; it speaks the classic one.
 *
 * @param rebalanceMs how long a rebalance waits for it
 * @param assignment what it works on, as the members of classic groups write it
 */
public record MovingMember(
        String id,
        @Nullable String instanceId,
        String clientId,
        String clientHost,
        int rebalanceMs,
        ClassicSpeech speech,
        byte[] assignment) {}
