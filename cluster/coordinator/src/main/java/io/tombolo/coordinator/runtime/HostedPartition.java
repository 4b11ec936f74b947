package io.tombolo.coordinator.runtime;

import io.tombolo.coordinator.runtime.CoordinatorLog.AppendResult;
import io.tombolo.coordinator.runtime.CoordinatorLog.Appended;
import io.tombolo.coordinator.runtime.CoordinatorLog.Bounds;
import io.tombolo.coordinator.runtime.CoordinatorLog.Chunk;
import io.tombolo.coordinator.runtime.CoordinatorLog.ReadResult;
import io.tombolo.coordinator.runtime.CoordinatorLog.Refused;
import io.tombolo.coordinator.runtime.CoordinatorLog.Unreadable;
import io.tombolo.coordinator.runtime.CoordinatorRuntime.Host;
import io.tombolo.environment.Invariant;

import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One partition of an internal topic while this broker leads it, in one epoch. Mutable; confined to
 * the loop that owns the partition.
 *
 * <pre>
 * phase    | command                       | leaves it
 * LOADING  | COORDINATOR_LOAD_IN_PROGRESS  | all records of the start replayed and committed: ACTIVE
 * ACTIVE   | carried out on the tip        | machine broken: FAILED
 * FAILED   | NOT_COORDINATOR               | only by a new epoch
 * CLOSED   | NOT_COORDINATOR               | never
 * </pre>
 *
 * <p>The tip is the state with every step applied; {@link Speculation} remembers the committed
 * state and what hangs in between. Steps of one turn of the loop gather in one batch.
 */
final class HostedPartition<S, C, E> {

    private enum Phase {
        LOADING,
        ACTIVE,
        FAILED,
        CLOSED
    }

    /** How many alarms are taken up in one turn of the loop. */
    private static final int ALARMS_PER_TURN = 64;

    private final Host<S, C, E> host;
    private final int partition;
    private final int leaderEpoch;
    private final WaitingClients clients = new WaitingClients();
    private final Speculation<S, E> speculation;
    private final OneTimer alarmTimer;
    private final OneTimer commitTimer;

    private Phase phase = Phase.LOADING;
    private S tip;
    private @Nullable OpenBatch<S, E> batch;
    private boolean appending;
    private long highWatermark;
    private long alarmsPausedUntilNanos = Long.MIN_VALUE;

    /** The next alarm is tried by itself: with others it was too large for the log. */
    private boolean alarmsAlone;

    private long loadStartNanos;
    private long loadTargetOffset;
    private long loadedRecordCount;
    private boolean recordsLoaded;

    HostedPartition(Host<S, C, E> host, int partition, int leaderEpoch) {
        this.host = host;
        this.partition = partition;
        this.leaderEpoch = leaderEpoch;
        this.tip = host.machine().initial();
        this.speculation = new Speculation<>(tip, host.settings().commitTimeout().toNanos());
        this.alarmTimer = new OneTimer(host.loop());
        this.commitTimer = new OneTimer(host.loop());
    }

    int leaderEpoch() {
        return leaderEpoch;
    }

    boolean active() {
        return phase == Phase.ACTIVE;
    }

    void load() {
        Bounds bounds = host.log().bounds(partition);
        loadStartNanos = host.clock().nanoTime();
        loadTargetOffset = bounds.endOffset();
        highWatermark = bounds.highWatermark();
        loadFrom(bounds.startOffset());
    }

    <R> void write(Function<Ticket<R>, C> command, Reply<R> reply) {
        Errors refusal = refusal();
        if (refusal != Errors.NONE) {
            reply.refuse(refusal);
            return;
        }
        Ticket<R> ticket = clients.admit(reply);
        C told = command.apply(ticket);
        try {
            run(state -> host.machine().handle(state, told, host.now()), ticket);
        } catch (Invariant.Broken broken) {
            fail(broken);
        } catch (RuntimeException thrown) {
            host.listener().failed(partition, thrown);
            clients.refuse(ticket, Errors.UNKNOWN_SERVER_ERROR);
        }
    }

    <R> void read(Function<S, R> query, Reply<R> reply) {
        Errors refusal = refusal();
        if (refusal == Errors.NONE || refusal == Errors.COORDINATOR_NOT_AVAILABLE) {
            reply.answer(query.apply(speculation.committed()));
        } else {
            reply.refuse(refusal);
        }
    }

