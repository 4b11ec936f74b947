package io.tombolo.cli.shell;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A file that a process appends its output to. When it is full it is copied and emptied, because
 * the streams of the process go on writing to it whatever it is called; what others append between
 * the two is lost. Mutable on disk only.
 */
final class BoundedFile {

    private static final long BYTES_MAX = 16L << 20;
    private static final int KEPT = 3;

    private final Path file;
    private final long bytesMax;

    BoundedFile(Path file) {
        this(file, BYTES_MAX);
    }

    BoundedFile(Path file, long bytesMax) {
        this.file = file;
        this.bytesMax = bytesMax;
    }

    /** A log that cannot be made smaller is no reason to stop: it is tried again later. */
    void beginAnewWhenFull() {
        try {
            if (Files.exists(file) && Files.size(file) > bytesMax) {
                for (int age = KEPT - 1; age >= 1; age--) {
                    if (Files.exists(old(age))) {
                        Files.move(old(age), old(age + 1), StandardCopyOption.REPLACE_EXISTING);
                    }
                }
                Files.copy(file, old(1), StandardCopyOption.REPLACE_EXISTING);
                FileChannel.open(
                                file,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.TRUNCATE_EXISTING)
                        .close();
            }
        } catch (IOException full) {
            // Nobody could read it, if the disk is full or gone.
        }
    }

    private Path old(int age) {
        return file.resolveSibling(file.getFileName() + "." + age);
    }
}
