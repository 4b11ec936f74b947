package io.tombolo.storage.partition;

import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload.Outcome;
import io.tombolo.storage.log.LogSettings;
import io.tombolo.storage.segment.LogFiles;
import io.tombolo.storage.segment.NoRoom;
import io.tombolo.storage.segment.Segment;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Makes a log durable, off its loop: decides when, runs one {@link LogCheckpoint} at a time, and
 * moves the durable offset and the recovery point once it has succeeded. Owned by the log's loop.
 */
public final class LogUpkeep {

    /** Bytes appended between two full checkpoints: what a start after a crash has to read. */
    static final long CHECKPOINT_BYTES = 64L << 20;

    /** Distance from the end of the log beyond which closed segments give up their memory. */
    static final long WARM_BYTES = 64L << 20;

    /** How long a full disk is left alone before derived files are tried again. */
    private static final long ROOM_NANOS = Duration.ofSeconds(5).toNanos();

    /** How much is to be made durable: the batches, or all that a start can then rely on. */
    public enum Extent {
        NOTHING,
        BATCHES,
        EVERYTHING
    }

    private final LogContents log;
    private final TreeMap<Long, ByteBuffer> newSnapshots = new TreeMap<>();
    private Extent wanted = Extent.NOTHING;
    private boolean running;
    private boolean namesUnforced;
    private long recordsUnflushed;
    private long bytesSinceCheckpoint;
    private EventLoop.@Nullable Timer ageTimer;
    private LongConsumer durableListener = offset -> {};
    private @Nullable Consumer<Outcome<Boolean>> closing;
    private @Nullable Runnable settled;

    public LogUpkeep(LogContents log) {
        this.log = log;
    }

    public void onDurable(LongConsumer listener) {
        durableListener = listener;
    }

    void appended(long records, long bytes) {
        LogSettings.Flush flush = log.settings.flush();
        recordsUnflushed += records;
        bytesSinceCheckpoint += bytes;
        if (bytesSinceCheckpoint >= CHECKPOINT_BYTES) {
            request(Extent.EVERYTHING);
        } else if (flush.groupCommit() || recordsUnflushed >= flush.messagesMax()) {
            request(Extent.BATCHES);
        } else if (flush.ageMax().isPresent() && ageTimer == null) {
            ageTimer =
                    log.owner.schedule(
                            flush.ageMax().get().toNanos(), () -> request(Extent.BATCHES));
        }
    }

    /** A segment has begun: the producers as of its base offset are worth keeping. */
    void rolled(long baseOffset) {
        namesUnforced = true;
        newSnapshots.put(baseOffset, log.producers.save().encode());
        request(Extent.EVERYTHING);
    }

    /** The producers as of an offset, when they are not known to be in a file. */
    Optional<ByteBuffer> newSnapshot(long offset) {
        return Optional.ofNullable(newSnapshots.get(offset));
    }

    /** The log was truncated, and what is left has been forced. */
    void truncated() {
        newSnapshots.tailMap(log.endOffset, false).clear();
    }

    /** The log was emptied: nothing that was known of producers is true any more. */
    void emptied() {
        newSnapshots.clear();
    }

    public void request(Extent extent) {
        if (!log.begun) {
            return; // there is nothing to make durable
        }
        if (extent.compareTo(wanted) > 0) {
            wanted = extent;
        }
        if (!running && log.failure() == null) {
            begin();
        }
    }

    private void begin() {
        boolean everything = wanted == Extent.EVERYTHING;
        wanted = Extent.NOTHING;
        running = true;
        recordsUnflushed = 0;
        if (ageTimer != null) {
            ageTimer.cancel();
            ageTimer = null;
        }
        if (everything) {
            bytesSinceCheckpoint = 0;
            newSnapshots.put(log.endOffset, log.producers.save().encode());
        }
        var checkpoint = LogCheckpoint.of(log, everything, namesUnforced, newSnapshots);
        namesUnforced = false;
        log.environment
                .offload()
                .submit(log.lane(), checkpoint, log.owner, outcome -> ended(checkpoint, outcome));
    }

