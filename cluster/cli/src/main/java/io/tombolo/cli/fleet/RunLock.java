package io.tombolo.cli.fleet;

import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * Keeps two commands from starting and stopping the same brokers at once. The system gives the lock
 * back when its holder ends, in whatever way.
 */
final class RunLock implements AutoCloseable {

    private static final String NAME = "lock";
    private static final int HOLDER_BYTES_MAX = 200;

    private final List<FileChannel> held = new ArrayList<>();

    private RunLock() {}

    /**
     * @param command what holds the lock from now on, as typed
     * @throws CommandFailure when another command holds it
     */
    static RunLock take(Collection<Path> runFolders, String command) {
        var lock = new RunLock();
        try {
            for (Path folder : new TreeSet<>(runFolders)) {
                lock.take(folder, command);
            }
            return lock;
        } catch (IOException unwritable) {
            lock.close();
            throw new UncheckedIOException(unwritable);
        } catch (RuntimeException busy) {
            lock.close();
            throw busy;
        }
    }

    private void take(Path folder, String command) throws IOException {
        Files.createDirectories(folder);
        Path file = folder.resolve(NAME);
        FileChannel channel =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
        held.add(channel);
        if (!isLocked(channel)) {
            throw busy(file, channel);
        }
        String holder = "%s, process %d".formatted(command, ProcessHandle.current().pid());
        channel.truncate(0);
        channel.write(ByteBuffer.wrap(holder.getBytes(StandardCharsets.UTF_8)), 0);
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException byThisProcess) {
            return false;
        }
    }

    private static CommandFailure busy(Path file, FileChannel channel) throws IOException {
        var text = ByteBuffer.allocate(HOLDER_BYTES_MAX);
        channel.read(text, 0);
        String holder = new String(text.array(), 0, text.position(), StandardCharsets.UTF_8);
        return CommandFailure.of(Code.RUN_BUSY, "another command works on these brokers")
                .at(file.toString())
                .seen(holder)
                .why("two of them would start a broker twice, or stop what the other starts")
                .fix("wait until it has ended, or end it")
                .failure();
    }

    @Override
    public void close() {
        for (FileChannel channel : held) {
            try {
                channel.close();
            } catch (IOException gone) {
                // The system gives the lock back when this process ends.
            }
        }
    }
}
