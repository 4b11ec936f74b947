package io.tombolo.protocol;

import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;

/** Answers that refuse a whole request, in the places where its client looks for errors. */
public final class Refusals {

    private Refusals() {}

    /**
     * The answer that refuses everything that a request asks for.
     *
     * @param body as it came, in this version
     */
    public static ApiMessage of(ApiKeys api, short version, ApiMessage body, Errors error) {
        var bytes = MessageUtil.toByteBufferAccessor(body, version);
        return AbstractRequest.parseRequest(api, version, bytes)
                .request
                .getErrorResponse(0, error.exception())
                .data();
    }
}
