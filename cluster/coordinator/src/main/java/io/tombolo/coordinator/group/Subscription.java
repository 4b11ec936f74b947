package io.tombolo.coordinator.group;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The one thing the coordinator reads of what consumers tell their leader: which topics they read.
 * Version 0 of Kafka's ConsumerProtocolSubscription (a version, then an array of names) begins all
 * later versions.
 */
final class Subscription {

    private Subscription() {}

    /** The topics named; empty when the bytes are something else. */
    static Optional<Set<String>> topics(byte[] metadata) {
        ByteBuffer in = ByteBuffer.wrap(metadata);
        try {
            short version = in.getShort();
            int count = in.getInt();
            if (version < 0 || count < 0 || count > in.remaining() / 2) {
                return Optional.empty();
            }
            var topics = new TreeSet<String>();
            for (int i = 0; i < count; i++) {
                int length = in.getShort();
                if (length < 0 || length > in.remaining()) {
                    return Optional.empty();
                }
                topics.add(new String(metadata, in.position(), length, StandardCharsets.UTF_8));
                in.position(in.position() + length);
            }
            return Optional.of(topics);
        } catch (BufferUnderflowException truncated) {
            return Optional.empty();
        }
    }
}