    Errors end(TransactionEnd end, Supplier<AppendResult> append) {
        if (phase != Phase.ACTIVE) {
            return phase == Phase.LOADING
                    ? Errors.COORDINATOR_LOAD_IN_PROGRESS
                    : Errors.NOT_COORDINATOR;
        }
        flush();
        return switch (appending(append)) {
            case Appended appended -> {
                ended(end, appended.endOffset());
                yield Errors.NONE;
            }
            case Refused refused -> {
                settle();
                yield refused.error();
            }
        };
    }

    private void ended(TransactionEnd end, long endOffset) {
        try {
            S before = tip;
            tip = host.machine().ended(tip, end);
            var marker = new OpenBatch<S, E>(before, null);
            speculation.addAppended(marker, tip, endOffset, host.clock().nanoTime());
            settle();
            armAlarm();
        } catch (RuntimeException thrown) {
            fail(thrown); // the log says what the state does not: load it anew
        }
    }

    void highWatermarkMoved(long offset) {
        highWatermark = Math.max(highWatermark, offset);
        switch (phase) {
            case LOADING -> activateWhenCommitted();
            case ACTIVE -> {
                if (!appending) {
                    settle();
                }
            }
            case FAILED, CLOSED -> {}
        }
    }

    void close() {
        phase = Phase.CLOSED;
        stop();
    }

    // ---- loading ----

    private void loadFrom(long offset) {
        if (offset >= loadTargetOffset) {
            recordsLoaded = true;
            activateWhenCommitted();
            return;
        }
        host.log()
                .read(
                        partition,
                        offset,
                        host.settings().loadBytesMax(),
                        result -> loaded(offset, result));
    }

    private void loaded(long offset, ReadResult result) {
        if (phase != Phase.LOADING) {
            return;
        }
        switch (result) {
            case Chunk chunk -> {
                if (replay(offset, chunk)) {
                    loadFrom(chunk.nextOffset());
                }
            }
            case Unreadable unreadable -> {
                host.listener().loadDelayed(partition, unreadable.reason());
                long atNanos = host.clock().nanoTime() + host.settings().retryPause().toNanos();
                alarmTimer.setAt(atNanos, host.clock().nanoTime(), () -> loadFrom(offset));
            }
        }
    }

    private boolean replay(long offset, Chunk chunk) {
        try {
            Invariant.check(
                    chunk.nextOffset() > offset,
                    "a read from offset %d led to offset %d",
                    offset,
                    chunk.nextOffset());
            for (StoredEntry entry : chunk.entries()) {
                tip =
                        switch (entry) {
                            case StoredRecord record -> host.machine().replay(tip, record);
                            case StoredMarker marker -> host.machine().ended(tip, marker.end());
                        };
                loadedRecordCount++;
            }
            return true;
        } catch (RuntimeException unreadable) {
            fail(unreadable);
            return false;
        }
    }

    private void activateWhenCommitted() {
        if (!recordsLoaded || highWatermark < loadTargetOffset) {
            return;
        }
        phase = Phase.ACTIVE;
        speculation.restart(tip);
        host.listener()
                .loaded(partition, loadedRecordCount, host.clock().nanoTime() - loadStartNanos);
        runOwn(state -> host.machine().loaded(state, host.now()));
    }

    // ---- steps ----

    /** A step that no client asked for; when it throws, the partition cannot go on. */
    private void runOwn(Function<S, Step<S, E>> operation) {
        try {
            run(operation, null);
        } catch (RuntimeException thrown) {
            fail(thrown);
        }
    }

    private void run(Function<S, Step<S, E>> operation, @Nullable Ticket<?> ticket) {
        Step<S, E> step = operation.apply(tip);
        if (batch != null && !batch.takes(step, host.settings().batchBytesMax())) {
            flush();
            // What the step was decided on may have been undone, or gone on: decide again.
            step = operation.apply(tip);
        }
        apply(step, ticket);
        armAlarm();
    }

    private void apply(Step<S, E> step, @Nullable Ticket<?> ticket) {
        S before = tip;
        tip = step.state();
        if (batch == null && step.records().isEmpty()) {
            speculation.addUnrecorded(step);
            settle();
            return;
        }
        if (batch == null) {
            batch = new OpenBatch<>(before, step.producer());
            host.loop().execute(this::flush);
        }
        batch.add(step, ticket);
    }

    /** Appends the open batch; when the log refuses it, its steps are undone. */
    private void flush() {
        OpenBatch<S, E> closing = batch;
        if (closing == null || phase != Phase.ACTIVE) {
            return;
        }
        batch = null;
        Moment now = host.now();
        switch (appending(() -> append(closing, now))) {
            case Appended appended -> {
                alarmsAlone &= !closing.alarmed();
                speculation.addAppended(closing, tip, appended.endOffset(), now.nanos());
                settle();
            }
            case Refused refused -> undo(closing, refused.error(), now);
        }
    }

