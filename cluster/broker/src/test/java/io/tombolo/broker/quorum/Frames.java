package io.tombolo.broker.quorum;

import io.tombolo.environment.Payload;

import java.nio.ByteBuffer;
import java.util.List;

/** Frames as the other side gets them. */
final class Frames {

    private Frames() {}

    /** The parts of a frame as one piece. */
    static ByteBuffer joined(List<Payload> parts) {
        ByteBuffer frame = ByteBuffer.allocate(parts.stream().mapToInt(Payload::length).sum());
        parts.forEach(part -> frame.put(((Payload.Memory) part).bytes().duplicate()));
        return frame.flip();
    }
}
