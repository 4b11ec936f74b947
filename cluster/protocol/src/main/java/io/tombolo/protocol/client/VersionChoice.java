package io.tombolo.protocol.client;

import io.tombolo.protocol.VersionRange;

import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.protocol.ApiKeys;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Which version of each API to speak with one broker. Immutable. */
public final class VersionChoice {

    private final Map<ApiKeys, VersionRange> common;

    private VersionChoice(Map<ApiKeys, VersionRange> common) {
        this.common = Collections.unmodifiableMap(common);
    }

    /**
     * The versions that a broker's ApiVersions response and ours have in common. Works with any
     * broker since 2.8; APIs and versions that we do not know are passed over.
     */
    public static VersionChoice from(ApiVersionsResponseData response) {
        var common = new EnumMap<ApiKeys, VersionRange>(ApiKeys.class);
        for (ApiVersion theirs : response.apiKeys()) {
            if (!ApiKeys.hasId(theirs.apiKey())) {
                continue;
            }
            ApiKeys api = ApiKeys.forId(theirs.apiKey());
            short min = (short) Math.max(theirs.minVersion(), api.oldestVersion());
            short max = (short) Math.min(theirs.maxVersion(), api.latestVersion(false));
            if (api.hasValidVersion() && min <= max) {
                common.put(api, new VersionRange(min, max));
            }
        }
        return new VersionChoice(common);
    }

    /** The highest version that both ends speak; empty when there is none. */
    public Optional<Short> highest(ApiKeys api) {
        return Optional.ofNullable(common.get(api)).map(VersionRange::max);
    }

    /**
     * The highest version that both ends speak and that lies within what the caller can handle;
     * empty when there is none.
     */
    public Optional<Short> highest(ApiKeys api, VersionRange ours) {
        VersionRange range = common.get(api);
        if (range == null) {
            return Optional.empty();
        }
        short max = (short) Math.min(range.max(), ours.max());
        return max >= Math.max(range.min(), ours.min()) ? Optional.of(max) : Optional.empty();
    }
}
