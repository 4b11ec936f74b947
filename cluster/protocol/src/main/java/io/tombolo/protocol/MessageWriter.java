package io.tombolo.protocol;

import io.tombolo.environment.Payload;

import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

import java.util.List;

/** Writes a header and a body as the parts of one frame. */
public final class MessageWriter {

    private MessageWriter() {}

    /**
     * The frame without its size: memory of exactly the right length, with the records of the body
     * between its pieces, uncopied. The parts of the records pass to the result.
     *
     * @throws RuntimeException when the body holds what its version cannot say, which is a mistake
     *     of the caller; the records then stay the caller's
     */
    public static List<Payload> write(
            Message header, short headerVersion, Message body, short version) {
        var cache = new ObjectSerializationCache();
        var size = new MessageSizeAccumulator();
        header.addSize(size, cache, headerVersion);
        body.addSize(size, cache, version);
        var writer = new PayloadWriter(size.sizeExcludingZeroCopy());
        header.write(writer, cache, headerVersion);
        body.write(writer, cache, version);
        return writer.finish();
    }
}
