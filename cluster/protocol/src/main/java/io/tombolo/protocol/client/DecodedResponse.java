package io.tombolo.protocol.client;

import org.apache.kafka.common.protocol.ApiMessage;

/** What became of a frame that should hold a response. */
public sealed interface DecodedResponse {

    /**
     * It is one.
     *
     * @param body the generated message; its record bytes are views onto the frame
     */
    record Answer(int correlationId, ApiMessage body) implements DecodedResponse {}

    /**
     * It cannot be read: the other end is broken or hostile, and the connection is to be closed.
     *
     * @param detail what was wrong, for a log line; holds no bytes of the frame
     */
    record Unreadable(String detail) implements DecodedResponse {}
}
