package io.tombolo.chaos;

import io.tombolo.chaos.Anomaly.Kind;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Compares the replicas of all partitions as they lie on disk, batch by batch, while no node runs.
 * How batches are divided into segments is a replica's own affair, and so is where its log starts.
 */
final class ReplicaFiles {

    private static final Pattern PARTITION = Pattern.compile("(?!__cluster_metadata).+-\\d+");
    private static final int LENGTH_POSITION = 8;
    private static final int HEADER_BYTES = 12;

    private ReplicaFiles() {}

    /**
     * Differences between replicas.
     *
     * @param folders data folders by node
     * @param endsMayDiffer whether a partition may have taken records when the nodes ended
     */
    static List<Anomaly> compare(Map<Integer, Path> folders, Pattern endsMayDiffer) {
        var partitions = new TreeSet<String>();
        folders.values().forEach(folder -> partitions.addAll(partitionsIn(folder)));
        var found = new ArrayList<Anomaly>();
        for (String partition : partitions) {
            var replicas = new TreeMap<Integer, NavigableMap<Long, byte[]>>();
            folders.forEach((node, folder) -> {
                if (Files.isDirectory(folder.resolve(partition))) {
                    replicas.put(node, batches(folder.resolve(partition)));
                }
            });
            boolean whole = !endsMayDiffer.matcher(partition).matches();
            compare(partition, replicas, whole, found);
        }
        return found;
    }

    private static void compare(
            String partition,
            NavigableMap<Integer, NavigableMap<Long, byte[]>> replicas,
            boolean whole,
            List<Anomaly> found) {
        var first = replicas.firstEntry();
        replicas.tailMap(first.getKey(), false)
                .forEach((node, batches) -> {
                    String difference = difference(first.getValue(), batches, whole);
                    if (difference != null) {
                        found.add(
                                new Anomaly(
                                        Kind.DIVERGED,
                                        "%s: node %d and node %d %s"
                                                .formatted(
                                                        partition,
                                                        first.getKey(),
                                                        node,
                                                        difference)));
                    }
                });
    }

    /** What is different, or null. */
    static @Nullable String difference(
            NavigableMap<Long, byte[]> one, NavigableMap<Long, byte[]> other, boolean whole) {
        if (one.isEmpty() || other.isEmpty()) {
            return whole && one.size() != other.size() ? "of which one is empty" : null;
        }
        long start = Math.max(one.firstKey(), other.firstKey());
        var ones = one.tailMap(start, true).entrySet().iterator();
        var others = other.tailMap(start, true).entrySet().iterator();
        while (ones.hasNext() && others.hasNext()) {
            var left = ones.next();
            var right = others.next();
            if (!left.getKey().equals(right.getKey())) {
                return "have batches at %d and at %d".formatted(left.getKey(), right.getKey());
            }
            if (!Arrays.equals(left.getValue(), right.getValue())) {
                return "hold different bytes at " + left.getKey();
            }
        }
        if (whole && ones.hasNext() != others.hasNext()) {
            long more = (ones.hasNext() ? ones : others).next().getKey();
            return "end at different offsets: only one has a batch at " + more;
        }
        return null;
    }

    private static List<String> partitionsIn(Path folder) {
        try (Stream<Path> inside = Files.list(folder)) {
            return inside.filter(Files::isDirectory)
                    .map(path -> path.getFileName().toString())
                    .filter(name -> PARTITION.matcher(name).matches())
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The batches of a partition by their base offset. */
    static NavigableMap<Long, byte[]> batches(Path partition) {
        var batches = new TreeMap<Long, byte[]>();
        try (Stream<Path> files = Files.list(partition)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".log")).toList()) {
                read(ByteBuffer.wrap(Files.readAllBytes(file)), batches);
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return batches;
    }

    /** A torn batch at the end, or bytes set aside for later ones, are none. */
    private static void read(ByteBuffer file, Map<Long, byte[]> batches) {
        while (file.remaining() > HEADER_BYTES) {
            int length = file.getInt(file.position() + LENGTH_POSITION);
            if (length <= 0 || length > file.remaining() - HEADER_BYTES) {
                return;
            }
            var batch = new byte[HEADER_BYTES + length];
            long baseOffset = file.getLong(file.position());
            file.get(batch);
            batches.put(baseOffset, batch);
        }
    }
}
