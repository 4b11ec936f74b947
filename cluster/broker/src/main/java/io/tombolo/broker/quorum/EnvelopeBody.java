package io.tombolo.broker.quorum;

import io.tombolo.environment.Payload;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * What the answer to an Envelope holds: an answer, and behind it in eight bytes the offset of the
 * metadata that it rests on, so that who handed a request on can wait for the same metadata. Kafka
 * ignores what stands behind a response.
 *
 * @param answer the bytes of the answer
 * @param metadataOffset of the last metadata record that the controller had published by then
 */
record EnvelopeBody(ByteBuffer answer, long metadataOffset) {

    static ByteBuffer seal(byte[] answer, long metadataOffset) {
        return ByteBuffer.allocate(answer.length + Long.BYTES)
                .put(answer)
                .putLong(metadataOffset)
                .flip();
    }

    /** Of a response frame, whose parts are released. */
    static ByteBuffer seal(List<Payload> frame, long metadataOffset) {
        int bytes = frame.stream().mapToInt(Payload::length).sum();
        ByteBuffer sealed = ByteBuffer.allocate(bytes + Long.BYTES);
        for (Payload part : frame) {
            if (!(part instanceof Payload.Memory(ByteBuffer memory))) {
                throw new IllegalArgumentException("an answer to be handed on holds a file");
            }
            sealed.put(memory.duplicate());
            part.release();
        }
        return sealed.putLong(metadataOffset).flip();
    }

    /**
     * @throws IllegalArgumentException when the bytes are too few
     */
    static EnvelopeBody open(ByteBuffer sealed) {
        int answerBytes = sealed.remaining() - Long.BYTES;
        if (answerBytes < 0) {
            throw new IllegalArgumentException("an envelope came back without an answer");
        }
        return new EnvelopeBody(
                sealed.slice(sealed.position(), answerBytes),
                sealed.getLong(sealed.position() + answerBytes));
    }

    /** The answer as a frame of its own. */
    List<Payload> frame() {
        ByteBuffer copy = ByteBuffer.allocate(answer.remaining());
        copy.put(answer.duplicate()).flip();
        return List.of(new Payload.Memory(copy));
    }
}
