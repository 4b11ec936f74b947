package io.tombolo.broker.quorum;

import io.tombolo.protocol.VersionRange;

import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * A request to another broker of the region.
 *
 * @param versions those that can be spoken here
 * @param waitNanos how long the answer may take, 0 or more
 */
public record PeerCall(ApiKeys api, VersionRange versions, ApiMessage body, long waitNanos) {

    /** What became of a call. */
    public sealed interface Result {

        /** It was answered; views in the body are valid during the callback only. */
        record Answered(ApiMessage body) implements Result {}

        /**
         * There is no answer and there will be none.
         *
         * @param sent whether the peer may have seen the request
         */
        record Failed(boolean sent, String reason) implements Result {}
    }
}
