package io.tombolo.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Payload;
import io.tombolo.protocol.client.DecodedResponse;
import io.tombolo.protocol.client.ResponseDecoder;
import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchSpec;

import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

class ResponseEncoderTest {

    @Test
    void recordsLeaveAsThePartsTheyCameIn(@TempDir Path directory) throws IOException {
        try (FileChannel file =
                FileChannel.open(
                        directory.resolve("log"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE)) {
            var first = new Payload.FileRegion(file, 100, 5_000, () -> {});
            var second = new Payload.FileRegion(file, 9_000, 300, () -> {});
            var third = new Payload.Memory(ByteBuffer.allocate(10));
            FetchResponseData body =
                    response(
                            new PayloadRecords(List.of(first, second)),
                            new PayloadRecords(List.of(third)));

            List<Payload> frame = ResponseEncoder.encode(ApiKeys.FETCH, (short) 12, 5, body);

            assertThat(frame).hasSize(6);
            assertThat(frame.get(0)).isInstanceOf(Payload.Memory.class);
            assertThat(frame.get(1)).isSameAs(first);
            assertThat(frame.get(2)).isSameAs(second);
            assertThat(frame.get(4)).isSameAs(third);
            assertThat(frame.get(5)).isInstanceOf(Payload.Memory.class);
        }
    }

    @Test
    void aFrameWithRecordPartsIsByteForByteTheOneWithPlainRecords() {
        ByteBuffer batch = new BatchBuilder(BatchSpec.PLAIN).append(9, null, null).build();
        for (short version = 4; version <= 18; version++) {
            ByteBuffer parts =
                    Frames.joined(
                            ResponseEncoder.encode(
                                    ApiKeys.FETCH,
                                    version,
                                    5,
                                    response(payload(batch), payload(batch))));
            var plain = MemoryRecords.readableRecords(batch);

            ByteBuffer whole =
                    Frames.joined(
                            ResponseEncoder.encode(
                                    ApiKeys.FETCH, version, 5, response(plain, plain)));

            assertThat(parts).isEqualTo(whole);
        }
    }

    @Test
    void recordsOfAReceivedFetchResponseAreViewsOnTheFrame() {
        ByteBuffer batch = new BatchBuilder(BatchSpec.PLAIN).append(9, null, null).build();
        ByteBuffer frame =
                Frames.direct(
                        Frames.joined(
                                ResponseEncoder.encode(
                                        ApiKeys.FETCH,
                                        (short) 12,
                                        5,
                                        response(payload(batch), payload(batch)))));

        var answer =
                (DecodedResponse.Answer)
                        new ResponseDecoder().decode(frame, ApiKeys.FETCH, (short) 12);

        var body = (FetchResponseData) answer.body();
        ByteBuffer records = RecordBytes.of(body.responses().getFirst().partitions().getLast());
        assertThat(records).isEqualTo(batch);
        assertThat(records.isDirect()).isTrue();
    }

    @Test
    void recordsWithoutPartsAreEmptyAndNotNull() {
        var none = new PayloadRecords(List.of());

        ByteBuffer frame =
                Frames.joined(
                        ResponseEncoder.encode(ApiKeys.FETCH, (short) 12, 5, response(none, none)));

        var answer =
                (DecodedResponse.Answer)
                        new ResponseDecoder().decode(frame, ApiKeys.FETCH, (short) 12);
        var body = (FetchResponseData) answer.body();
        var partition = body.responses().getFirst().partitions().getFirst();
        assertThat(partition.records()).isNotNull();
        assertThat(RecordBytes.of(partition).hasRemaining()).isFalse();
    }

    private static PayloadRecords payload(ByteBuffer batch) {
        return new PayloadRecords(List.of(new Payload.Memory(batch)));
    }

    private static FetchResponseData response(
            org.apache.kafka.common.record.internal.BaseRecords first,
            org.apache.kafka.common.record.internal.BaseRecords second) {
        var topic = new FetchResponseData.FetchableTopicResponse().setTopic("t");
        topic.partitions().add(new FetchResponseData.PartitionData().setRecords(first));
        topic.partitions()
                .add(new FetchResponseData.PartitionData().setPartitionIndex(1).setRecords(second));
        return new FetchResponseData().setResponses(List.of(topic));
    }
}
