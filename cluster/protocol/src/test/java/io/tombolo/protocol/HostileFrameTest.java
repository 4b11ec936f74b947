package io.tombolo.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.protocol.DecodedFrame.Accepted;
import io.tombolo.protocol.DecodedFrame.ApiVersionsRefused;
import io.tombolo.protocol.DecodedFrame.Reason;
import io.tombolo.protocol.DecodedFrame.Refused;
import io.tombolo.protocol.client.DecodedResponse;
import io.tombolo.protocol.client.ResponseDecoder;

import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.utils.internals.ByteUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;

/** Frames that are not what they say: each ends in a result, cheaply. */
class HostileFrameTest {

    private static final RequestDecoder DECODER = new RequestDecoder(everything());
    private static final ResponseDecoder RESPONSES = new ResponseDecoder();

    private static ServedApis everything() {
        return ServedApis.clientListener()
                .plus(
                        everyApi().stream()
                                .map(MessageRoundTripTest.Case::api)
                                .distinct()
                                .toArray(ApiKeys[]::new));
    }

    static List<MessageRoundTripTest.Case> everyApi() {
        return MessageRoundTripTest.everyApi();
    }

    @ParameterizedTest
    @MethodSource("everyApi")
    void aRequestCutShortAnywhereIsRefused(MessageRoundTripTest.Case of) {
        ByteBuffer frame = requestFrame(of, 1);
        for (int length = 0; length < frame.limit(); length++) {

            DecodedFrame decoded = DECODER.decode(frame.duplicate().limit(length));

            assertThat(decoded).as("cut at %d", length).isInstanceOf(Refused.class);
        }
    }

