package io.tombolo.contract;

import static io.tombolo.contract.Batches.of;
import static io.tombolo.contract.ProduceCalls.produce;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.SaslHandshakeRequestData;
import org.apache.kafka.common.message.SaslHandshakeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.types.RawTaggedField;
import org.junit.jupiter.api.DisplayName;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.TreeMap;

/** Contracts 1.0 and 1 to 14: what is advertised, how connections are framed and closed. */
class HandshakeContractEndToEnd {

    private static final int API_VERSION_POSITION = 2;

    @ContractTest
    @DisplayName("1.0: what is answered is advertised with the versions of a 4.4 broker")
    void contract000AdvertisedApis(Subject subject) {
        var advertised = new TreeMap<Integer, String>();
        try (var client = subject.connect()) {
            ApiVersionsResponseData answer = client.call(new ApiVersionsRequestData(), 0);
            answer.apiKeys()
                    .forEach(api ->
                            advertised.put(
                                    (int) api.apiKey(), api.minVersion() + "-" + api.maxVersion()));
        }

        assertThat(AdvertisedApis.OF_A_BROKER).containsAllEntriesOf(advertised);
        if (subject.id().equals("kafka")) {
            assertThat(advertised).isEqualTo(AdvertisedApis.OF_A_BROKER);
        } else {
            assertThat(advertised.keySet()).isEqualTo(AdvertisedApis.ANSWERED);
        }
    }

    @ContractTest
    @DisplayName("1: ApiVersions above our range is answered in version 0 with our range only")
    void contract001ApiVersionsTooNew(Subject subject) {
        var frame =
                RawClient.frame(new ApiVersionsRequestData(), (short) 4, 7)
                        .putShort(API_VERSION_POSITION, (short) 99);
        try (var client = subject.connect()) {
            client.sendFrame(frame);

            ByteBuffer response = client.receiveFrame();
            assertThat(response.getInt()).isEqualTo(7);
            var body = new ApiVersionsResponseData(new ByteBufferAccessor(response), (short) 0);
            assertThat(Errors.forCode(body.errorCode())).isEqualTo(Errors.UNSUPPORTED_VERSION);
            assertThat(body.apiKeys())
                    .singleElement()
                    .satisfies(only -> {
                        assertThat(only.apiKey()).isEqualTo(ApiKeys.API_VERSIONS.id);
                        assertThat(only.minVersion()).isZero();
                        assertThat(only.maxVersion()).isEqualTo((short) 5);
                    });
            assertThat(response.hasRemaining()).isFalse();
        }
    }

    @ContractTest
    @DisplayName("2: the response header of ApiVersions has no tagged fields in any version")
    void contract002ApiVersionsResponseHeader(Subject subject) {
        try (var client = subject.connect()) {
            for (short version = 0; version <= 5; version++) {
                client.sendFrame(RawClient.frame(apiVersions("twin", "1.0"), version, version));

                ByteBuffer response = client.receiveFrame();
                assertThat(response.getInt()).isEqualTo(version);
                var body = new ApiVersionsResponseData(new ByteBufferAccessor(response), version);
                assertThat(body.errorCode()).isEqualTo(Errors.NONE.code());
                assertThat(body.apiKeys().find(ApiKeys.API_VERSIONS.id)).isNotNull();
                assertThat(response.hasRemaining()).isFalse();
            }
        }
    }

    @ContractTest
    @DisplayName("3: a client software name or version of odd letters is an invalid request")
    void contract003ClientSoftwareName(Subject subject) {
        var badWords = List.of("", "-a", "a-", "a b", "ä", ".a", "a_b");
        try (var client = subject.connect()) {
            for (String bad : badWords) {
                for (var request : List.of(apiVersions(bad, "1.0"), apiVersions("twin", bad))) {
                    ApiVersionsResponseData answer = client.call(request, 3);
                    assertThat(Errors.forCode(answer.errorCode()))
                            .as("<%s>", bad)
                            .isEqualTo(Errors.INVALID_REQUEST);
                    assertThat(answer.apiKeys()).isEmpty();
                }
            }
            ApiVersionsResponseData good = client.call(apiVersions("a-b.c", "7"), 3);
            assertThat(good.errorCode()).isEqualTo(Errors.NONE.code());
        }
    }

    @ContractTest
    @DisplayName("4: ApiVersions meant for another cluster or node asks to bootstrap again")
    void contract004Rebootstrap(Subject subject) {
        try (var client = subject.connect()) {
            DescribeClusterResponseData cluster = client.call(new DescribeClusterRequestData(), 0);
            int node = cluster.brokers().iterator().next().brokerId();

            assertThat(errorFor(client, cluster.clusterId(), node)).isEqualTo(Errors.NONE);
            assertThat(errorFor(client, "another", node)).isEqualTo(Errors.REBOOTSTRAP_REQUIRED);
            assertThat(errorFor(client, cluster.clusterId(), node + 1))
                    .isEqualTo(Errors.REBOOTSTRAP_REQUIRED);
        }
    }

    @ContractTest
    @DisplayName("5: an unknown key, or an unknown version of another key, closes the connection")
    void contract005UnknownKeyOrVersion(Subject subject) {
        for (short key : new short[] {-1, 95, 9999}) {
            var frame = RawClient.frame(anyMetadata(), (short) 9, 1).putShort(0, key);
            assertThat(isClosedAfter(subject, frame)).as("key %s", key).isTrue();
        }
        for (short version : new short[] {-1, 14, 99}) {
            var frame = RawClient.frame(anyMetadata(), (short) 9, 1);
            frame.putShort(API_VERSION_POSITION, version);
            assertThat(isClosedAfter(subject, frame)).as("version %s", version).isTrue();
        }
    }

