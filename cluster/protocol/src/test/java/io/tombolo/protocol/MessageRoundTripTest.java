package io.tombolo.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.protocol.DecodedFrame.Accepted;
import io.tombolo.protocol.client.DecodedResponse;
import io.tombolo.protocol.client.RequestEncoder;
import io.tombolo.protocol.client.ResponseDecoder;

import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.RequestHeader;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Every API and version of Kafka 4.4, in both directions, against Kafka's own reading and writing.
 */
class MessageRoundTripTest {

    private static final int SAMPLES = 6;

    /** Beyond the served ones, so that serving another API is a line in a table and no more. */
    private static final ServedApis EVERYTHING =
            ServedApis.clientListener()
                    .plus(everyApi().stream().map(Case::api).distinct().toArray(ApiKeys[]::new));

    record Case(ApiKeys api, short version) {
        @Override
        public String toString() {
            return api + " " + version;
        }
    }

    static List<Case> everyApi() {
        var cases = new ArrayList<Case>();
        for (ApiKeys api : ApiKeys.values()) {
            if (api.hasValidVersion()) {
                for (short version = api.oldestVersion();
                        version <= api.latestVersion(false);
                        version++) {
                    cases.add(new Case(api, version));
                }
            }
        }
        return cases;
    }

    @ParameterizedTest
    @MethodSource("everyApi")
    void requestsAreReadAsKafkaReadsThemAndWrittenAsKafkaWritesThem(Case of) {
        var decoder = new RequestDecoder(EVERYTHING);
        for (int seed = 0; seed < SAMPLES; seed++) {
            byte[] body = WireSample.of(of.api.messageType.requestSchemas()[of.version], seed);
            ByteBuffer frame = Frames.request(of.api, of.version, body);

            Request request = accepted(decoder.decode(frame));

            ByteBuffer again = frame.duplicate();
            RequestHeader header = RequestHeader.parse(again);
            ApiMessage theirs = of.api.messageType.newRequest();
            theirs.read(new ByteBufferAccessor(again), of.version);
            assertThat(request.body()).isEqualTo(theirs);
            assertThat(request.correlationId()).isEqualTo(header.correlationId());
            assertThat(request.clientId()).isEqualTo("tester");
            ByteBuffer written =
                    Frames.joined(
                            new RequestEncoder("tester")
                                    .encode(of.api, of.version, 77, request.body()));
            byte[] canonical = bytes(MessageUtil.toByteBufferAccessor(theirs, of.version).buffer());
            assertThat(written).isEqualTo(Frames.request(of.api, of.version, canonical));
        }
    }

    @ParameterizedTest
    @MethodSource("everyApi")
    void responsesAreReadAsKafkaReadsThemAndWrittenAsKafkaWritesThem(Case of) {
        var decoder = new ResponseDecoder();
        for (int seed = 0; seed < SAMPLES; seed++) {
            byte[] body = WireSample.of(of.api.messageType.responseSchemas()[of.version], seed);
            ApiMessage theirs = of.api.messageType.newResponse();
            theirs.read(new ByteBufferAccessor(ByteBuffer.wrap(body)), of.version);

            ByteBuffer frame =
                    Frames.joined(ResponseEncoder.encode(of.api, of.version, 77, theirs));

            assertThat(frame).isEqualTo(kafkaResponse(of, theirs));
            assertThat(decoder.decode(frame, of.api, of.version))
                    .isEqualTo(new DecodedResponse.Answer(77, theirs));
        }
    }

    @ParameterizedTest
    @MethodSource("everyApi")
    void unknownTaggedFieldsAreSkippedWhereverTheyAre(Case of) {
        var decoder = new RequestDecoder(EVERYTHING);
        var schema = of.api.messageType.requestSchemas()[of.version];
        for (int seed = 0; seed < SAMPLES; seed++) {
            byte[] body = WireSample.of(schema, seed, true);

            Request request = accepted(decoder.decode(Frames.request(of.api, of.version, body)));

            assertThat(request.body().unknownTaggedFields()).isEmpty();
        }
    }

    private static ByteBuffer kafkaResponse(Case of, ApiMessage body) {
        var header = new ResponseHeaderData().setCorrelationId(77);
        short headerVersion = of.api.responseHeaderVersion(of.version);
        ByteBuffer head = MessageUtil.toByteBufferAccessor(header, headerVersion).buffer();
        ByteBuffer tail = MessageUtil.toByteBufferAccessor(body, of.version).buffer();
        return ByteBuffer.allocate(head.remaining() + tail.remaining()).put(head).put(tail).flip();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        var bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }

    private static Request accepted(DecodedFrame frame) {
        assertThat(frame).isInstanceOf(Accepted.class);
        return ((Accepted) frame).request();
    }
}
