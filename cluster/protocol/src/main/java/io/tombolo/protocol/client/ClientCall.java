package io.tombolo.protocol.client;

import io.tombolo.environment.Frame;
import io.tombolo.protocol.VersionRange;

import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

import java.util.function.IntFunction;

/**
 * A question to a broker.
 *
 * @param versions that can be spoken here; the highest that the broker serves too is taken
 * @param body makes the request in the version that was chosen
 */
public record ClientCall(ApiKeys api, VersionRange versions, IntFunction<ApiMessage> body) {

    /** A question whose body is the same in every version. */
    public static ClientCall of(ApiKeys api, int lowest, int highest, ApiMessage body) {
        return new ClientCall(api, VersionRange.of(lowest, highest), _ -> body);
    }

    /** What became of a call. */
    public sealed interface Result {

        /**
         * It was answered. Error codes inside have not been looked at.
         *
         * @param version of the API that both sides used
         * @param frame what the body's views lie in; the receiver releases it exactly once
         */
        record Answered(ApiMessage body, short version, Frame frame) implements Result {}

        /**
         * There is no answer and there will be none.
         *
         * @param error what the broker said to the handshake; NONE unless the cause is REFUSED
         * @param sent whether the broker may have seen the request
         * @param detail one line for people
         */
        record Failed(Cause cause, Errors error, boolean sent, String detail) implements Result {}
    }

    /** Why there is no answer. */
    public enum Cause {
        /** The channel is closed for good, or as many calls wait as may. */
        NOT_TAKEN,
        /** The owner closed the channel. */
        CLOSED,
        /** The connection could not be opened, or broke. */
        UNREACHABLE,
        /** The broker answered the handshake with an error. */
        REFUSED,
        /** The broker serves no version of the API that can be spoken here. */
        UNSERVED,
        /** The answer did not come in time. */
        TIMED_OUT,
        /** What came is not an answer. */
        MALFORMED
    }
}