    private void ended(LogCheckpoint checkpoint, Outcome<Boolean> outcome) {
        running = false;
        switch (outcome) {
            case Outcome.Failed<Boolean>(var cause) -> failed(checkpoint, cause);
            case Outcome.Done<Boolean>(var valid) when valid && checkpoint.current() ->
                    advance(checkpoint);
            case Outcome.Done<Boolean> _ -> {
                // Overtaken by a truncation: what it was about may be gone.
                namesUnforced = true;
                request(checkpoint.everything() ? Extent.EVERYTHING : Extent.BATCHES);
            }
        }
        if (wanted != Extent.NOTHING && !running && log.failure() == null) {
            begin();
        }
        Runnable waiting = settled;
        if (waiting != null && !running) {
            settled = null;
            waiting.run();
        }
        if (closing != null && !running) {
            close(closing);
        }
    }

    /** Without room for derived files they are made later, as if the process had died before. */
    private void failed(LogCheckpoint checkpoint, Exception cause) {
        boolean full =
                cause instanceof IOException failure
                        && NoRoom.explains(failure, log.disk(), log.directory);
        if (!checkpoint.recordsForced()) {
            log.fail(log.unforced(cause));
        } else if (!full || closing != null) {
            log.fail(cause);
        } else {
            namesUnforced = true;
            log.owner.schedule(ROOM_NANOS, () -> request(Extent.EVERYTHING));
            if (checkpoint.everything()) {
                request(Extent.BATCHES);
            }
        }
    }

    /**
     * Makes all there is now durable, derived files included.
     *
     * @param then called once nothing is under way any more, also when that failed
     */
    public void settle(Runnable then) {
        settled = then;
        request(Extent.EVERYTHING);
        if (!running) {
            settled = null;
            then.run();
        }
    }

    /**
     * Forces the batches on the calling thread.
     *
     * @return false when a checkpoint is under way: then nothing was done
     */
    public boolean forceNow() throws IOException {
        if (running) {
            return false;
        }
        for (Segment segment : log.segments) {
            if (segment.endOffset() > log.durableOffset) {
                segment.log().force();
            }
        }
        if (namesUnforced || !log.named()) {
            log.forceNames();
            namesUnforced = false;
        }
        log.durableOffset = log.endOffset;
        return true;
    }

    private void advance(LogCheckpoint checkpoint) {
        if (checkpoint.everything()) {
            checkpoint.written();
            newSnapshots.headMap(checkpoint.endOffset(), true).clear();
            log.recoveryPoint = Math.max(log.recoveryPoint, checkpoint.endOffset());
            log.coolSegments();
        }
        if (checkpoint.endOffset() > log.durableOffset) {
            log.durableOffset = checkpoint.endOffset();
            durableListener.accept(log.durableOffset);
        }
    }

    /** Makes everything durable, closes the files and answers whether all of that worked. */
    public void close(Consumer<Outcome<Boolean>> done) {
        closing = done;
        if (log.failure() == null && (running || !quiet())) {
            request(Extent.EVERYTHING);
            return;
        }
        if (running) {
            return;
        }
        closing = null;
        Exception failure = log.failure();
        log.end("the log " + log.name + " is closed");
        log.environment
                .offload()
                .submit(
                        log.lane(),
                        () -> {
                            for (Segment segment : log.segments) {
                                segment.log().close();
                            }
                            return failure == null;
                        },
                        log.owner,
                        done);
    }

    /**
     * Whether the last checkpoint covers all there is; a log that never had a record needs none.
     */
    private boolean quiet() {
        return log.recoveryPoint == log.endOffset
                && log.durableOffset == log.endOffset
                && !namesUnforced
                && (log.endOffset == 0
                        || log.disk()
                                .exists(
                                        LogFiles.file(
                                                log.directory, log.endOffset, LogFiles.SNAPSHOT)));
    }
}
