package io.tombolo.storage.segment;

import io.tombolo.environment.Disk;
import io.tombolo.environment.DiskFile;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The file that ties a partition directory to the id of its topic. */
public final class PartitionMetadata {

    private static final String SEPARATOR = ": ";
    private static final int ID_BYTES = 16;

    private PartitionMetadata() {}

    /** Writes the file of a new log, which is not durable on return. */
    public static void write(Disk disk, Path directory, UUID topicId) throws IOException {
        Map<String, String> pairs = new LinkedHashMap<>();
        pairs.put("version", "0");
        pairs.put("topic_id", text(topicId));
        Path path = directory.resolve(LogFiles.PARTITION_METADATA);
        disk.delete(path); // an attempt before may have left half of it
        try (DiskFile file = disk.open(path)) {
            file.append(ByteBuffer.wrap(PropertyFile.encode(pairs, SEPARATOR)));
        }
    }

    /** The topic's id; empty when the file is missing or unreadable. */
    public static Optional<UUID> read(Disk disk, Path directory) throws IOException {
        Path file = directory.resolve(LogFiles.PARTITION_METADATA);
        if (!disk.exists(file)) {
            return Optional.empty();
        }
        return PropertyFile.decode(disk.readAll(file), SEPARATOR)
                .filter(pairs -> "0".equals(pairs.get("version")))
                .flatMap(pairs -> Optional.ofNullable(pairs.get("topic_id")))
                .flatMap(PartitionMetadata::parse);
    }

    /** An id as Kafka writes it: URL-safe base64 of its 16 bytes, without padding. */
    public static String text(UUID id) {
        var bytes = ByteBuffer.allocate(ID_BYTES);
        bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    public static Optional<UUID> parse(String text) {
        try {
            var bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
            return bytes.remaining() == ID_BYTES
                    ? Optional.of(new UUID(bytes.getLong(), bytes.getLong()))
                    : Optional.empty();
        } catch (IllegalArgumentException damaged) {
            return Optional.empty();
        }
    }
}