    private AppendResult append(OpenBatch<S, E> closing, Moment now) {
        Producer producer = closing.producer();
        List<LogRecord> records = closing.records();
        return producer == null
                ? host.log().append(partition, leaderEpoch, records, now.wallMs())
                : host.log()
                        .appendInTransaction(
                                partition, leaderEpoch, producer, records, now.wallMs());
    }

    /** The high watermark may move meanwhile; that is taken up afterwards. */
    private AppendResult appending(Supplier<AppendResult> append) {
        appending = true;
        try {
            return append.get();
        } finally {
            appending = false;
        }
    }

    private void undo(OpenBatch<S, E> refused, Errors error, Moment now) {
        tip = refused.before();
        host.listener().appendRefused(partition, error.name());
        for (Ticket<?> ticket : refused.issued()) {
            clients.refuse(ticket, error);
        }
        if (!refused.alarmed() || !isTooLarge(error)) {
            alarmsPausedUntilNanos = now.nanos() + host.settings().retryPause().toNanos();
        } else if (alarmsAlone) {
            alarmsAlone = false;
            runOwn(state -> host.machine().alarmTooLarge(state, host.now()));
        } else {
            alarmsAlone = true;
        }
        armAlarm();
    }

    /** Whether the log would refuse the same records again. */
    private static boolean isTooLarge(Errors error) {
        return error == Errors.MESSAGE_TOO_LARGE || error == Errors.RECORD_LIST_TOO_LARGE;
    }

    /** Lets go what the high watermark has passed. */
    private void settle() {
        while (phase == Phase.ACTIVE && speculation.committable(highWatermark)) {
            var entry = speculation.commitFirst();
            entry.answers().forEach(clients::answer);
            entry.signals().forEach(signal -> host.listener().signal(partition, signal));
        }
        if (phase == Phase.ACTIVE) {
            armCommitTimeout();
        }
    }

    // ---- timers ----

    private void armAlarm() {
        if (phase != Phase.ACTIVE) {
            return;
        }
        long next = host.machine().nextAlarmNanos(tip);
        if (next == Long.MAX_VALUE) {
            alarmTimer.cancel();
            return;
        }
        alarmTimer.setAt(
                Math.max(next, alarmsPausedUntilNanos), host.clock().nanoTime(), this::ring);
    }

    private void ring() {
        if (alarmsAlone) {
            flush();
            ringOne();
            flush();
        } else {
            for (int count = 0; count < ALARMS_PER_TURN && alarmIsDue(); count++) {
                ringOne();
            }
        }
        armAlarm();
    }

    private void ringOne() {
        if (alarmIsDue()) {
            runOwn(state -> host.machine().alarm(state, host.now()));
            if (batch != null) {
                batch.alarm();
            }
        }
    }

    private boolean alarmIsDue() {
        long now = host.clock().nanoTime();
        return phase == Phase.ACTIVE
                && now >= alarmsPausedUntilNanos
                && host.machine().nextAlarmNanos(tip) <= now;
    }

    private void armCommitTimeout() {
        long deadline = speculation.deadlineNanos();
        if (deadline == Long.MAX_VALUE) {
            return; // a timer that is still set finds nothing to do
        }
        commitTimer.setAt(deadline, host.clock().nanoTime(), this::giveUpWaiting);
    }

    private void giveUpWaiting() {
        if (phase == Phase.ACTIVE) {
            for (Answer<?> late : speculation.overdue(host.clock().nanoTime())) {
                clients.refuse(late.ticket(), Errors.REQUEST_TIMED_OUT);
            }
            armCommitTimeout();
        }
    }

    // ---- ends ----

    private Errors refusal() {
        return switch (phase) {
            case LOADING -> Errors.COORDINATOR_LOAD_IN_PROGRESS;
            case FAILED, CLOSED -> Errors.NOT_COORDINATOR;
            case ACTIVE -> overloaded() ? Errors.COORDINATOR_NOT_AVAILABLE : Errors.NONE;
        };
    }

    private boolean overloaded() {
        return clients.count() >= host.settings().waitingMax()
                || speculation.count() >= host.settings().uncommittedMax();
    }

    private void fail(RuntimeException cause) {
        phase = Phase.FAILED;
        host.listener().failed(partition, cause);
        stop();
    }

    private void stop() {
        alarmTimer.cancel();
        commitTimer.cancel();
        batch = null;
        clients.refuseAll(Errors.NOT_COORDINATOR);
    }
}
