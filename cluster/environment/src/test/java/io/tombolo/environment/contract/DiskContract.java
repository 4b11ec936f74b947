package io.tombolo.environment.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.environment.Disk;
import io.tombolo.environment.Payload;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** What every disk does. */
public abstract class DiskContract {

    private Disk disk;
    private Path root;

    protected abstract Disk disk();

    /** An existing, empty directory. */
    protected abstract Path root() throws IOException;

    @BeforeEach
    void open() throws IOException {
        disk = disk();
        root = root();
    }

    @Test
    void appendedBuffersLieOneAfterTheOther() throws IOException {
        try (var file = disk.open(root.resolve("log"))) {
            assertThat(file.append(bytes("ab"), bytes(""), bytes("cd"))).isZero();
            assertThat(file.append(bytes("ef"))).isEqualTo(4);
            assertThat(file.size()).isEqualTo(6);
        }
        assertThat(text("log")).isEqualTo("abcdef");
    }

    @Test
    void appendsGoOnAtTheEndAfterTheFileWasCutOrGrown() throws IOException {
        try (var file = disk.open(root.resolve("log"))) {
            file.append(bytes("abcdef"));
            file.truncate(3);
            assertThat(file.append(bytes("x"))).isEqualTo(3);
            file.write(bytes("yz"), 4);
            assertThat(file.size()).isEqualTo(6);
            assertThat(file.append(bytes("w"))).isEqualTo(6);
        }
        assertThat(text("log")).isEqualTo("abcxyzw");
    }

    @Test
    void appendConsumesItsBuffersFromTheirPositions() throws IOException {
        var part = bytes("abcdef").position(2).limit(4);
        try (var file = disk.open(root.resolve("log"))) {
            file.append(part);
        }
        assertThat(part.hasRemaining()).isFalse();
        assertThat(text("log")).isEqualTo("cd");
    }

    @Test
    void aWriteReplacesAndGrows() throws IOException {
        try (var file = disk.open(root.resolve("f"))) {
            file.append(bytes("abcd"));
            file.write(bytes("XYZ"), 2);
            file.write(bytes("!"), 5);
        }
        assertThat(text("f")).isEqualTo("abXYZ!");
    }

    @Test
    void aReadEndsAtTheEndOfTheFile() throws IOException {
        try (var file = disk.open(root.resolve("f"))) {
            file.append(bytes("abcd"));
            var target = ByteBuffer.allocateDirect(10);

            assertThat(file.read(target, 1)).isEqualTo(3);
            assertThat(file.read(target, 4)).isZero();
            assertThat(file.read(target, 400)).isZero();
            assertThat(StandardCharsets.US_ASCII.decode(target.flip()).toString()).isEqualTo("bcd");
            assertThatThrownBy(() -> file.readFully(ByteBuffer.allocate(5), 0))
                    .isInstanceOf(EOFException.class);
        }
    }

    @Test
    void aSliceOutlivesItsFile() throws IOException {
        var file = disk.open(root.resolve("f"));
        file.append(bytes("0123456789"));
        Payload slice = file.slice(2, 5);
        file.close();
        disk.delete(root.resolve("f"));

        assertThat(slice.length()).isEqualTo(5);
        assertThat(contentOf(slice)).isEqualTo("23456");
        slice.release();
    }