    @ParameterizedTest
    @MethodSource("everyApi")
    void aRequestWithFlippedBitsIsAcceptedOrRefused(MessageRoundTripTest.Case of) {
        var random = new Random(of.hashCode());
        for (int round = 0; round < 300; round++) {
            ByteBuffer frame = requestFrame(of, round % 5);
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                int at = random.nextInt(frame.limit());
                frame.put(at, (byte) (frame.get(at) ^ 1 << random.nextInt(8)));
            }

            DecodedFrame decoded = DECODER.decode(frame);

            assertThat(decoded)
                    .isInstanceOfAny(Accepted.class, Refused.class, ApiVersionsRefused.class);
        }
    }

    @ParameterizedTest
    @MethodSource("everyApi")
    void arrayLengthsNearTheMaximumCostNothing(MessageRoundTripTest.Case of) {
        ByteBuffer frame = requestFrame(of, 3);
        for (int at = 8; at + Integer.BYTES <= frame.limit(); at++) {
            ByteBuffer hostile = ByteBuffer.allocate(frame.limit()).put(frame.duplicate()).flip();
            hostile.putInt(at, Integer.MAX_VALUE);

            long allocated = Frames.allocatedBy(() -> DECODER.decode(hostile));

            assertThat(allocated).as("at %d", at).isLessThan(1 << 20);
        }
    }

    @ParameterizedTest
    @MethodSource("everyApi")
    void randomBytesBehindAHeaderAreAcceptedOrRefused(MessageRoundTripTest.Case of) {
        var random = new Random(of.hashCode());
        for (int round = 0; round < 200; round++) {
            var body = new byte[random.nextInt(200)];
            random.nextBytes(body);

            DecodedFrame decoded = DECODER.decode(Frames.request(of.api(), of.version(), body));

            assertThat(decoded).isInstanceOfAny(Accepted.class, Refused.class);
        }
    }

    @ParameterizedTest
    @MethodSource("everyApi")
    void aResponseCutShortOrCorruptIsUnreadableOrAnAnswer(MessageRoundTripTest.Case of) {
        byte[] body = WireSample.of(of.api().messageType.responseSchemas()[of.version()], 1);
        int headerBytes = of.api().responseHeaderVersion(of.version()) == 0 ? 4 : 5;
        ByteBuffer frame = ByteBuffer.allocate(headerBytes + body.length);
        frame.put(headerBytes, body);
        var random = new Random(of.hashCode());
        for (int length = 0; length < frame.limit(); length++) {
            DecodedResponse decoded =
                    RESPONSES.decode(frame.duplicate().limit(length), of.api(), of.version());
            assertThat(decoded).isInstanceOf(DecodedResponse.Unreadable.class);
        }
        for (int round = 0; round < 200; round++) {
            ByteBuffer flipped = ByteBuffer.wrap(frame.array().clone());
            int at = random.nextInt(flipped.limit());
            flipped.put(at, (byte) (flipped.get(at) ^ 1 << random.nextInt(8)));
            assertThat(RESPONSES.decode(flipped, of.api(), of.version())).isNotNull();
        }
    }

    @Test
    void randomBytesAreRefused() {
        var random = new Random(4);
        for (int round = 0; round < 20_000; round++) {
            var bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);

            DecodedFrame decoded = DECODER.decode(ByteBuffer.wrap(bytes));

            assertThat(decoded).isNotNull();
        }
    }

    @Test
    void elementsMustFitTheRemainingBytesAtTheirSmallestSize() {
        // 1000 topics claimed in 1000 bytes, though a topic takes at least two bytes
        ByteBuffer body = ByteBuffer.allocate(1004).putInt(1000).clear();

        DecodedFrame decoded = decode(ApiKeys.METADATA, 1, body.array());

        assertThat(decoded)
                .isEqualTo(
                        new Refused(
                                Reason.MALFORMED,
                                "METADATA version 1: more elements than the remaining bytes can"
                                        + " hold"));
    }

    @Test
    void anOverlongVarintIsRefused() {
        byte[] body = {-1, -1, -1, -1, -1, -1, -1, 1};

        DecodedFrame decoded = decode(ApiKeys.METADATA, 12, body);

        assertThat(reason(decoded)).isEqualTo(Reason.MALFORMED);
    }

    @Test
    void aMillionUnknownTaggedFieldsAreRefused() {
        var body = ByteBuffer.allocate(4 << 20);
        ByteUtils.writeUnsignedVarint(1, body); // client software name, empty
        ByteUtils.writeUnsignedVarint(1, body); // and version
        ByteUtils.writeUnsignedVarint(1_000_000, body);

        long allocated =
                Frames.allocatedBy(() ->
                        assertThat(reason(decode(ApiKeys.API_VERSIONS, 3, body.array())))
                                .isEqualTo(Reason.TOO_COSTLY));

        assertThat(allocated).isLessThan(12 << 20); // the frame itself, twice
    }

    @Test
    void nullInPlaceOfATopicNameIsRefused() {
        ByteBuffer body = ByteBuffer.allocate(6).putInt(1).putShort((short) -1);

        DecodedFrame decoded = decode(ApiKeys.METADATA, 1, body.array());

        assertThat(reason(decoded)).isEqualTo(Reason.MALFORMED);
    }

    @Test
    void aTaggedFieldThatDoesNotFillItsSizeIsRefused() {
        // Fetch 12 with the tagged cluster id "a" in a field that claims four bytes
        ByteBuffer body = ByteBuffer.allocate(64);
        body.putInt(-1).putInt(0).putInt(0).putInt(1).put((byte) 0).putInt(0).putInt(0);
        body.put((byte) 1).put((byte) 1).put((byte) 1);
        body.put((byte) 1).put((byte) 0).put((byte) 4).put((byte) 2).put((byte) 'a');

        DecodedFrame decoded = decode(ApiKeys.FETCH, 12, body.array());

        assertThat(reason(decoded)).isEqualTo(Reason.MALFORMED);
    }

    @Test
    void aFrameOfEqualKeysIsRefusedBeforeItTakesQuadraticTime() {
        var topics = new CreateTopicsRequestData();
        for (int index = 0; index <= DecodeLimits.REQUESTS.keyedElementsMax(); index++) {
            topics.topics().mustAdd(new CreatableTopic().setName("t" + index));
        }
        byte[] body = bytes(topics, 7);

        DecodedFrame decoded = decode(ApiKeys.CREATE_TOPICS, 7, body);

        assertThat(reason(decoded)).isEqualTo(Reason.TOO_COSTLY);
    }

    @Test
    void aFrameThatWouldFillTheHeapIsRefused() {
        var partitions = java.util.Collections.nCopies(2_100, 1);
        var topic =
                new OffsetFetchRequestData.OffsetFetchRequestTopic()
                        .setName("t")
                        .setPartitionIndexes(partitions);
        var request =
                new OffsetFetchRequestData()
                        .setGroupId("g")
                        .setTopics(java.util.Collections.nCopies(2_100, topic));
        byte[] body = bytes(request, 7);

        long allocated =
                Frames.allocatedBy(() ->
                        assertThat(reason(decode(ApiKeys.OFFSET_FETCH, 7, body)))
                                .isEqualTo(Reason.TOO_COSTLY));

        assertThat(allocated).isLessThan(3L * body.length);
    }

    @Test
    void aLargeHonestRequestIsAccepted() {
        var request = new MetadataRequestData();
        for (int index = 0; index < 50_000; index++) {
            request.topics()
                    .add(new MetadataRequestData.MetadataRequestTopic().setName("topic-" + index));
        }

        DecodedFrame decoded = decode(ApiKeys.METADATA, 12, bytes(request, 12));

        assertThat(decoded).isInstanceOf(Accepted.class);
    }

    private static ByteBuffer requestFrame(MessageRoundTripTest.Case of, long seed) {
        byte[] body = WireSample.of(of.api().messageType.requestSchemas()[of.version()], seed);
        return Frames.request(of.api(), of.version(), body);
    }

    private static DecodedFrame decode(ApiKeys api, int version, byte[] body) {
        return DECODER.decode(Frames.request(api, (short) version, body));
    }

    private static Reason reason(DecodedFrame decoded) {
        assertThat(decoded).isInstanceOf(Refused.class);
        return ((Refused) decoded).reason();
    }

    private static byte[] bytes(org.apache.kafka.common.protocol.Message message, int version) {
        ByteBuffer written = MessageUtil.toByteBufferAccessor(message, (short) version).buffer();
        var bytes = new byte[written.remaining()];
        written.get(bytes);
        return bytes;
    }
}
