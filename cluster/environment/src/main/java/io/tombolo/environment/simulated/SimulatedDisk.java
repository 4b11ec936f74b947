package io.tombolo.environment.simulated;

import io.tombolo.environment.Disk;
import io.tombolo.environment.Disk.LockHeld;
import io.tombolo.environment.DiskFile;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A disk in memory that forgets what was not forced. It can be used alone, with its own seed, or as
 * the disk of a {@link SimulatedNode}.
 *
 * <p>After {@link #losePower()} a file holds what was forced, plus any pages and any size written
 * since, a page possibly torn between sectors; a directory holds its forced names plus the first
 * few of the changes since. A move between two directories is durable at once.
 */
public final class SimulatedDisk implements Disk {

    private static final double[] KEPT_SHARES = {0, 1, 0.5, 0.9};

    private final SimulatedEntropy entropy;
    private final Trace trace;
    private final LongSupplier nowNanos;
    private final Set<Path> locks = new HashSet<>();
    private final List<Path> mounts = new ArrayList<>();
    private SimulatedDirectory root = new SimulatedDirectory();
    private Predicate<DiskOperation> failure = operation -> false;
    private Predicate<DiskOperation> powerFailure = operation -> false;
    private long capacityBytes = Long.MAX_VALUE;
    private long operationCount;
    private long life;
    private boolean powered = true;

    /** A disk of its own, outside any simulation. */
    public SimulatedDisk(SimulatedEntropy entropy) {
        this(entropy, new Trace(), () -> 0);
    }

    SimulatedDisk(SimulatedEntropy entropy, Trace trace, LongSupplier nowNanos) {
        this.entropy = entropy;
        this.trace = trace;
        this.nowNanos = nowNanos;
    }

    /** Creates a directory that no crash takes away, as an operator does before the first start. */
    public void mount(Path directory) {
        createMounted(directory);
        mounts.add(directory);
    }

    private void createMounted(Path directory) {
        SimulatedDirectory at = root;
        for (Path name : absolute(directory)) {
            at = child(at, name.toString());
            if (at == null) {
                throw new IllegalArgumentException(directory + " leads through a file");
            }
        }
        forceDownTo(directory);
    }

    private static @Nullable SimulatedDirectory child(SimulatedDirectory parent, String name) {
        DirectoryEntry entry = parent.get(name);
        if (entry == null) {
            var created = new SimulatedDirectory();
            parent.put(name, created);
            return created;
        }
        return entry instanceof SimulatedDirectory directory ? directory : null;
    }

    private void forceDownTo(Path directory) {
        root.force();
        SimulatedDirectory at = root;
        for (Path name : absolute(directory)) {
            if (at.get(name.toString()) instanceof SimulatedDirectory next) {
                next.force();
                at = next;
            }
        }
    }

    /** Every operation for which this holds throws an {@link IOException}, until replaced. */
    public void failWhen(Predicate<DiskOperation> newFailure) {
        failure = newFailure;
    }

    /** Operations succeed again. */
    public void failNever() {
        failure = operation -> false;
    }

    /** Lets a checker look at what is there, whatever fails for everybody else. */
    public <T> T unharmed(Supplier<T> look) {
        Predicate<DiskOperation> kept = failure;
        failNever();
        try {
            return look.get();
        } finally {
            failure = kept;
        }
    }

    /**
     * The power fails at the first operation for which this holds: it throws {@link
     * SimulatedCrash}, and so does every further one until {@link #losePower()}. A write may have
     * been carried out in part.
     */
    public void losePowerWhen(Predicate<DiskOperation> newPowerFailure) {
        powerFailure = newPowerFailure;
    }

    /** How many bytes all files together may hold; a write beyond it is cut short and fails. */
    public void capacityBytes(long bytes) {
        capacityBytes = bytes;
    }

    /** Leaves room for so many bytes more, as another program does that fills the disk. */
    public void fillUpTo(long spareBytes) {
        capacityBytes = usedBytes(root) + spareBytes;
    }

    /** How many operations there have been; the next one has this number plus 1. */
    public long operationCount() {
        return operationCount;
    }

    /**
     * Turns one bit over, as a dying disk does.
     *
     * @param bit 0 ≤ bit ≤ 7
     */
    public void flipBit(Path path, long position, int bit) {
        if (!(find(path) instanceof FileContent file)) {
            throw new IllegalArgumentException("there is no file " + path);
        }
        file.flipBit(Math.toIntExact(position), bit);
    }

    /** Forgets what was not forced, closes every file and lock, and turns the power on again. */
    public void losePower() {
        double keptShare = KEPT_SHARES[entropy.nextInt(KEPT_SHARES.length)];
        root.losePower(entropy, keptShare);
        powerFailure = operation -> false;
        powered = true;
        processEnded();
    }

    /** The process that used the disk is gone: files and locks are closed, nothing is lost. */
    public void processEnded() {
        life++;
        locks.clear();
    }

    /** Everything is gone but the directories that were mounted, which are empty. */
    public void wipe() {
        root = new SimulatedDirectory();
        mounts.forEach(this::createMounted);
        processEnded();
    }

    @Override
    public DiskFile open(Path path) throws IOException {
        check(DiskOperation.Kind.OPEN, path);
        SimulatedDirectory parent = parentOf(path);
        DirectoryEntry entry = parent.get(name(path));
        if (entry == null) {
            entry = new FileContent();
            parent.put(name(path), entry);
        }
        return opened(path, entry, true);
    }

    @Override
    public DiskFile openForReading(Path path) throws IOException {
        check(DiskOperation.Kind.OPEN, path);
        return opened(path, existing(path), false);
    }

    private DiskFile opened(Path path, DirectoryEntry entry, boolean writable) throws IOException {
        return switch (entry) {
            case FileContent file -> new SimulatedFile(this, path, file, writable, life);
            case SimulatedDirectory _ ->
                    throw new FileSystemException(path.toString(), null, "Is a directory");
        };
    }

    @Override
    public boolean exists(Path path) {
        return find(path) != null;
    }

    @Override
    public List<String> list(Path directory) throws IOException {
        check(DiskOperation.Kind.LIST, directory);
        return find(directory) instanceof SimulatedDirectory found ? found.names() : List.of();
    }

    @Override
    public void createDirectories(Path directory) throws IOException {
        check(DiskOperation.Kind.CREATE_DIRECTORIES, directory);
        SimulatedDirectory at = root;
        for (Path name : absolute(directory)) {
            SimulatedDirectory next = child(at, name.toString());
            if (next == null) {
                throw new FileAlreadyExistsException(directory.toString());
            }
            at = next;
        }
    }

    @Override
    public boolean delete(Path path) throws IOException {
        check(DiskOperation.Kind.DELETE, path);
        DirectoryEntry entry = find(path);
        if (entry == null) {
            return false;
        }
        if (entry instanceof SimulatedDirectory directory && !directory.isEmpty()) {
            throw new DirectoryNotEmptyException(path.toString());
        }
        parentOf(path).remove(name(path));
        return true;
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        check(DiskOperation.Kind.MOVE, from);
        DirectoryEntry entry = existing(from);
        SimulatedDirectory source = parentOf(from);
        SimulatedDirectory target = parentOf(to);
        if (target.get(name(to)) instanceof SimulatedDirectory replaced
                && replaced != entry
                && (entry instanceof FileContent || !replaced.isEmpty())) {
            throw new DirectoryNotEmptyException(to.toString());
        }
        if (source == target) {
            source.rename(name(from), name(to), entry);
        } else {
            source.remove(name(from));
            target.put(name(to), entry);
            source.force();
            target.force();
        }
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        check(DiskOperation.Kind.FORCE_DIRECTORY, directory);
        if (existing(directory) instanceof SimulatedDirectory found) {
            found.force();
        }
    }

    @Override
    public long usableBytes(Path path) {
        return Math.max(0, capacityBytes - usedBytes(root));
    }

    @Override
    public long totalBytes(Path path) {
        return capacityBytes;
    }

    private static long usedBytes(SimulatedDirectory directory) {
        long sum = 0;
        for (DirectoryEntry entry : directory.entries()) {
            sum +=
                    switch (entry) {
                        case FileContent file -> file.size();
                        case SimulatedDirectory inner -> usedBytes(inner);
                    };
        }
        return sum;
    }

    @Override
    public Closeable lock(Path lockFile) throws IOException {
        check(DiskOperation.Kind.LOCK, lockFile);
        open(lockFile).close();
        Path key = absolute(lockFile);
        if (!locks.add(key)) {
            throw new LockHeld(lockFile + " is already held by this process");
        }
        long heldInLife = life;
        return () -> {
            if (heldInLife == life) {
                locks.remove(key);
            }
        };
    }

    /** Counts an operation and lets it fail if a fault says so. */
    void check(DiskOperation.Kind kind, Path path) throws IOException {
        DiskOperation operation = begin(kind, path);
        if (failure.test(operation)) {
            throw new IOException("injected fault at " + operation);
        }
    }

    private DiskOperation begin(DiskOperation.Kind kind, Path path) {
        var operation = new DiskOperation(operationCount + 1, kind, path);
        if (!powered || powerFailure.test(operation)) {
            powered = false;
            throw new SimulatedCrash(this, operation);
        }
        operationCount++;
        trace.add(
                nowNanos.getAsLong(),
                "disk",
                kind.name(),
                operationCount,
                path.toString().hashCode());
        return operation;
    }

    void write(Path path, FileContent content, ByteBuffer bytes, long position) throws IOException {
        int at = Math.toIntExact(position);
        boolean poweredBefore = powered;
        try {
            DiskOperation operation = begin(DiskOperation.Kind.WRITE, path);
            if (failure.test(operation)) {
                writePart(content, bytes, at, bytes.remaining());
                throw new IOException("injected fault at " + operation);
            }
        } catch (SimulatedCrash crash) {
            if (poweredBefore) {
                writePart(content, bytes, at, bytes.remaining());
            }
            throw crash;
        }
        long growth = at + bytes.remaining() - content.size();
        if (capacityBytes != Long.MAX_VALUE && growth > usableBytes(path)) {
            writePart(content, bytes, at, (int) usableBytes(path));
            throw new IOException(path + ": No space left on device");
        }
        trace.add(nowNanos.getAsLong(), "disk", "bytes", position, Trace.sumOf(bytes));
        content.write(bytes, at);
    }

    /** Writes the beginning of the buffer, up to a number of bytes drawn from the seed. */
    private void writePart(FileContent content, ByteBuffer bytes, int position, int most) {
        int length = (int) entropy.between(0, Math.min(most, bytes.remaining()));
        content.write(bytes.slice(bytes.position(), length), position);
    }

    void force(Path path, FileContent content) throws IOException {
        DiskOperation operation = begin(DiskOperation.Kind.FORCE, path);
        if (failure.test(operation)) {
            content.failForce(entropy);
            throw new IOException("injected fault at " + operation);
        }
        content.force();
    }

    /** Changes whenever the process that uses the disk ends; files of another life are closed. */
    long life() {
        return life;
    }

    private @Nullable DirectoryEntry find(Path path) {
        DirectoryEntry at = root;
        for (Path name : absolute(path)) {
            at = at instanceof SimulatedDirectory directory ? directory.get(name.toString()) : null;
            if (at == null) {
                return null;
            }
        }
        return at;
    }

    private DirectoryEntry existing(Path path) throws IOException {
        DirectoryEntry entry = find(path);
        if (entry == null) {
            throw new NoSuchFileException(path.toString());
        }
        return entry;
    }

    private SimulatedDirectory parentOf(Path path) throws IOException {
        Path parent = absolute(path).getParent();
        if (parent != null && find(parent) instanceof SimulatedDirectory directory) {
            return directory;
        }
        throw new NoSuchFileException(path.toString());
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }
}
