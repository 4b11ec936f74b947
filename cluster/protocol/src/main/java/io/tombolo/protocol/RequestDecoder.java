package io.tombolo.protocol;

import io.tombolo.protocol.DecodedFrame.Accepted;
import io.tombolo.protocol.DecodedFrame.ApiVersionsRefused;
import io.tombolo.protocol.DecodedFrame.Reason;
import io.tombolo.protocol.DecodedFrame.Refused;

import org.apache.kafka.common.protocol.ApiKeys;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Turns frames into requests. Whatever a frame holds, decoding it ends with a result, in time and
 * memory that the frame's own bytes and the limits bound. Callable from any thread.
 */
public final class RequestDecoder {

    /** Bytes of api key, version and correlation id. */
    private static final int FIXED_HEADER_BYTES = 8;

    private static final int VERSION_AT = 2;
    private static final int CORRELATION_AT = 4;

    private final ServedApis apis;
    private final MessageReader reader;

    /** A decoder for a listener, within the limits for requests. */
    public RequestDecoder(ServedApis apis) {
        this(apis, DecodeLimits.REQUESTS);
    }

    /** A decoder with limits of its own. */
    public RequestDecoder(ServedApis apis, DecodeLimits limits) {
        this.apis = apis;
        this.reader = MessageReader.ofRequests(limits);
    }

    /**
     * Reads one frame, position to limit, without its size; leaves the buffer's position alone. The
     * records of a request are views onto it, so that it must stay until the request is dealt with.
     * Bytes behind the request are ignored, as Kafka does.
     */
    public DecodedFrame decode(ByteBuffer frame) {
        if (frame.remaining() < FIXED_HEADER_BYTES) {
            return new Refused(Reason.HEADER, "shorter than a request header");
        }
        int start = frame.position();
        short key = frame.getShort(start);
        short version = frame.getShort(start + VERSION_AT);
        int correlationId = frame.getInt(start + CORRELATION_AT);
        if (!ApiKeys.hasId(key) || apis.range(ApiKeys.forId(key)) == null) {
            return new Refused(Reason.UNKNOWN_API, "api key " + key);
        }
        ApiKeys api = ApiKeys.forId(key);
        if (!apis.serves(api, version)) {
            return api == ApiKeys.API_VERSIONS
                    ? new ApiVersionsRefused(correlationId)
                    : new Refused(Reason.UNSERVED_VERSION, api + " version " + version);
        }
        int bodyAt = reader.headerEnd(api.requestHeaderVersion(version), frame);
        if (bodyAt < 0) {
            return new Refused(Reason.HEADER, "the request header is cut short");
        }
        return switch (reader.readBody(api, version, frame.duplicate().position(bodyAt))) {
            case MessageReader.Result.Built(var body) ->
                    new Accepted(
                            new Request(api, version, correlationId, clientId(frame, start), body));
            case MessageReader.Result.Refused(var reason, var detail) ->
                    new Refused(reason, api + " version " + version + ": " + detail);
        };
    }

    /**
     * The client id, which the walk over the header has found to be whole; null counts as empty.
     */
    private static String clientId(ByteBuffer frame, int start) {
        int length = frame.getShort(start + FIXED_HEADER_BYTES);
        if (length <= 0) {
            return "";
        }
        var bytes = new byte[length];
        frame.get(start + FIXED_HEADER_BYTES + Short.BYTES, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
