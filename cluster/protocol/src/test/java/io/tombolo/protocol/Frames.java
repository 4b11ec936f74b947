package io.tombolo.protocol;

import io.tombolo.environment.Payload;

import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.MessageUtil;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;

/** Frames for tests, and what they cost. */
public final class Frames {

    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Frames() {}

    /** A request frame from Kafka's own header writer and a body. */
    static ByteBuffer request(ApiKeys api, short version, byte[] body) {
        var header =
                new RequestHeaderData()
                        .setRequestApiKey(api.id)
                        .setRequestApiVersion(version)
                        .setCorrelationId(77)
                        .setClientId("tester");
        short headerVersion = api.requestHeaderVersion(version);
        ByteBuffer written = MessageUtil.toByteBufferAccessor(header, headerVersion).buffer();
        return ByteBuffer.allocate(written.remaining() + body.length).put(written).put(body).flip();
    }

    /** All parts of a frame in one buffer. */
    public static ByteBuffer joined(List<Payload> parts) {
        int bytes = parts.stream().mapToInt(Payload::length).sum();
        ByteBuffer all = ByteBuffer.allocate(bytes);
        for (Payload part : parts) {
            all.put(((Payload.Memory) part).bytes().duplicate());
        }
        return all.flip();
    }

    /** The same bytes in direct memory. */
    public static ByteBuffer direct(ByteBuffer bytes) {
        return ByteBuffer.allocateDirect(bytes.remaining()).put(bytes.duplicate()).flip();
    }

    /** Bytes of heap that this thread allocates while it runs something. */
    public static long allocatedBy(Runnable work) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        work.run();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
