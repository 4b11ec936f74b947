package io.tombolo.raft.log;

import io.tombolo.environment.Disk;
import io.tombolo.raft.core.ElectionState;
import io.tombolo.raft.core.ReplicaKey;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The file {@code quorum-state}: JSON with Kafka's field names, replaced as a whole. */
final class ElectionStateFile {

    private static final Pattern NUMBER_FIELD = Pattern.compile("\"(\\w+)\"\\s*:\\s*(-?\\d+)");
    private static final Pattern DIRECTORY_FIELD =
            Pattern.compile("\"votedDirectoryId\"\\s*:\\s*\"([\\w-]{22})\"");

    private final Disk disk;
    private final Path path;

    ElectionStateFile(Disk disk, Path directory) {
        this.disk = disk;
        this.path = directory.resolve("quorum-state");
    }

    /** The state last written, or {@link ElectionState#NEW}. */
    ElectionState read() throws IOException {
        if (!disk.exists(path)) {
            return ElectionState.NEW;
        }
        String json = new String(disk.readAll(path), StandardCharsets.UTF_8);
        try {
            int votedId = number(json, "votedId");
            ReplicaKey votedFor =
                    votedId < 0 ? ReplicaKey.NONE : new ReplicaKey(votedId, votedDirectory(json));
            return new ElectionState(
                    number(json, "leaderEpoch"), votedFor, number(json, "leaderId"));
        } catch (IllegalArgumentException unreadable) {
            throw new IOException(
                    path + " is not readable: " + unreadable.getMessage(), unreadable);
        }
    }

    /** Durable when it returns. */
    void write(ElectionState state) throws IOException {
        String json =
                "{\"leaderId\":%d,\"leaderEpoch\":%d,\"votedId\":%d,\"votedDirectoryId\":\"%s\",\"data_version\":1}"
                        .formatted(
                                state.leaderId(),
                                state.epoch(),
                                state.votedFor().nodeId(),
                                encode(state.votedFor().directoryId()));
        disk.writeAtomically(path, json.getBytes(StandardCharsets.UTF_8));
    }

    private static int number(String json, String field) {
        Matcher matcher = NUMBER_FIELD.matcher(json);
        while (matcher.find()) {
            if (matcher.group(1).equals(field)) {
                return Integer.parseInt(matcher.group(2));
            }
        }
        throw new IllegalArgumentException("no number " + field);
    }

    private static UUID votedDirectory(String json) {
        Matcher matcher = DIRECTORY_FIELD.matcher(json);
        if (!matcher.find()) {
            throw new IllegalArgumentException("no votedDirectoryId");
        }
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(matcher.group(1)));
        return new UUID(bytes.getLong(), bytes.getLong());
    }

    private static String encode(UUID id) {
        byte[] bytes =
                ByteBuffer.allocate(16)
                        .putLong(id.getMostSignificantBits())
                        .putLong(id.getLeastSignificantBits())
                        .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
