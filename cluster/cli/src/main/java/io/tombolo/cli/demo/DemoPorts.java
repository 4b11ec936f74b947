package io.tombolo.cli.demo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The ports of one demo, its own until it is closed, also while the broker behind one of them is
 * dead: a demo that starts in that moment must not take it. All demos of a machine keep them apart
 * with one file, in which a demo locks the byte whose position is the port. The system unlocks what
 * a process held when it ends, in whatever way.
 */
final class DemoPorts implements AutoCloseable {

    /** What a file without addresses gets; a demo has all of them or none. */
    static final List<Integer> USUAL = List.of(9092, 8080, 9192, 8180);

    /** The same for regions of several brokers, which listen to each other as well. */
    private static final List<Integer> USUAL_SEVERAL =
            List.of(9092, 8080, 9192, 8180, 25092, 25192);

    /** Below the ports that systems give to outgoing connections, which come and go. */
    private static final int OTHERS_FIRST = 20_000;

    private static final int OTHERS_LAST = 29_999;

    /** The file of all demos, or why there is none. */
    private sealed interface Book {

        record Open(FileChannel channel) implements Book {}

        record Unusable(Path path, IOException reason) implements Book {}
    }

    private final Book book;
    private final List<Integer> usual;
    private final int brokerCount;
    private final List<FileLock> locks = new ArrayList<>();
    private final List<Integer> numbers = new ArrayList<>();

    private DemoPorts(Book book, int brokerCount) {
        this.book = book;
        this.brokerCount = brokerCount;
        this.usual = brokerCount == 1 ? USUAL : USUAL_SEVERAL;
    }

    /**
     * Reserves free ports: the usual ones, or others when one of them is taken by anything or
     * reserved by another demo.
     *
     * @param brokerCount of each region; each listener has as many ports, one after the other
     */
    static DemoPorts reserve(int brokerCount) throws IOException {
        return reserve(Path.of(System.getProperty("java.io.tmpdir")), brokerCount);
    }

    /**
     * @param folder where the demos that are to be kept apart look for each other
     */
    static DemoPorts reserve(Path folder, int brokerCount) throws IOException {
        var ports = new DemoPorts(open(folder.resolve("tombolo-demo.ports")), brokerCount);
        try {
            for (int first : ports.usual) {
                ports.add(first);
            }
            if (ports.numbers.size() < ports.usual.size()) {
                ports.giveBack();
                ports.addOthers();
            }
            return ports;
        } catch (IOException | RuntimeException failed) {
            ports.close();
            throw failed;
        }
    }

    /** The first port of each listener: of eu for clients and commands, of us, then internal. */
    List<Integer> numbers() {
        return List.copyOf(numbers);
    }

    /** What whoever runs the demo should know; empty when the ports are its own. */
    Optional<String> notice() {
        return switch (book) {
            case Book.Open _ -> Optional.empty();
            case Book.Unusable(Path path, IOException reason) ->
                    Optional.of(
                            "the ports are not kept from other demos of this machine, because %s"
                                            .formatted(path)
                                    + " cannot be written (%s)".formatted(reason));
        };
    }

    private void addOthers() throws IOException {
        int range = OTHERS_LAST - OTHERS_FIRST + 1;
        int start = (int) (ProcessHandle.current().pid() * usual.size() * brokerCount % range);
        for (int tried = 0; tried < range && numbers.size() < usual.size(); tried += brokerCount) {
            add(OTHERS_FIRST + (start + tried) % range);
        }
        if (numbers.size() < usual.size()) {
            throw new IOException(
                    "no %d free ports from %d to %d"
                            .formatted(usual.size() * brokerCount, OTHERS_FIRST, OTHERS_LAST));
        }
    }

    /** Adds the ports of a listener unless one of them is taken. */
    private void add(int first) throws IOException {
        int before = locks.size();
        for (int broker = 0; broker < brokerCount; broker++) {
            if (!isReserved(first + broker)) {
                while (locks.size() > before) {
                    locks.removeLast().release();
                }
                return;
            }
        }
        numbers.add(first);
    }

    private boolean isReserved(int port) throws IOException {
        return switch (book) {
            case Book.Open(FileChannel channel) -> isLocked(port, channel);
            case Book.Unusable _ -> isFree(port);
        };
    }

    /** Reserved first, and then looked at, so that a free one stays free. */
    private boolean isLocked(int port, FileChannel channel) throws IOException {
        Optional<FileLock> lock = lock(port, channel);
        if (lock.isEmpty()) {
            return false;
        }
        boolean free = isFree(port);
        if (free) {
            locks.add(lock.get());
        } else {
            lock.get().release();
        }
        return free;
    }

    private static Optional<FileLock> lock(int port, FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock(port, 1, false));
        } catch (OverlappingFileLockException ofThisProcess) {
            return Optional.empty();
        }
    }

    private void giveBack() throws IOException {
        for (FileLock lock : locks) {
            lock.release();
        }
        locks.clear();
        numbers.clear();
    }

    private static Book open(Path path) {
        try {
            if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
                create(path);
            }
            return new Book.Open(openExisting(path));
        } catch (IOException unwritable) {
            return new Book.Unusable(path, unwritable);
        }
    }

    private static FileChannel openExisting(Path path) throws IOException {
        return FileChannel.open(path, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    }

    private static void create(Path path) throws IOException {
        try {
            Files.createFile(path);
        } catch (FileAlreadyExistsException madeByAnother) {
            return;
        }
        if (Files.getFileStore(path).supportsFileAttributeView("posix")) {
            // Whoever else has an account here keeps clear of these ports as well.
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
        }
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress("127.0.0.1", port), 1);
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    /** Gives the ports back; what listened on them has ended. */
    @Override
    public void close() {
        try {
            giveBack();
            if (book instanceof Book.Open(FileChannel channel)) {
                channel.close();
            }
        } catch (IOException gone) {
            // The system gives them back when the process ends.
        }
    }
}
