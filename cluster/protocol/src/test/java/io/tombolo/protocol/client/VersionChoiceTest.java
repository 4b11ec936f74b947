package io.tombolo.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.protocol.Frames;
import io.tombolo.protocol.ResponseEncoder;
import io.tombolo.protocol.ServedApis;
import io.tombolo.protocol.VersionRange;

import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class VersionChoiceTest {

    @Test
    void theHighestCommonVersionIsChosen() {
        VersionChoice choice = choice(ApiKeys.FETCH.id, 0, 12);

        assertThat(choice.highest(ApiKeys.FETCH)).contains((short) 12);
        assertThat(choice.highest(ApiKeys.FETCH, VersionRange.of(4, 11))).contains((short) 11);
        assertThat(choice.highest(ApiKeys.FETCH, VersionRange.of(13, 18))).isEmpty();
        assertThat(choice.highest(ApiKeys.PRODUCE)).isEmpty();
    }

    @Test
    void ourOwnHighestBoundsThatOfANewerBroker() {
        VersionChoice choice = choice(ApiKeys.FETCH.id, 4, 999);

        assertThat(choice.highest(ApiKeys.FETCH)).contains((short) 18);
    }

    @Test
    void rangesWithoutAnythingInCommonAndUnknownApisArePassedOver() {
        assertThat(choice(ApiKeys.FETCH.id, 0, 3).highest(ApiKeys.FETCH)).isEmpty();
        assertThat(choice(999, 0, 3).highest(ApiKeys.FETCH)).isEmpty();
        // removed in Kafka 4: the key exists, a version does not
        assertThat(choice(ApiKeys.LEADER_AND_ISR.id, 0, 7).highest(ApiKeys.LEADER_AND_ISR))
                .isEmpty();
        assertThat(choice(ApiKeys.FETCH.id, 9, -1).highest(ApiKeys.FETCH)).isEmpty();
    }

    @Test
    void aBrokerThatDoesNotKnowOurVersionOfApiVersionsIsUnderstood() {
        var frame =
                Frames.joined(ResponseEncoder.apiVersionsRefused(4, ServedApis.clientListener()));

        var answer =
                (DecodedResponse.Answer)
                        new ResponseDecoder().decode(frame, ApiKeys.API_VERSIONS, (short) 5);

        var body = (ApiVersionsResponseData) answer.body();
        assertThat(body.errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
        assertThat(VersionChoice.from(body).highest(ApiKeys.API_VERSIONS)).contains((short) 5);
    }

    private static VersionChoice choice(int api, int min, int max) {
        var response = new ApiVersionsResponseData();
        response.apiKeys()
                .add(
                        new ApiVersion()
                                .setApiKey((short) api)
                                .setMinVersion((short) min)
                                .setMaxVersion((short) max));
        return VersionChoice.from(response);
    }
}
