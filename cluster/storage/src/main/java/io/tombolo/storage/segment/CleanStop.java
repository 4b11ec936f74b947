package io.tombolo.storage.segment;

import io.tombolo.environment.Disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The mark of a clean stop, in Kafka's file: written last, taken away before anything else is
 * touched, so that it is never there when it is not true.
 */
public final class CleanStop {

    private static final String FILE = ".kafka_cleanshutdown";
    private static final Pattern BROKER_EPOCH =
            Pattern.compile("\"brokerEpoch\"\\s*:\\s*(-?\\d{1,18})");

    private CleanStop() {}

    /** Leaves the mark; everything it vouches for is durable already. */
    public static void mark(Disk disk, Path directory, long brokerEpoch) throws IOException {
        String json = "{\"version\":0,\"brokerEpoch\":" + brokerEpoch + "}";
        disk.writeAtomically(directory.resolve(FILE), json.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Takes the mark away, durably.
     *
     * @return the broker epoch in it, -1 when it names none; empty when there was no mark
     */
    public static OptionalLong take(Disk disk, Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (!disk.exists(file)) {
            return OptionalLong.empty();
        }
        Matcher epoch =
                BROKER_EPOCH.matcher(new String(disk.readAll(file), StandardCharsets.UTF_8));
        disk.delete(file);
        disk.forceDirectory(directory);
        return OptionalLong.of(epoch.find() ? Long.parseLong(epoch.group(1)) : -1);
    }
}
