package io.tombolo.coordinator.group.consumer;

import org.jspecify.annotations.Nullable;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Reads what consumers of the classic protocol tell each other, which may be anything. Mutable. */
final class EmbeddedReader {

    /** The newest version whose fields are known; later ones begin with the same. */
    private static final short VERSION_MAX = 3;

    private final ByteBuffer in;

    private EmbeddedReader(byte[] bytes) {
        this.in = ByteBuffer.wrap(bytes);
    }

    /** Empty when the bytes are not what they should be. */
    static <T> Optional<T> read(byte[] bytes, Function<EmbeddedReader, T> reading) {
        try {
            return Optional.of(reading.apply(new EmbeddedReader(bytes)));
        } catch (BufferUnderflowException | Malformed broken) {
            return Optional.empty();
        }
    }

    /** The version, or the newest one known when it is later. */
    short version() {
        short version = in.getShort();
        if (version < 0) {
            throw new Malformed();
        }
        return version > VERSION_MAX ? VERSION_MAX : version;
    }

    /** Of an array whose elements take two bytes or more. */
    int count() {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / 2) {
            throw new Malformed();
        }
        return count;
    }

    int int32() {
        return in.getInt();
    }

    String string() {
        String read = nullableString();
        if (read == null) {
            throw new Malformed();
        }
        return read;
    }

    @Nullable String nullableString() {
        int length = in.getShort();
        if (length < 0) {
            return null;
        }
        return new String(raw(length), StandardCharsets.UTF_8);
    }

    void skipBytes() {
        int length = in.getInt();
        if (length > 0) {
            raw(length);
        }
    }

    private byte[] raw(int length) {
        if (length > in.remaining()) {
            throw new Malformed();
        }
        byte[] raw = new byte[length];
        in.get(raw);
        return raw;
    }

    NamedPartitions partitions() {
        var byTopic = new TreeMap<String, List<Integer>>();
        int topics = count();
        for (int i = 0; i < topics; i++) {
            var partitions = byTopic.computeIfAbsent(string(), _ -> new ArrayList<>());
            int count = count();
            for (int j = 0; j < count; j++) {
                partitions.add(in.getInt());
            }
        }
        return new NamedPartitions(byTopic);
    }

    private static final class Malformed extends RuntimeException {

        private static final long serialVersionUID = 1;

        Malformed() {
            super("malformed", null, false, false);
        }
    }
}
