import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.requests.RequestHeader;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * A plain socket that speaks the wire protocol with next to no CPU, so that the broker is the
 * limit.
 */
final class RawConnection implements AutoCloseable {
    static final short PRODUCE_VERSION = 9;

    private final SocketChannel channel;
    private final ByteBuffer length = ByteBuffer.allocate(4);
    private ByteBuffer body = ByteBuffer.allocate(1 << 16);
    private int correlationId;

    RawConnection(String host, int port) throws IOException {
        channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.connect(new InetSocketAddress(host, port));
    }

    /** Connects to the first of the bootstrap servers. */
    static RawConnection to(String bootstrap) throws IOException {
        String[] server = bootstrap.split(",")[0].split(":");
        return new RawConnection(server[0], Integer.parseInt(server[1]));
    }

    AbstractResponse call(AbstractRequest request, ApiKeys api, short version) throws IOException {
        RequestHeader header = header(api, version);
        write(encode(request, header));
        return AbstractResponse.parseResponse(read(), header);
    }

    RequestHeader header(ApiKeys api, short version) {
        return new RequestHeader(api, version, "bench", correlationId++);
    }

    static ByteBuffer encode(AbstractRequest request, RequestHeader header) {
        ByteBuffer serialized = request.serializeWithHeader(header);
        ByteBuffer frame = ByteBuffer.allocateDirect(4 + serialized.remaining());
        return frame.putInt(serialized.remaining()).put(serialized).flip();
    }

    void write(ByteBuffer frame) throws IOException {
        while (frame.hasRemaining()) {
            channel.write(frame);
        }
    }

    /** The body of the next response; valid until the next call. */
    ByteBuffer read() throws IOException {
        fill(length.clear());
        int bytes = length.getInt(0);
        if (body.capacity() < bytes) {
            body = ByteBuffer.allocate(Integer.highestOneBit(bytes) * 2);
        }
        fill(body.clear().limit(bytes));
        return body.flip();
    }

    private void fill(ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new EOFException("connection closed by the broker");
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    /** One batch of about so many bytes before compression. */
    static MemoryRecords batch(int size, int batchBytes, String compression) {
        byte[][] values = Clients.values(size);
        List<SimpleRecord> records = new ArrayList<>();
        long now = System.currentTimeMillis();
        for (int index = 0; index < Math.max(1, batchBytes / (size + 8)); index++) {
            records.add(new SimpleRecord(now, null, values[index & (Clients.VALUES - 1)]));
        }
        Compression codec =
                compression.equals("lz4") ? Compression.lz4().build() : Compression.NONE;
        return MemoryRecords.withRecords(codec, records.toArray(SimpleRecord[]::new));
    }

    static ProduceRequest produce(String topic, int partition, short acks, MemoryRecords records) {
        var topics = new TopicProduceDataCollection();
        topics.add(
                new TopicProduceData()
                        .setName(topic)
                        .setPartitionData(
                                List.of(
                                        new PartitionProduceData()
                                                .setIndex(partition)
                                                .setRecords(records))));
        var request =
                new ProduceRequestData().setAcks(acks).setTimeoutMs(30_000).setTopicData(topics);
        return new ProduceRequest.Builder(PRODUCE_VERSION, PRODUCE_VERSION, request)
                .build(PRODUCE_VERSION);
    }

    /** How many partitions of a Produce response carry an error. */
    static int refused(ByteBuffer response) {
        var header =
                new RequestHeader(ApiKeys.PRODUCE, PRODUCE_VERSION, "bench", response.getInt(0));
        var parsed = (ProduceResponse) AbstractResponse.parseResponse(response, header);
        int refused = 0;
        for (var topic : parsed.data().responses()) {
            for (var partition : topic.partitionResponses()) {
                refused += partition.errorCode() == 0 ? 0 : 1;
            }
        }
        return refused;
    }
}
