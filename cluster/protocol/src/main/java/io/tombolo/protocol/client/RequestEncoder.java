package io.tombolo.protocol.client;

import io.tombolo.environment.Payload;
import io.tombolo.protocol.MessageWriter;

import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

import java.util.List;

/**
 * Turns requests into frames.
 *
 * @param clientId what this client calls itself in every request
 */
public record RequestEncoder(String clientId) {

    /**
     * One request, without the frame's size.
     *
     * @param body its records, if any, are not copied
     * @throws RuntimeException when the body holds what the version cannot say: a mistake of ours
     */
    public List<Payload> encode(ApiKeys api, short version, int correlationId, ApiMessage body) {
        var header =
                new RequestHeaderData()
                        .setRequestApiKey(api.id)
                        .setRequestApiVersion(version)
                        .setCorrelationId(correlationId)
                        .setClientId(clientId);
        return MessageWriter.write(header, api.requestHeaderVersion(version), body, version);
    }
}
