package io.tombolo.protocol;

import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersionCollection;
import org.apache.kafka.common.message.ApiVersionsResponseData.FinalizedFeatureKey;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKey;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

import java.util.Map;
import java.util.SortedMap;
import java.util.regex.Pattern;

/**
 * The bodies of ApiVersions responses.
 *
 * @param apis what the listener serves
 * @param supported the feature levels that this program can run at, by feature name
 */
public record ApiVersionsAnswer(ServedApis apis, SortedMap<String, VersionRange> supported) {

    private static final Pattern SOFTWARE =
            Pattern.compile("[a-zA-Z0-9](?:[a-zA-Z0-9\\-.]*[a-zA-Z0-9])?");
    private static final short FIRST_WITH_SOFTWARE = 3;
    private static final short FIRST_WITH_LEVEL_ZERO = 4;

    /**
     * The list of APIs, for a request that was understood.
     *
     * @param version the version of the request; below 4, features whose lowest level is 0 are left
     *     out because old clients cannot read them (KAFKA-17011)
     * @param finalized the levels that the cluster runs at
     * @param finalizedEpoch the metadata offset at which these levels were read, or -1 when unknown
     */
    public ApiVersionsResponseData list(
            short version, SortedMap<String, Short> finalized, long finalizedEpoch) {
        var response =
                new ApiVersionsResponseData()
                        .setApiKeys(advertised())
                        .setFinalizedFeaturesEpoch(finalizedEpoch);
        for (Map.Entry<String, VersionRange> feature : supported.entrySet()) {
            VersionRange levels = feature.getValue();
            if (levels.min() > 0 || version >= FIRST_WITH_LEVEL_ZERO) {
                response.supportedFeatures()
                        .add(
                                new SupportedFeatureKey()
                                        .setName(feature.getKey())
                                        .setMinVersion(levels.min())
                                        .setMaxVersion(levels.max()));
            }
        }
        for (Map.Entry<String, Short> feature : finalized.entrySet()) {
            response.finalizedFeatures()
                    .add(
                            new FinalizedFeatureKey()
                                    .setName(feature.getKey())
                                    .setMinVersionLevel(feature.getValue())
                                    .setMaxVersionLevel(feature.getValue()));
        }
        return response;
    }

    /**
     * The answer to a version of ApiVersions that is not served: UNSUPPORTED_VERSION and our range
     * of ApiVersions alone. It must be encoded as version 0.
     */
    public static ApiVersionsResponseData unsupportedVersion(ServedApis apis) {
        var only = new ApiVersionCollection(1);
        only.add(entry(apis, ApiKeys.API_VERSIONS));
        return new ApiVersionsResponseData()
                .setErrorCode(Errors.UNSUPPORTED_VERSION.code())
                .setApiKeys(only);
    }

    /** The answer to a request that is refused: an error and an empty list. */
    public static ApiVersionsResponseData refusal(Errors error) {
        return new ApiVersionsResponseData().setErrorCode(error.code());
    }

    /**
     * Whether the client's software name and version are well-formed, which a client of version 3
     * or later must see to; otherwise the answer is {@link #refusal} with INVALID_REQUEST.
     */
    public static boolean softwareNamed(ApiVersionsRequestData request, short version) {
        return version < FIRST_WITH_SOFTWARE
                || (SOFTWARE.matcher(request.clientSoftwareName()).matches()
                        && SOFTWARE.matcher(request.clientSoftwareVersion()).matches());
    }

    private ApiVersionCollection advertised() {
        var list = new ApiVersionCollection(apis.apis().size());
        for (ApiKeys api : apis.apis()) {
            list.add(entry(apis, api));
        }
        return list;
    }

    private static ApiVersion entry(ServedApis apis, ApiKeys api) {
        VersionRange range = apis.advertised(api);
        return new ApiVersion()
                .setApiKey(api.id)
                .setMinVersion(range.min())
                .setMaxVersion(range.max());
    }
}
