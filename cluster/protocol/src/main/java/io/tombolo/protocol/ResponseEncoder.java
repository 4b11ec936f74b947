package io.tombolo.protocol;

import io.tombolo.environment.Payload;

import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

import java.util.List;

/** Turns responses into frames. */
public final class ResponseEncoder {

    private ResponseEncoder() {}

    /**
     * One response, without the frame's size. The header of an ApiVersions response is version 0
     * whatever the version, because a client reads it before it knows what we speak.
     *
     * @param version the version of the request
     * @param body its records may be {@link PayloadRecords}; their parts then pass to the result,
     *     which the connection releases
     * @throws RuntimeException when the body holds what the version cannot say: a mistake of ours
     */
    public static List<Payload> encode(
            ApiKeys api, short version, int correlationId, ApiMessage body) {
        var header = new ResponseHeaderData().setCorrelationId(correlationId);
        return MessageWriter.write(header, api.responseHeaderVersion(version), body, version);
    }

    /** The answer to {@link DecodedFrame.ApiVersionsRefused}: version 0, our range in it. */
    public static List<Payload> apiVersionsRefused(int correlationId, ServedApis apis) {
        return encode(
                ApiKeys.API_VERSIONS,
                (short) 0,
                correlationId,
                ApiVersionsAnswer.unsupportedVersion(apis));
    }
}
