package io.tombolo.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.protocol.DecodedFrame.Accepted;
import io.tombolo.protocol.DecodedFrame.ApiVersionsRefused;
import io.tombolo.protocol.DecodedFrame.Reason;
import io.tombolo.protocol.DecodedFrame.Refused;
import io.tombolo.protocol.client.RequestEncoder;
import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.protocol.records.BatchView;

import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.utils.internals.ImplicitLinkedHashCollection;
import org.junit.jupiter.api.Test;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Function;

class RequestDecoderTest {

    private final RequestDecoder decoder = new RequestDecoder(ServedApis.clientListener());

    @Test
    void recordsOfAProduceRequestAreViewsOnTheFrame() {
        ByteBuffer batch = new BatchBuilder(BatchSpec.PLAIN).append(5, null, null).build();
        ByteBuffer frame = Frames.direct(produce(batch, 9));

        var request = ((Accepted) decoder.decode(frame)).request();

        ProduceRequestData body = (ProduceRequestData) request.body();
        var partition = body.topicData().iterator().next().partitionData().getFirst();
        ByteBuffer records = RecordBytes.of(partition);
        assertThat(records.isDirect()).isTrue();
        assertThat(records).isEqualTo(batch);
        BatchView.of(records).patchOffsets(42, 7);
        assertThat(frame).isNotEqualTo(produce(batch, 9));
    }

    @Test
    void anAbsentClientIdIsEmpty() {
        ByteBuffer frame = ByteBuffer.allocate(64);
        frame.putShort(ApiKeys.LIST_GROUPS.id).putShort((short) 0).putInt(3);
        frame.putShort((short) -1).flip();

        var request = ((Accepted) decoder.decode(frame)).request();

        assertThat(request.clientId()).isEmpty();
        assertThat(request.correlationId()).isEqualTo(3);
    }

    @Test
    void bytesBehindARequestAreIgnoredAsKafkaIgnoresThem() {
        ByteBuffer whole =
                Frames.joined(
                        new RequestEncoder("c")
                                .encode(
                                        ApiKeys.HEARTBEAT,
                                        (short) 4,
                                        1,
                                        new HeartbeatRequestData().setGroupId("g")));
        ByteBuffer longer = ByteBuffer.allocate(whole.remaining() + 9).put(whole).clear();

        assertThat(decoder.decode(longer)).isInstanceOf(Accepted.class);
    }

    @Test
    void theFrameMayLieAnywhereInItsBuffer() {
        ByteBuffer whole =
                produce(new BatchBuilder(BatchSpec.PLAIN).append(1, null, null).build(), 9);
        ByteBuffer shifted = ByteBuffer.allocate(whole.remaining() + 20).position(10).put(whole);
        shifted.limit(shifted.position()).position(10);

        assertThat(decoder.decode(shifted)).isInstanceOf(Accepted.class);
        assertThat(shifted.position()).isEqualTo(10);
    }

    @Test
    void anUnknownApiIsRefused() {
        assertThat(decoder.decode(header(1000, 0)))
                .isEqualTo(new Refused(Reason.UNKNOWN_API, "api key 1000"));
    }

    @Test
    void anApiThatThisListenerDoesNotServeIsRefused() {
        assertThat(decoder.decode(header(ApiKeys.VOTE.id, 0)))
                .isEqualTo(new Refused(Reason.UNKNOWN_API, "api key 52"));
    }

    @Test
    void aProduceVersionThatIsOnlyAdvertisedIsRefused() {
        assertThat(decoder.decode(header(0, 2)))
                .isEqualTo(new Refused(Reason.UNSERVED_VERSION, "PRODUCE version 2"));
    }

    @Test
    void anUnknownVersionOfApiVersionsIsAnswerable() {
        assertThat(decoder.decode(header(ApiKeys.API_VERSIONS.id, 6)))
                .isEqualTo(new ApiVersionsRefused(99));
        assertThat(decoder.decode(header(ApiKeys.API_VERSIONS.id, -1)))
                .isEqualTo(new ApiVersionsRefused(99));
    }

    @Test
    void everyMessageWithHashedCollectionsIsKnownToHaveThem() {
        assertThat(MessageReader.KEYED_REQUESTS)
                .isEqualTo(keyed(api -> api.messageType.newRequest()));
        assertThat(MessageReader.KEYED_RESPONSES)
                .isEqualTo(keyed(api -> api.messageType.newResponse()));
    }

    private static Set<ApiKeys> keyed(Function<ApiKeys, ApiMessage> message) {
        var keyed = EnumSet.noneOf(ApiKeys.class);
        for (ApiKeys api : ApiKeys.values()) {
            if (api.hasValidVersion() && hasHashedFields(message.apply(api).getClass())) {
                keyed.add(api);
            }
        }
        return keyed;
    }

    private static boolean hasHashedFields(Class<?> message) {
        return Arrays.stream(message.getDeclaredFields())
                .anyMatch(field ->
                        ImplicitLinkedHashCollection.class.isAssignableFrom(field.getType())
                                || hasHashedElements(field.getGenericType())
                                || (field.getType().getName().startsWith(message.getName())
                                        && hasHashedFields(field.getType())));
    }

    private static boolean hasHashedElements(Type field) {
        return field instanceof ParameterizedType list
                && list.getActualTypeArguments()[0] instanceof Class<?> element
                && element.getName().contains("common.message.")
                && hasHashedFields(element);
    }

    private static ByteBuffer header(int api, int version) {
        return ByteBuffer.allocate(10)
                .putShort((short) api)
                .putShort((short) version)
                .putInt(99)
                .putShort((short) -1)
                .flip();
    }

    private static ByteBuffer produce(ByteBuffer batch, int version) {
        var partition = new ProduceRequestData.PartitionProduceData().setIndex(0);
        RecordBytes.attach(partition, batch);
        var topic = new ProduceRequestData.TopicProduceData().setName("t");
        topic.partitionData().add(partition);
        var body = new ProduceRequestData().setAcks((short) 1);
        body.topicData().add(topic);
        return Frames.joined(
                new RequestEncoder("c").encode(ApiKeys.PRODUCE, (short) version, 1, body));
    }
}