    @ContractTest
    @DisplayName("6: a frame length that is negative or above 100 MiB closes the connection")
    void contract006FrameLength(Subject subject) {
        for (int length : new int[] {-1, Integer.MIN_VALUE, (100 << 20) + 1, Integer.MAX_VALUE}) {
            try (var client = subject.connect()) {
                client.sendBytes(ByteBuffer.allocate(4).putInt(length).array());

                assertThat(client.isClosedByPeer()).as("length %s", length).isTrue();
            }
        }
    }

    @ContractTest
    @DisplayName("7: SaslHandshake on a plaintext listener is an illegal state")
    void contract007SaslHandshake(Subject subject) {
        try (var client = subject.connect()) {
            for (int version = 0; version <= 1; version++) {
                SaslHandshakeResponseData answer =
                        client.call(new SaslHandshakeRequestData().setMechanism("PLAIN"), version);
                assertThat(Errors.forCode(answer.errorCode())).isEqualTo(Errors.ILLEGAL_SASL_STATE);
                assertThat(answer.mechanisms()).isEmpty();
            }
        }
    }

    @ContractTest
    @DisplayName("10: responses leave in request order even when an early one waits")
    void contract010ResponseOrder(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            var parking =
                    FetchCalls.fetch(FetchCalls.of(topic, FetchCalls.from(0, 0)))
                            .setMinBytes(1)
                            .setMaxWaitMs(300);
            client.send(parking, FetchCalls.BY_ID);
            client.send(anyMetadata(), 12);
            client.send(parking, FetchCalls.BY_ID);

            FetchResponseData first = client.receive();
            MetadataResponseData second = client.receive();
            FetchResponseData third = client.receive();
            assertThat(FetchCalls.only(first).errorCode()).isEqualTo(Errors.NONE.code());
            assertThat(second.brokers()).hasSize(1);
            assertThat(FetchCalls.only(third).errorCode()).isEqualTo(Errors.NONE.code());
        }
    }

    @ContractTest
    @DisplayName("11: acks=0 has no response, and closes the connection on an error")
    void contract011AcksZero(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            client.sendSilently(produce(topic, 0, 0, of("quiet")), ProduceCalls.BY_ID);
            MetadataResponseData next = client.call(anyMetadata(), 12);

            assertThat(next.brokers()).hasSize(1);
            assertThat(FetchCalls.values(client, topic, 0, 0)).containsExactly("quiet");

            client.sendSilently(produce(topic, 9, 0, of("nowhere")), ProduceCalls.BY_ID);
            assertThat(client.isClosedByPeer()).isTrue();
        }
    }

    @ContractTest
    @DisplayName("12: unknown tagged fields are skipped, impossible array lengths are refused")
    void contract012TaggedFieldsAndArrays(Subject subject) {
        var request = anyMetadata();
        request.unknownTaggedFields().add(new RawTaggedField(4711, new byte[] {1, 2, 3}));
        var header = RawClient.header(request, (short) 12, 5);
        header.unknownTaggedFields().add(new RawTaggedField(99, new byte[64]));
        try (var client = subject.connect()) {
            client.sendFrame(RawClient.frame(header, (short) 2, request, (short) 12));

            assertThat(client.receiveFrame().getInt()).isEqualTo(5);
        }
        // Version 1 has a plain int as the length of the list of topics, at the end of the frame.
        for (int claimed : new int[] {1, 1_000_001, Integer.MAX_VALUE}) {
            ByteBuffer frame = RawClient.frame(anyMetadata(), (short) 1, 1);
            frame.putInt(frame.limit() - 4, claimed);
            assertThat(isClosedAfter(subject, frame)).as("%s topics", claimed).isTrue();
        }
    }

    @ContractTest
    @DisplayName("13: no topics means none, but all in Metadata 0; null means all")
    void contract013NullAndEmpty(Subject subject) {
        Topic topic = subject.newTopic();
        try (var client = subject.connect()) {
            assertThat(names(client, new MetadataRequestData().setTopics(List.of()), 0))
                    .contains(topic.name());
            for (int version = 1; version <= 13; version++) {
                assertThat(names(client, new MetadataRequestData().setTopics(List.of()), version))
                        .isEmpty();
                assertThat(names(client, new MetadataRequestData().setTopics(null), version))
                        .contains(topic.name());
            }
        }
    }

    private static List<String> names(RawClient client, MetadataRequestData request, int version) {
        MetadataResponseData answer = client.call(request, version);
        return answer.topics().stream().map(found -> found.name()).toList();
    }

    private static boolean isClosedAfter(Subject subject, ByteBuffer frame) {
        try (var client = subject.connect()) {
            client.sendFrame(frame);
            return client.isClosedByPeer();
        }
    }

    private static Errors errorFor(RawClient client, String clusterId, int node) {
        var request = apiVersions("twin", "1.0").setClusterId(clusterId).setNodeId(node);
        ApiVersionsResponseData answer = client.call(request, 5);
        return Errors.forCode(answer.errorCode());
    }

    private static ApiVersionsRequestData apiVersions(String name, String version) {
        return new ApiVersionsRequestData()
                .setClientSoftwareName(name)
                .setClientSoftwareVersion(version);
    }

    private static MetadataRequestData anyMetadata() {
        return new MetadataRequestData().setTopics(List.<MetadataRequestTopic>of());
    }
}
