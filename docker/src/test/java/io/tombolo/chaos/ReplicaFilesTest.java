package io.tombolo.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Replicas on disk that are alike, and such that are not. */
class ReplicaFilesTest {

    private static final Pattern NONE = Pattern.compile("__consumer_offsets-.*");

    @TempDir Path folder;

    @Test
    void equalReplicasMayHaveOtherSegmentsAndOtherStarts() throws Exception {
        write(1, "t-0", List.of(batch(0, 'a'), batch(3, 'b')), List.of(batch(5, 'c')));
        write(2, "t-0", List.of(batch(3, 'b'), batch(5, 'c')));
        write(3, "t-0", List.of(batch(0, 'a')), List.of(batch(3, 'b'), batch(5, 'c')));

        assertThat(differences()).isEmpty();
    }

    @Test
    void aTornTailIsNoDifference() throws Exception {
        write(1, "t-0", List.of(batch(0, 'a'), new byte[] {0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 9, 1}));
        write(2, "t-0", List.of(batch(0, 'a')));
        write(3, "other-0", List.of());

        assertThat(differences()).isEmpty();
    }

    @Test
    void otherBytesAreADifference() throws Exception {
        write(1, "t-0", List.of(batch(0, 'a'), batch(1, 'b')));
        write(2, "t-0", List.of(batch(0, 'a'), batch(1, 'x')));
        write(3, "t-0", List.of(batch(0, 'a'), batch(1, 'b')));

        assertThat(differences())
                .containsExactly("DIVERGED t-0: node 1 and node 2 hold different bytes at 1");
    }

    @Test
    void otherBoundariesAreADifference() throws Exception {
        write(1, "t-0", List.of(batch(0, 'a'), batch(1, 'b')));
        write(2, "t-0", List.of(batch(0, 'a'), batch(2, 'b')));
        write(3, "t-0", List.of(batch(0, 'a'), batch(1, 'b')));

        assertThat(differences())
                .containsExactly("DIVERGED t-0: node 1 and node 2 have batches at 1 and at 2");
    }

    @Test
    void aReplicaThatEndsEarlierIsADifferenceUnlessItWasWrittenToTheEnd() throws Exception {
        for (String partition : List.of("t-0", "__consumer_offsets-0")) {
            write(1, partition, List.of(batch(0, 'a'), batch(1, 'b')));
            write(2, partition, List.of(batch(0, 'a')));
            write(3, partition, List.of(batch(0, 'a'), batch(1, 'b')));
        }

        assertThat(differences())
                .containsExactly(
                        "DIVERGED t-0: node 1 and node 2 end at different offsets: only one has a"
                                + " batch at 1");
    }

    @Test
    void anEmptyReplicaIsADifference() throws Exception {
        write(1, "t-0", List.of(batch(0, 'a')));
        write(2, "t-0", List.of());
        write(3, "t-0", List.of(batch(0, 'a')));

        assertThat(differences())
                .containsExactly("DIVERGED t-0: node 1 and node 2 of which one is empty");
    }

    private List<String> differences() {
        var folders =
                Map.of(1, folder.resolve("1"), 2, folder.resolve("2"), 3, folder.resolve("3"));
        return ReplicaFiles.compare(folders, NONE).stream().map(Anomaly::toString).toList();
    }

    @SafeVarargs
    private void write(int node, String partition, List<byte[]>... segments) throws IOException {
        Path there = folder.resolve(Integer.toString(node)).resolve(partition);
        Files.createDirectories(there);
        for (List<byte[]> segment : segments) {
            var bytes = new ByteArrayOutputStream();
            segment.forEach(bytes::writeBytes);
            long base = segment.isEmpty() ? 0 : ByteBuffer.wrap(segment.getFirst()).getLong();
            Files.write(there.resolve("%020d.log".formatted(base)), bytes.toByteArray());
        }
    }

    private static byte[] batch(long baseOffset, char content) {
        return ByteBuffer.allocate(14).putLong(baseOffset).putInt(2).putChar(content).array();
    }
}
