package io.tombolo.contract;

import static io.tombolo.contract.Batches.of;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.DisplayName;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * Bytes that no client means: the connection they came on is closed, a client that was there before
 * goes on, and nothing is appended.
 */
class BadInputEndToEnd {

    private static final long SEED = 20_261_121;
    private static final int RANDOM_FRAMES = 200;
    private static final int FRAME_BYTES_MAX = 400;

    @ContractTest
    @DisplayName("a web browser and a TLS hello are turned away")
    void otherProtocolsAreTurnedAway(Subject subject) {
        byte[] http = "GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        byte[] tls =
                HexFormat.of()
                        .parseHex("16030100c8010000c40303" + "5a".repeat(32) + "00".repeat(0x93));
        assertUnharmed(subject, List.of(http, tls));
    }

    @ContractTest
    @DisplayName("garbage of every length is turned away")
    void garbageIsTurnedAway(Subject subject) {
        var random = new Random(SEED);
        var inputs = new ArrayList<byte[]>();
        for (int i = 0; i < RANDOM_FRAMES; i++) {
            var frame = new byte[random.nextInt(FRAME_BYTES_MAX)];
            random.nextBytes(frame);
            if (frame.length > 1) {
                // A key that no broker has, so that chance cannot make a valid request.
                frame[0] = 0x60;
            }
            inputs.add(withLength(ByteBuffer.wrap(frame)));
        }
        assertUnharmed(subject, inputs);
    }

    @ContractTest
    @DisplayName("lengths that cannot be are turned away: negative, none, tiny, huge")
    void impossibleLengthsAreTurnedAway(Subject subject) {
        var inputs = new ArrayList<byte[]>();
        for (int length : new int[] {-1, Integer.MIN_VALUE, 0, 1, 7, Integer.MAX_VALUE}) {
            inputs.add(ByteBuffer.allocate(4 + 8).putInt(length).array());
        }
        assertUnharmed(subject, inputs);
    }

    @ContractTest
    @DisplayName("a request cut off anywhere is turned away, or waits for its rest")
    void truncatedRequestsAreTurnedAway(Subject subject) {
        Topic topic = subject.newTopic();
        var inputs = new ArrayList<byte[]>();
        ByteBuffer whole = produceFrame(topic);
        for (int kept = 0; kept < whole.limit(); kept += 3) {
            inputs.add(withLength(whole.duplicate().limit(kept)));
        }
        assertUnharmed(subject, inputs);
        try (var client = subject.connect()) {
            assertThat(FetchCalls.endOffset(client, topic)).isZero();
        }
    }

    @ContractTest
    @DisplayName("a produce request with any byte after its header changed appends nothing wrong")
    void mutatedProduceRequestsAppendNothingElse(Subject subject) {
        Topic topic = subject.newTopic();
        var random = new Random(SEED);
        var inputs = new ArrayList<byte[]>();
        ByteBuffer whole = produceFrame(topic);
        int records = whole.limit() - of("harmless").sizeInBytes();
        for (int i = 0; i < RANDOM_FRAMES; i++) {
            byte[] changed = withLength(whole);
            // Only bytes under the checksum: what arrives whole must be refused as corrupt.
            int at = 4 + records + Batches.ATTRIBUTES_POSITION + random.nextInt(40);
            changed[at] ^= (byte) (1 + random.nextInt(255));
            inputs.add(changed);
        }
        assertUnharmed(subject, inputs);
        try (var client = subject.connect()) {
            assertThat(FetchCalls.endOffset(client, topic)).isZero();
        }
    }

    @ContractTest
    @DisplayName("a frame announced and never sent harms nobody, however many connections do it")
    void announcedFramesThatNeverComeHarmNobody(Subject subject) {
        Topic topic = subject.newTopic();
        var connections = new ArrayList<RawClient>();
        try {
            for (int i = 0; i < 50; i++) {
                var idle = subject.connect();
                connections.add(idle);
                idle.sendBytes(ByteBuffer.allocate(4).putInt(1 << 20).array());
            }
            try (var client = subject.connect()) {
                ProduceCalls.append(client, topic, "all well");
                assertThat(FetchCalls.values(client, topic, 0, 0)).containsExactly("all well");
            }
        } finally {
            connections.forEach(RawClient::close);
        }
    }

    /** Sends each input on its own connection while a healthy client watches. */
    private static void assertUnharmed(Subject subject, List<byte[]> inputs) {
        Topic watched = subject.newTopic();
        try (var healthy = subject.connect()) {
            ProduceCalls.append(healthy, watched, "before");
            for (byte[] input : inputs) {
                try (var hostile = subject.connect()) {
                    hostile.sendBytes(input);
                    // Without more to come the broker answers, hangs up, or waits for the rest.
                    hostile.finishSending();
                    hostile.drain();
                }
            }
            MetadataResponseData alive =
                    healthy.call(new MetadataRequestData().setTopics(List.of()), 12);
            assertThat(alive.brokers()).hasSize(1);
            ProduceCalls.append(healthy, watched, "after");
            assertThat(FetchCalls.values(healthy, watched, 0, 0))
                    .containsExactly("before", "after");
            assertThat(FetchCalls.endOffsetError(healthy, watched.name(), 0))
                    .isEqualTo(Errors.NONE);
        }
    }

    private static ByteBuffer produceFrame(Topic topic) {
        ProduceRequestData request =
                ProduceCalls.produce(topic, 0, ProduceCalls.ALL, of("harmless"));
        // Version 3 ends with the records, without tagged fields behind them.
        return RawClient.frame(request, (short) 3, 1);
    }

    private static byte[] withLength(ByteBuffer frame) {
        var bytes = ByteBuffer.allocate(4 + frame.remaining());
        return bytes.putInt(frame.remaining()).put(frame.duplicate()).array();
    }
}
