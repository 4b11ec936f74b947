package io.tombolo.raft.log;

import io.tombolo.environment.Disk;
import io.tombolo.environment.Invariant;
import io.tombolo.raft.core.ControlRecord;
import io.tombolo.raft.core.ElectionState;
import io.tombolo.raft.core.LogBatch;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.core.RecoveredLog;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterSet;
import io.tombolo.storage.segment.NoRoom;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * The log directory of one replica. Every method blocks; all are called one after the other on one
 * lane of {@code Offload}, except {@link #writeSnapshot}, which may run beside the others. What
 * failed for want of room ({@link #lacksRoom}) may be called again, with nothing else in between.
 * After any other {@link IOException} the directory must not be used any more by this process.
 */
public final class RaftLog implements AutoCloseable {

    private static final int LEVELS_MADE = 2;

    private final Disk disk;
    private final Path directory;
    private final int segmentBytesMax;
    private final TreeMap<Long, LogSegment> segments = new TreeMap<>();
    private final SnapshotFiles snapshots;
    private final ElectionStateFile electionFile;
    private final Closeable lock;
    private final ReplicaIdFile idFile;
    private final Reserve reserve;
    private final ElectionState election;
    private final RecoveredLog recovered;
    private boolean begunNow;

    /** A piece of a snapshot file of {@code totalBytes}. */
    public record SnapshotPiece(long totalBytes, byte[] bytes) {}

    /**
     * Some batches of a snapshot.
     *
     * @param nextPosition where the next slice begins
     * @param last whether there is none
     */
    public record SnapshotSlice(List<List<byte[]>> batches, long nextPosition, boolean last) {}

    /**
     * Opens or creates the directory. A torn end of the log is cut off, an unfinished snapshot is
     * forgotten; what is found is durable when this returns.
     *
     * @throws IOException when another process uses it, or it is damaged in a way that a crash does
     *     not explain: then records may be missing that a majority relies on
     */
    public RaftLog(Disk disk, Path directory, int segmentBytesMax) throws IOException {
        this(disk, directory, segmentBytesMax, 0);
    }

    /**
     * @param reserveBytes room that is to be kept for this log, see {@link #tendReserve}
     */
    public RaftLog(Disk disk, Path directory, int segmentBytesMax, long reserveBytes)
            throws IOException {
        this.disk = disk;
        this.directory = directory;
        this.segmentBytesMax = segmentBytesMax;
        disk.createDirectories(directory);
        forceNames();
        lock = disk.lock(directory.resolve(".lock"));
        snapshots = new SnapshotFiles(disk, directory);
        electionFile = new ElectionStateFile(disk, directory);
        idFile = new ReplicaIdFile(disk, directory);
        reserve = new Reserve(disk, directory, reserveBytes);
        try {
            election = electionFile.read();
            recovered = recover();
        } catch (IOException | RuntimeException unusable) {
            close();
            throw unusable;
        }
    }

    /** The folder that the directory is in may have been made together with it. */
    private void forceNames() throws IOException {
        Path above = directory.toAbsolutePath().getParent();
        for (int level = 0; level < LEVELS_MADE && above != null; level++) {
            disk.forceDirectory(above);
            above = above.getParent();
        }
    }

    /** What elections left behind before this process. */
    public ElectionState election() {
        return election;
    }

    /** What the log held when it was opened. */
    public RecoveredLog recovered() {
        return recovered;
    }

    /**
     * The replica that this log is, with the directory id under which it votes, beside it from now
     * on; durable when this returns. With a log that is not there any more its id is lost too:
     * whoever had it would vote for less than the log held, or a second time.
     *
     * @param kept the node, and the id of a log which is there and has none written beside it
     * @param begun draws one for a log that begins now
     */
    public ReplicaKey settleKey(String clusterId, ReplicaKey kept, Supplier<UUID> begun)
            throws IOException {
        boolean unused = recovered.endOffset() == 0 && election.equals(ElectionState.NEW);
        Optional<UUID> written = idFile.read().filter(_ -> !begunNow);
        UUID id = written.orElseGet(() -> begunNow || unused ? begun.get() : kept.directoryId());
        var key = new ReplicaKey(kept.nodeId(), id);
        if (written.isEmpty()) {
            idFile.write(clusterId, key);
        }
        return key;
    }

    // ---- Recovery ----

    private RecoveredLog recover() throws IOException {
        List<OffsetAndEpoch> found = snapshots.open();
        OffsetAndEpoch snapshot = found.isEmpty() ? OffsetAndEpoch.ZERO : found.getLast();
        var epochStarts = new TreeMap<Integer, Long>();
        var voterSets = new TreeMap<Long, VoterSet>();
        openSegments(epochStarts, voterSets);
        begunNow = segments.isEmpty();
        if (!joins(snapshot, epochStarts)) {
            dropSegments();
            epochStarts.clear();
            voterSets.clear();
        }
        if (segments.isEmpty()) {
            addSegment(snapshot.offset());
        }
        if (snapshot.offset() > 0) {
            VoterSet named = snapshots.voters(snapshot);
            voterSets.headMap(snapshot.offset()).clear();
            voterSets.put(-1L, named);
            if (startOffset() == snapshot.offset()) {
                epochStarts.putIfAbsent(snapshot.epoch(), startOffset());
            }
        }
        return new RecoveredLog(startOffset(), endOffset(), epochStarts, snapshot, voterSets);
    }

    private void openSegments(Map<Integer, Long> epochStarts, Map<Long, VoterSet> voterSets)
            throws IOException {
        List<String> names =
                disk.list(directory).stream()
                        .filter(name -> name.endsWith(LogSegment.SUFFIX))
                        .toList();
        for (String name : names) {
            boolean last = name.equals(names.getLast());
            LogSegment segment =
                    LogSegment.open(
                            disk,
                            directory.resolve(name),
                            last,
                            batch -> {
                                epochStarts.putIfAbsent(batch.epoch(), batch.baseOffset());
                                if (batch.control()) {
                                    ControlRecord.votersIn(batch)
                                            .ifPresent(
                                                    set -> voterSets.put(batch.baseOffset(), set));
                                }
                            });
            if (!segments.isEmpty() && segment.baseOffset() != endOffset()) {
                segment.close();
                throw new IOException(
                        "%s begins at %d, but the segment before it ends at %d"
                                .formatted(name, segment.baseOffset(), endOffset()));
            }
            segments.put(segment.baseOffset(), segment);
        }
    }

    /**
     * Whether the segments continue the newest snapshot. They do not when a fetched snapshot was
     * put in place and the crash came before the old log was gone: then it goes now.
     */
    private boolean joins(OffsetAndEpoch snapshot, TreeMap<Integer, Long> epochStarts)
            throws IOException {
        if (segments.isEmpty()) {
            return true;
        }
        if (startOffset() > snapshot.offset()) {
            throw new IOException(
                    "the log begins at %d, above the newest snapshot at %d"
                            .formatted(startOffset(), snapshot.offset()));
        }
        if (endOffset() < snapshot.offset()) {
            return false;
        }
        if (startOffset() == snapshot.offset()) {
            return true;
        }
        int epoch = 0;
        for (Map.Entry<Integer, Long> each : epochStarts.entrySet()) {
            epoch = each.getValue() < snapshot.offset() ? each.getKey() : epoch;
        }
        return epoch == snapshot.epoch();
    }

    // ---- Log ----

    private long startOffset() {
        return segments.firstKey();
    }

    private long endOffset() {
        return segments.lastEntry().getValue().endOffset();
    }

    private void addSegment(long baseOffset) throws IOException {
        segments.put(baseOffset, LogSegment.create(disk, directory, baseOffset));
    }

    /** Writes batches behind the end; durable only after {@link #force}. */
    public void append(List<LogBatch> batches) throws IOException {
        for (LogBatch batch : batches) {
            append(batch);
        }
    }

    /** Writes a batch behind the end, all of it or nothing. */
    public void append(LogBatch batch) throws IOException {
        Invariant.check(
                batch.baseOffset() == endOffset(),
                "append at %d to a log that ends at %d",
                batch.baseOffset(),
                endOffset());
        if (segments.lastEntry().getValue().sizeBytes() >= segmentBytesMax) {
            roll();
        }
        segments.lastEntry().getValue().append(batch);
    }

    // ---- Room ----

    /**
     * Whether an operation of this log failed because the disk is full. Never so for a force of the
     * log: what it left behind cannot be known.
     */
    public boolean lacksRoom(IOException failure) {
        return !(failure instanceof Unforced) && NoRoom.explains(failure, disk, directory);
    }

    /** A force of the log has failed. */
    private static final class Unforced extends IOException {

        private static final long serialVersionUID = 1;

        Unforced(IOException cause) {
            super(cause);
        }
    }

    /** Gives some of the reserve to whoever writes next; false when nothing is left of it. */
    public boolean giveUpReserve() throws IOException {
        return reserve.giveUp();
    }

    /** Makes the reserve whole again if there is plenty of room. */
    public void tendReserve() throws IOException {
        reserve.tend();
    }

    /** Whether the reserve is as large as it should be; callable from any thread. */
    public boolean reserveWhole() {
        return reserve.whole();
    }

    private void roll() throws IOException {
        force();
        addSegment(endOffset());
    }

    /** Makes everything appended so far durable. */
    public void force() throws IOException {
        try {
            segments.lastEntry().getValue().force();
        } catch (IOException failure) {
            throw new Unforced(failure);
        }
    }

    /** Cuts the end of the log at a batch; durable when it returns. */
    public void truncate(long offset) throws IOException {
        // From the end backwards, so that a crash leaves no hole.
        while (segments.lastKey() >= offset && segments.size() > 1) {
            drop(segments.lastEntry().getValue());
            disk.forceDirectory(directory);
        }
        segments.lastEntry().getValue().truncate(offset);
    }

    private void drop(LogSegment segment) throws IOException {
        disk.delete(segment.path());
        segments.remove(segment.baseOffset());
        segment.close();
    }

    private void dropSegments() throws IOException {
        while (!segments.isEmpty()) {
            drop(segments.lastEntry().getValue());
            disk.forceDirectory(directory);
        }
    }

    /**
     * Deletes segments wholly below a snapshot, and older snapshots.
     *
     * @return where the log begins now
     */
    public long trim(OffsetAndEpoch snapshot) throws IOException {
        if (segments.lastEntry().getValue().sizeBytes() > 0) {
            roll();
        }
        while (segments.firstEntry().getValue().endOffset() <= snapshot.offset()
                && segments.size() > 1) {
            drop(segments.firstEntry().getValue());
            disk.forceDirectory(directory);
        }
        snapshots.deleteBelow(snapshot);
        return startOffset();
    }

    /**
     * Reads whole batches.
     *
     * @param offset the base offset of a batch
     * @param endOffset nothing from there on
     * @param bytesMax soft limit; at least one batch
     * @return contiguous from {@code offset} on; none when the log does not hold it (any more)
     */
    public List<LogBatch> read(long offset, long endOffset, int bytesMax) throws IOException {
        var found = new ArrayList<LogBatch>();
        long[] total = {0};
        long next = offset;
        while (next < endOffset && total[0] < bytesMax) {
            Map.Entry<Long, LogSegment> holder = segments.floorEntry(next);
            if (holder == null || next >= holder.getValue().endOffset()) {
                break;
            }
            int before = found.size();
            holder.getValue()
                    .read(
                            next,
                            batch -> {
                                total[0] += batch.sizeBytes();
                                boolean wanted =
                                        batch.endOffset() <= endOffset
                                                && (found.isEmpty() || total[0] <= bytesMax);
                                if (wanted) {
                                    found.add(batch);
                                }
                                return wanted;
                            });
            if (found.size() == before) {
                break;
            }
            next = found.getLast().endOffset();
        }
        return !found.isEmpty() && found.getFirst().baseOffset() == offset ? found : List.of();
    }

    /** Remembers the outcome of elections; durable when it returns. */
    public void persist(ElectionState state) throws IOException {
        electionFile.write(state);
    }

    // ---- Snapshots ----

    /** Writes a snapshot; durable when it returns. May run beside the other methods. */
    public void writeSnapshot(OffsetAndEpoch id, VoterSet voters, Iterator<List<byte[]>> batches)
            throws IOException {
        snapshots.write(id, voters, batches);
    }

    /**
     * The records from a position of a snapshot on, as they were written, in whole batches.
     *
     * @param position 0, or where the slice before ended
     * @param bytesMax soft limit: the first batch comes whole
     * @return nothing when it has been deleted
     */
    public Optional<SnapshotSlice> readSnapshotSlice(OffsetAndEpoch id, long position, int bytesMax)
            throws IOException {
        return snapshots.exists(id)
                ? Optional.of(snapshots.read(id, position, bytesMax))
                : Optional.empty();
    }

    /** A piece of a snapshot; nothing when it has been deleted. */
    public Optional<SnapshotPiece> readSnapshotPiece(OffsetAndEpoch id, long position, int bytesMax)
            throws IOException {
        return snapshots
                .readPiece(id, position, bytesMax)
                .map(piece -> new SnapshotPiece(piece.totalBytes(), piece.bytes()));
    }

    /** Keeps a piece of a snapshot that is being fetched. */
    public void writeSnapshotPiece(OffsetAndEpoch id, long position, byte[] bytes)
            throws IOException {
        snapshots.writePiece(id, position, bytes);
    }

    /** Forgets what was fetched. */
    public void discardSnapshotPieces() throws IOException {
        snapshots.discardPieces();
    }

    /**
     * Lets the fetched snapshot replace the whole log, all or nothing; durable when it returns.
     *
     * @return the voters it names; nothing when its bytes are not whole, then all is as before
     */
    public Optional<VoterSet> installSnapshot(OffsetAndEpoch id) throws IOException {
        Optional<VoterSet> voters = snapshots.complete(id);
        if (voters.isPresent()) {
            dropSegments();
            addSegment(id.offset());
            snapshots.deleteBelow(id);
        }
        return voters;
    }

    /**
     * Closes it. Where nothing ever was in it, it also leaves nothing: what is put back from
     * elsewhere finds room. Only for a replica that nobody can have counted on.
     */
    public void withdraw() throws IOException {
        boolean unused = endOffset() == 0 && electionFile.read().equals(ElectionState.NEW);
        close();
        if (!unused) {
            return;
        }
        for (String file : disk.list(directory)) {
            disk.delete(directory.resolve(file));
        }
        disk.delete(directory);
        Path above = directory.toAbsolutePath().getParent();
        if (above != null && disk.list(above).isEmpty()) {
            disk.delete(above);
        }
    }

    @Override
    public void close() throws IOException {
        for (LogSegment segment : segments.values()) {
            segment.close();
        }
        segments.clear();
        lock.close();
    }
}
