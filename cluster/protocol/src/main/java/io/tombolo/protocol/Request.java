package io.tombolo.protocol;

import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * A request that has been read.
 *
 * @param clientId what the client calls itself; empty when it gave nothing
 * @param body the generated message; its record bytes are views onto the frame and die with it
 */
public record Request(
        ApiKeys api, short version, int correlationId, String clientId, ApiMessage body) {}
