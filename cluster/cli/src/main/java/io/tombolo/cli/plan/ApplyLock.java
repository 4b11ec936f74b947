package io.tombolo.cli.plan;

import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Keeps two commands from applying the same file from the same folder at once. The system gives it
 * back when its holder ends, in whatever way. Those who apply it from elsewhere find the world
 * moved.
 */
final class ApplyLock implements AutoCloseable {

    private final FileChannel channel;

    private ApplyLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * @param file is made when it is not there
     * @throws CommandFailure when another command holds it
     * @throws IOException when the file cannot be made
     */
    static ApplyLock take(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        boolean held = false;
        try {
            held = channel.tryLock() != null;
        } catch (OverlappingFileLockException byThisProcess) {
            held = false;
        } finally {
            if (!held) {
                channel.close();
            }
        }
        if (!held) {
            throw CommandFailure.of(Code.APPLY_BUSY, "another apply of this file is under way")
                    .at(file.toString())
                    .seen("it holds the lock on this file")
                    .why("each would find what the other one changes in its way")
                    .fix("wait until it has ended, or end it")
                    .failure();
        }
        return new ApplyLock(channel);
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException gone) {
            // The system gives the lock back when this process ends.
        }
    }
}