    @Test
    void aSliceBeyondTheEndIsRefused() throws IOException {
        try (var file = disk.open(root.resolve("f"))) {
            file.append(bytes("0123"));
            assertThatThrownBy(() -> file.slice(2, 3)).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void aTruncatedFileGrowsAgainFromItsNewEnd() throws IOException {
        try (var file = disk.open(root.resolve("f"))) {
            file.append(bytes("0123456789"));
            file.truncate(3);
            file.truncate(100);
            assertThat(file.append(bytes("x"))).isEqualTo(3);
            file.force();
        }
        assertThat(text("f")).isEqualTo("012x");
    }

    @Test
    void aClosedFileRefusesEverything() throws IOException {
        var file = disk.open(root.resolve("f"));
        file.close();
        file.close();
        assertThatThrownBy(file::size).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> file.append(bytes("x")))
                .isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void aFileOpenedForReadingIsNotWritten() throws IOException {
        disk.open(root.resolve("f")).close();
        try (var file = disk.openForReading(root.resolve("f"))) {
            assertThatThrownBy(() -> file.write(bytes("x"), 0))
                    .isInstanceOf(NonWritableChannelException.class);
        }
        assertThatThrownBy(() -> disk.openForReading(root.resolve("none")))
                .isInstanceOf(NoSuchFileException.class);
    }

    @Test
    void aFileNeedsItsDirectory() throws IOException {
        assertThatThrownBy(() -> disk.open(root.resolve("none/f")))
                .isInstanceOf(NoSuchFileException.class);
        disk.createDirectories(root.resolve("a/b"));
        disk.createDirectories(root.resolve("a/b"));
        disk.open(root.resolve("a/b/f")).close();
        assertThat(disk.exists(root.resolve("a/b/f"))).isTrue();
        assertThatThrownBy(() -> disk.open(root.resolve("a/b")))
                .isInstanceOf(FileSystemException.class);
        assertThatThrownBy(() -> disk.createDirectories(root.resolve("a/b/f")))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void aDirectoryIsListedInOrder() throws IOException {
        for (String name : new String[] {"b", "a", "c"}) {
            disk.open(root.resolve(name)).close();
        }
        disk.createDirectories(root.resolve("aa"));

        assertThat(disk.list(root)).containsExactly("a", "aa", "b", "c");
        assertThat(disk.list(root.resolve("none"))).isEmpty();
        assertThat(disk.list(root.resolve("a"))).isEmpty();
    }

    @Test
    void onlyEmptyDirectoriesAreDeleted() throws IOException {
        disk.createDirectories(root.resolve("d"));
        disk.open(root.resolve("d/f")).close();

        assertThatThrownBy(() -> disk.delete(root.resolve("d")))
                .isInstanceOf(DirectoryNotEmptyException.class);
        assertThat(disk.delete(root.resolve("d/f"))).isTrue();
        assertThat(disk.delete(root.resolve("d"))).isTrue();
        assertThat(disk.delete(root.resolve("d"))).isFalse();
    }

    @Test
    void aMoveReplacesAFileAndTakesDirectoriesAlong() throws IOException {
        write("old", "old");
        write("new", "new");
        disk.move(root.resolve("new"), root.resolve("old"));
        assertThat(text("old")).isEqualTo("new");
        assertThat(disk.exists(root.resolve("new"))).isFalse();

        disk.createDirectories(root.resolve("d"));
        write("d/f", "inside");
        disk.move(root.resolve("d"), root.resolve("e"));
        assertThat(text("e/f")).isEqualTo("inside");
        assertThatThrownBy(() -> disk.move(root.resolve("d"), root.resolve("g")))
                .isInstanceOf(NoSuchFileException.class);
        disk.forceDirectory(root);
    }

    @Test
    void anOpenFileIsStillReadAfterItsDeletion() throws IOException {
        try (var file = disk.open(root.resolve("f"))) {
            file.append(bytes("abc"));
            disk.delete(root.resolve("f"));
            var target = ByteBuffer.allocate(3);
            file.readFully(target, 0);
            assertThat(StandardCharsets.US_ASCII.decode(target).toString()).isEqualTo("abc");
        }
    }

    @Test
    void anAtomicWriteReplacesTheWholeFile() throws IOException {
        disk.writeAtomically(
                root.resolve("f"), "first, longer".getBytes(StandardCharsets.US_ASCII));
        disk.writeAtomically(root.resolve("f"), "second".getBytes(StandardCharsets.US_ASCII));
        assertThat(text("f")).isEqualTo("second");
        assertThat(disk.list(root)).containsExactly("f");
    }

    @Test
    void aLockIsHeldOnce() throws Exception {
        var lock = disk.lock(root.resolve(".lock"));
        assertThatThrownBy(() -> disk.lock(root.resolve(".lock")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("already held");
        lock.close();
        disk.lock(root.resolve(".lock")).close();
    }

    @Test
    void thereIsRoomForData() throws IOException {
        assertThat(disk.usableBytes(root)).isPositive();
    }

    @Test
    void theVolumeHoldsAtLeastWhatIsFree() throws IOException {
        write("some", "content");

        assertThat(disk.totalBytes(root)).isGreaterThanOrEqualTo(disk.usableBytes(root));
    }

    private void write(String name, String content) throws IOException {
        try (var file = disk.open(root.resolve(name))) {
            file.append(bytes(content));
        }
    }

    private String text(String name) throws IOException {
        return new String(disk.readAll(root.resolve(name)), StandardCharsets.US_ASCII);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String contentOf(Payload payload) throws IOException {
        return switch (payload) {
            case Payload.Memory(var memory) ->
                    StandardCharsets.US_ASCII.decode(memory.duplicate()).toString();
            case Payload.FileRegion region -> {
                var target = ByteBuffer.allocate(region.length());
                region.file().read(target, region.position());
                yield StandardCharsets.US_ASCII.decode(target.flip()).toString();
            }
        };
    }
}
