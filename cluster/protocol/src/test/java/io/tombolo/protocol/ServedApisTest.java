package io.tombolo.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Payload;

import org.apache.kafka.common.message.ApiMessageType.ListenerType;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

class ServedApisTest {

    private final ServedApis apis = ServedApis.clientListener();

    @Test
    void everyServedRangeIsTheStableRangeOfKafka() {
        var different = new ArrayList<ApiKeys>();
        for (ApiKeys api : apis.apis()) {
            if (!new VersionRange(api.oldestVersion(), api.latestVersion(false))
                    .equals(apis.range(api))) {
                different.add(api);
            }
        }
        assertThat(different).isEmpty();
    }

    @Test
    void produceIsAdvertisedFromZeroButServedFromThree() {
        var answer = new ApiVersionsAnswer(apis, new TreeMap<>());

        ApiVersionsResponseData list = answer.list((short) 3, new TreeMap<>(), -1);

        assertThat(list.apiKeys().find(ApiKeys.PRODUCE.id).minVersion()).isZero();
        assertThat(list.apiKeys().find(ApiKeys.PRODUCE.id).maxVersion()).isEqualTo((short) 13);
        assertThat(apis.serves(ApiKeys.PRODUCE, (short) 2)).isFalse();
        assertThat(apis.serves(ApiKeys.PRODUCE, (short) 3)).isTrue();
    }

    @Test
    void theListNamesEveryServedApiOnceInTheOrderOfItsId() {
        ApiVersionsResponseData list =
                new ApiVersionsAnswer(apis, new TreeMap<>()).list((short) 3, new TreeMap<>(), -1);

        List<Short> ids = new ArrayList<>();
        list.apiKeys().forEach(api -> ids.add(api.apiKey()));
        assertThat(ids).isSorted().doesNotHaveDuplicates().hasSize(53);
    }

    @Test
    void theListIsTheOneThatKafkaWouldGiveForTheSameApis() {
        ApiVersionsResponseData ours =
                new ApiVersionsAnswer(apis, new TreeMap<>()).list((short) 3, new TreeMap<>(), -1);

        for (var api : ours.apiKeys()) {
            assertThat(
                            ApiKeys.forId(api.apiKey())
                                    .toApiVersionForApiResponse(false, ListenerType.BROKER))
                    .contains(api);
        }
    }

    @Test
    void featuresThatStartAtZeroAreHiddenFromClientsBeforeVersionFour() {
        SortedMap<String, VersionRange> supported =
                new TreeMap<>(
                        java.util.Map.of(
                                "group.version", VersionRange.of(0, 1),
                                "metadata.version", VersionRange.of(7, 33)));
        SortedMap<String, Short> finalized =
                new TreeMap<>(java.util.Map.of("group.version", (short) 1));
        var answer = new ApiVersionsAnswer(apis, supported);

        ApiVersionsResponseData old = answer.list((short) 3, finalized, 12);
        ApiVersionsResponseData young = answer.list((short) 4, finalized, 12);

        assertThat(old.supportedFeatures()).hasSize(1);
        assertThat(young.supportedFeatures()).hasSize(2);
        assertThat(young.finalizedFeatures().find("group.version").maxVersionLevel())
                .isEqualTo((short) 1);
        assertThat(young.finalizedFeaturesEpoch()).isEqualTo(12);
    }

    @Test
    void anUnsupportedVersionIsAnsweredInVersionZeroWithOneEntry() {
        ByteBuffer frame = Frames.joined(ResponseEncoder.apiVersionsRefused(99, apis));

        assertThat(frame.getInt()).isEqualTo(99);
        var body = new ApiVersionsResponseData(new ByteBufferAccessor(frame), (short) 0);
        assertThat(frame.hasRemaining()).isFalse();
        assertThat(body.errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
        assertThat(body.apiKeys()).hasSize(1);
        assertThat(body.apiKeys().find(ApiKeys.API_VERSIONS.id).maxVersion()).isEqualTo((short) 5);
    }

    @Test
    void theHeaderOfAnApiVersionsResponseIsVersionZeroInEveryVersion() {
        for (short version = 0; version <= 5; version++) {
            List<Payload> frame =
                    ResponseEncoder.encode(
                            ApiKeys.API_VERSIONS,
                            version,
                            7,
                            ApiVersionsAnswer.refusal(Errors.INVALID_REQUEST));

            // no tagged fields between the correlation id and the error code
            assertThat(Frames.joined(frame).getShort(4)).isEqualTo(Errors.INVALID_REQUEST.code());
        }
    }

    @Test
    void clientsFromVersionThreeOnMustNameTheirSoftwareProperly() {
        assertThat(named("apache-kafka-java", "4.4.0", 3)).isTrue();
        assertThat(named("", "4.4.0", 3)).isFalse();
        assertThat(named("-x", "1", 3)).isFalse();
        assertThat(named("x", "1 2", 5)).isFalse();
        assertThat(named("", "", 2)).isTrue();
    }

    private static boolean named(String name, String version, int apiVersion) {
        var request =
                new ApiVersionsRequestData()
                        .setClientSoftwareName(name)
                        .setClientSoftwareVersion(version);
        return ApiVersionsAnswer.softwareNamed(request, (short) apiVersion);
    }
}
