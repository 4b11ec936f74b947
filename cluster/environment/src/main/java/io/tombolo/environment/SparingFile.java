package io.tombolo.environment;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * A file of this machine that gives its descriptor back while nobody uses it, when there are too
 * many open ones, and takes another at its next use. Slices handed out keep the descriptor that
 * they were made with.
 *
 * <p>Only what has been forced is given back: a file that is opened anew would not hear of a fault
 * of writing back what was written before.
 */
final class SparingFile implements DiskFile {

    private final OpenFiles among;
    private Path path;
    private @Nullable ChannelFile open;
    private @Nullable IOException fault;
    private int users;
    private boolean usedLately;
    private long writes;
    private long forcedWrites;
    private long parkedBytes;
    private boolean closed;

    SparingFile(Path path, ChannelFile open, OpenFiles among) {
        this.path = path;
        this.open = open;
        this.among = among;
        this.usedLately = true;
    }

    @Override
    public long size() throws IOException {
        synchronized (this) {
            if (open == null && !closed) {
                return parkedBytes;
            }
        }
        return using(ChannelFile::size);
    }

    @Override
    public long append(ByteBuffer... buffers) throws IOException {
        return writing(file -> file.append(buffers));
    }

    @Override
    public void write(ByteBuffer bytes, long position) throws IOException {
        writing(file -> {
            file.write(bytes, position);
            return position;
        });
    }

    @Override
    public int read(ByteBuffer target, long position) throws IOException {
        return using(file -> file.read(target, position));
    }

    @Override
    public Payload slice(long position, int length) throws IOException {
        return using(file -> file.slice(position, length));
    }

    @Override
    public void truncate(long size) throws IOException {
        writing(file -> {
            file.truncate(size);
            return size;
        });
    }

    @Override
    public void force() throws IOException {
        long covered;
        synchronized (this) {
            covered = writes;
            if (open == null && !closed && fault == null) {
                return; // it was forced before it gave its descriptor back
            }
        }
        using(file -> {
            file.force();
            return covered;
        });
        synchronized (this) {
            forcedWrites = Math.max(forcedWrites, covered);
        }
    }

    @Override
    public synchronized void movedTo(Path renamed) {
        path = renamed;
    }

    @Override
    public void close() throws IOException {
        ChannelFile last;
        synchronized (this) {
            last = open;
            open = null;
            closed = true;
        }
        if (last != null) {
            among.closed(this);
            last.close();
        }
    }

    /** Gives the descriptor back unless it is or was lately in use, or owes the disk something. */
    synchronized boolean park() {
        ChannelFile idle = open;
        boolean busy = usedLately || users > 0 || writes != forcedWrites;
        usedLately = false;
        if (idle == null || busy) {
            return false;
        }
        return giveBack(idle);
    }

    /** The same of a file that was used lately, or owes the disk something, which it gets now. */
    synchronized boolean parkForced() {
        ChannelFile idle = open;
        if (idle == null || users > 0) {
            return false;
        }
        try {
            idle.force();
            forcedWrites = writes;
        } catch (IOException failed) {
            fault = failed; // for the next one who uses it
            return false;
        }
        return giveBack(idle);
    }

    private boolean giveBack(ChannelFile idle) {
        try {
            parkedBytes = idle.size();
            open = null;
            idle.close();
            return true;
        } catch (IOException failed) {
            fault = failed;
            return false;
        }
    }

    private <T> T writing(Step<T> step) throws IOException {
        synchronized (this) {
            writes++;
        }
        return using(step);
    }

    private <T> T using(Step<T> step) throws IOException {
        ChannelFile file = take();
        try {
            return step.on(file);
        } finally {
            synchronized (this) {
                users--;
            }
        }
    }

    private ChannelFile take() throws IOException {
        ChannelFile file;
        boolean opened = false;
        synchronized (this) {
            if (closed) {
                throw new ClosedChannelException();
            }
            if (fault != null) {
                throw new IOException("the file " + path + " failed before", fault);
            }
            file = open;
            if (file == null) {
                // Never created here: a file that is gone is a fault.
                file =
                        new ChannelFile(
                                FileChannel.open(
                                        path, StandardOpenOption.READ, StandardOpenOption.WRITE));
                open = file;
                opened = true;
            }
            usedLately = true;
            users++;
        }
        if (opened) {
            among.opened(this);
        }
        return file;
    }

    /** What is done with an open file. */
    private interface Step<T> {

        T on(ChannelFile file) throws IOException;
    }

    /**
     * Keeps the descriptors of {@link SparingFile}s below a limit: when there are too many, those
     * that have not been used for longest give theirs back. Callable from any thread.
     *
     * <p>Each file that is opened looks at a few others only, and one that was used since it was
     * looked at last is passed over once (second chance).
     */
    static final class OpenFiles {

        /** Files that are looked at for each one that is opened. */
        private static final int LOOKS_MAX = 8;

        private final int enough;
        private final int most;
        private final Set<SparingFile> inTurn = new LinkedHashSet<>();

        /**
         * @param enough from there on files give their descriptors back when they can do so at once
         * @param most from there on they are made to, though that may wait for the disk
         */
        OpenFiles(int enough, int most) {
            this.enough = enough;
            this.most = most;
        }

        /** Half of what the process may open; connections and everything else need the rest. */
        static OpenFiles ofThisProcess() {
            long limit =
                    ManagementFactory.getOperatingSystemMXBean()
                                    instanceof com.sun.management.UnixOperatingSystemMXBean unix
                            ? unix.getMaxFileDescriptorCount()
                            : Integer.MAX_VALUE;
            return new OpenFiles(
                    (int) Math.min(limit / 2, Integer.MAX_VALUE),
                    (int) Math.min(limit * 4 / 5, Integer.MAX_VALUE));
        }

        synchronized void opened(SparingFile file) {
            inTurn.add(file);
            for (int looks = 0; looks < LOOKS_MAX && inTurn.size() > enough; looks++) {
                park(inTurn.iterator().next(), file, false);
            }
            for (int looks = 0; looks < LOOKS_MAX && inTurn.size() > most; looks++) {
                park(inTurn.iterator().next(), file, true);
            }
        }

        private void park(SparingFile candidate, SparingFile newest, boolean atAnyCost) {
            inTurn.remove(candidate);
            boolean parked =
                    candidate != newest
                            && (candidate.park() || atAnyCost && candidate.parkForced());
            if (!parked) {
                inTurn.add(candidate);
            }
        }

        synchronized void closed(SparingFile file) {
            inTurn.remove(file);
        }

        /** How many have a descriptor. */
        synchronized int count() {
            return inTurn.size();
        }
    }
}
