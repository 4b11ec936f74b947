package io.tombolo.linker.source;

import io.tombolo.protocol.VersionRange;

import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

import java.util.function.IntFunction;

/**
 * A question to a source broker.
 *
 * @param versions that this link can ask in; the highest that the broker serves too is taken
 * @param body makes the request in the version that was chosen
 */
public record SourceCall(ApiKeys api, VersionRange versions, IntFunction<ApiMessage> body) {

    /** A question whose body is the same in every version. */
    public static SourceCall of(ApiKeys api, int lowest, int highest, ApiMessage body) {
        return new SourceCall(api, VersionRange.of(lowest, highest), _ -> body);
    }
}
