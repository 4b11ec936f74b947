package io.tombolo.protocol.client;

import io.tombolo.protocol.DecodeLimits;
import io.tombolo.protocol.MessageReader;

import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

import java.nio.ByteBuffer;
import java.util.OptionalInt;

/**
 * Turns frames into responses. The other end is not trusted: whatever a frame holds, decoding it
 * ends with a result, in time and memory that the frame's own bytes and the limits bound. Callable
 * from any thread.
 */
public final class ResponseDecoder {

    private final MessageReader reader;

    /** A decoder within the limits for responses. */
    public ResponseDecoder() {
        this(DecodeLimits.RESPONSES);
    }

    /** A decoder with limits of its own. */
    public ResponseDecoder(DecodeLimits limits) {
        this.reader = MessageReader.ofResponses(limits);
    }

    /** The correlation id at the beginning of a frame, by which its request is found. */
    public static OptionalInt correlationId(ByteBuffer frame) {
        return frame.remaining() < Integer.BYTES
                ? OptionalInt.empty()
                : OptionalInt.of(frame.getInt(frame.position()));
    }

    /**
     * Reads one frame, position to limit, without its size; leaves the buffer's position alone.
     *
     * <p>A broker that does not know our version of ApiVersions answers in version 0; that is
     * noticed here and read as such.
     *
     * @param version the version of the request that this answers
     */
    public DecodedResponse decode(ByteBuffer frame, ApiKeys api, short version) {
        int bodyAt = reader.headerEnd(api.responseHeaderVersion(version), frame);
        if (bodyAt < 0) {
            return new DecodedResponse.Unreadable(api + ": the response header is cut short");
        }
        ByteBuffer body = frame.duplicate().position(bodyAt);
        short spoken = api == ApiKeys.API_VERSIONS && saysUnsupported(body) ? 0 : version;
        return switch (reader.readBody(api, spoken, body)) {
            case MessageReader.Result.Built(var message) ->
                    new DecodedResponse.Answer(frame.getInt(frame.position()), message);
            case MessageReader.Result.Refused(var reason, var detail) ->
                    new DecodedResponse.Unreadable(
                            api + " version " + version + ": " + reason + ", " + detail);
        };
    }

    /** The error code is the first field of every version of an ApiVersions response. */
    private static boolean saysUnsupported(ByteBuffer body) {
        return body.remaining() >= Short.BYTES
                && body.getShort(body.position()) == Errors.UNSUPPORTED_VERSION.code();
    }
}
