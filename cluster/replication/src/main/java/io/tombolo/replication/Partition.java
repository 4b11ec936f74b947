package io.tombolo.replication;

import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Invariant;
import io.tombolo.protocol.records.VerifiedBatch;
import io.tombolo.replication.Role.Idle;
import io.tombolo.replication.Role.Leader;
import io.tombolo.replication.Role.MirrorLeader;
import io.tombolo.replication.Role.WriteAccess;
import io.tombolo.storage.log.AppendOrigin;
import io.tombolo.storage.log.AppendResult;
import io.tombolo.storage.log.ChangeResult;
import io.tombolo.storage.log.EpochEnd;
import io.tombolo.storage.log.PartitionLog;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.protocol.Errors;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One partition on this broker: mutable, confined to the event loop that owns it.
 *
 * <p>Invariants, checked on every move: log start ≤ high watermark ≤ log end; within one role the
 * high watermark never goes back; the epoch of the role is never below the last epoch in the log.
 * Roles and their transitions are in {@link Role}.
 *
 * <p>A fault of the disk, a broken invariant or anything else that an operation throws takes this
 * partition offline, and no other: it answers KAFKA_STORAGE_ERROR until the broker has started
 * again and recovered its log.
 */
public final class Partition {

    private static final String OFFLINE = "this broker cannot use the partition; see its log";

    private final TopicIdPartition id;
    private final PartitionLog log;
    private final ProducedBatches produced;
    private final MirrorAppends mirrorAppends;
    private final BoundedReads reads;
    private final WaitingProduces waitingProduces;
    private final Set<FetchWaiter> fetchWaiters = new LinkedHashSet<>();
    private final List<Consumer<Partition>> watermarkListeners = new ArrayList<>();
    private Consumer<Exception> offlineListener = _ -> {};
    private Role role = new Idle();
    private PartitionSettings settings;
    private long highWatermark;

    public Partition(
            TopicIdPartition id,
            PartitionLog log,
            PartitionSettings settings,
            EventLoop loop,
            Clock clock) {
        this.id = id;
        this.log = log;
        this.settings = settings;
        this.produced = new ProducedBatches(clock, settings);
        this.mirrorAppends = new MirrorAppends(log);
        this.reads = new BoundedReads(log);
        this.waitingProduces = new WaitingProduces(loop);
        this.highWatermark = log.checkpointedHighWatermark();
        log.onDurable(_ -> guarded(this::advanceHighWatermark, _ -> false));
        log.onFailure(this::wentOffline);
    }

    public TopicIdPartition id() {
        return id;
    }

    public Role role() {
        return role;
    }

    /** The log below; for reading its figures, never for writing. */
    public PartitionLog log() {
        return log;
    }

    public long highWatermark() {
        return highWatermark;
    }

    public long lastStableOffset() {
        return log.lastStableOffset(highWatermark);
    }

    /**
     * Takes new topic settings from the next request on; to be called after a change of the log's
     * settings too, because acknowledgements may no longer have to wait for the disk.
     */
    public void changeSettings(PartitionSettings changed) {
        settings = changed;
        guarded(this::advanceHighWatermark, _ -> false);
    }

    /**
     * Takes a role. Whoever waits under the old one is answered now, unless this broker goes on
     * leading in the same epoch.
     */
    public void become(Role next) {
        if (log.failure().isPresent()) {
            failWhenLogFailed();
            return;
        }
        guarded(() -> take(next), _ -> false);
    }

    private boolean take(Role next) {
        checkEpochOf(next);
        boolean sameLeadership = next.leaderEpoch() == role.leaderEpoch();
        role = keepingOwnership(next);
        if (!sameLeadership) {
            waitingProduces.failAll(
                    Errors.NOT_LEADER_OR_FOLLOWER,
                    "the leader of " + id.topicPartition() + " changed");
        }
        if (next instanceof Leader leader) {
            log.beginEpoch(leader.leaderEpoch());
        }
        if (!advanceHighWatermark()) {
            wakeReaders();
        }
        return true;
    }

    private void checkEpochOf(Role next) {
        if (next instanceof Idle) {
            return;
        }
        int latest = Math.max(role.leaderEpoch(), log.latestEpoch().orElse(-1));
        Invariant.check(
                next.leaderEpoch() >= latest,
                "leader epoch %d comes after epoch %d",
                next.leaderEpoch(),
                latest);
    }

    /** An ownership epoch that was seen here stays in force, however old the image is. */
    private Role keepingOwnership(Role next) {
        return role instanceof MirrorLeader before
                        && next instanceof MirrorLeader after
                        && after.ownershipEpoch() < before.ownershipEpoch()
                ? new MirrorLeader(after.leaderEpoch(), after.link(), before.ownershipEpoch())
                : next;
    }

    /**
     * Appends a client's batches.
     *
     * @param answer called once: at once, or when the acknowledgement that was asked for is there
     */
    public void produce(Produce request, Consumer<ProduceOutcome> answer) {
        switch (role) {
            case Idle _ -> answer.accept(notLeader());
            case MirrorLeader mirror ->
                    answer.accept(
                            ProduceOutcome.refused(
                                    Errors.POLICY_VIOLATION,
                                    "topic %s is a read-only mirror of link %s"
                                            .formatted(id.topic(), mirror.link())));
            case Leader leader -> {
                switch (leader.access()) {
                    case WriteAccess.Fenced(String reason) ->
                            answer.accept(ProduceOutcome.refused(Errors.POLICY_VIOLATION, reason));
                    case WriteAccess.Open _ -> produceAsLeader(leader, request, answer);
                }
            }
        }
    }

    private void produceAsLeader(Leader leader, Produce request, Consumer<ProduceOutcome> answer) {
        // As in Kafka, a minimum that the replicas could never reach asks for all of them.
        int inSyncMin = Math.min(settings.inSyncMin(), leader.replicaCount());
        if (request.acks() == -1 && leader.inSyncCount() < inSyncMin) {
            answer.accept(
                    ProduceOutcome.refused(
                            Errors.NOT_ENOUGH_REPLICAS,
                            "%d replicas are in sync, %d must be"
                                    .formatted(leader.inSyncCount(), inSyncMin)));
            return;
        }
        switch (produced.prepare(request, settings)) {
            case ProducedBatches.Refused(ProduceOutcome outcome) -> answer.accept(outcome);
            case ProducedBatches.Ready(VerifiedBatch batch) ->
                    finishProduce(
                            request, append(() -> log.append(batch, leader.leaderEpoch())), answer);
        }
    }

    private AppendResult append(Supplier<AppendResult> step) {
        return guarded(
                () -> {
                    AppendResult result = step.get();
                    if (result instanceof AppendResult.Appended) {
                        advanceHighWatermark();
                    }
                    return result;
                },
                AppendResult.Failed::new);
    }

    private void finishProduce(
            Produce request, AppendResult result, Consumer<ProduceOutcome> answer) {
        switch (result) {
            case AppendResult.Appended appended ->
                    acknowledge(
                            request,
                            appended.lastOffset() + 1,
                            ProduceOutcome.accepted(
                                    appended.firstOffset(),
                                    appended.logAppendTimeMs(),
                                    log.startOffset()),
                            answer);
            case AppendResult.Duplicate duplicate ->
                    acknowledge(
                            request,
                            duplicate.lastOffset() + 1,
                            ProduceOutcome.accepted(
                                    duplicate.firstOffset(),
                                    duplicate.timestampMs(),
                                    log.startOffset()),
                            answer);
            default -> answer.accept(AppendRefusals.toOutcome(result));
        }
        failWhenLogFailed();
    }

    private void acknowledge(
            Produce request, long offset, ProduceOutcome success, Consumer<ProduceOutcome> answer) {
        boolean waits =
                switch (request.acks()) {
                    case 0 -> false;
                    case 1 ->
                            log.settings().flush().acknowledgesDurable()
                                    && log.durableOffset() < offset;
                    default -> highWatermark < offset;
                };
        if (waits) {
            waitingProduces.add(offset, request.timeoutNanos(), success, answer);
        } else {
            answer.accept(success);
        }
    }

    /**
     * Appends batches that this broker made itself (coordinators), whose order and content are its
     * own. They end at the log end when this returns NONE, and are committed when the high
     * watermark passes it.
     */
    public Errors appendOwn(ByteBuffer batches) {
        if (!(role instanceof Leader leader)) {
            return notLeader().error();
        }
        AppendResult result =
                append(() -> log.append(batches, leader.leaderEpoch(), AppendOrigin.BROKER));
        failWhenLogFailed();
        return result instanceof AppendResult.Appended
                ? Errors.NONE
                : AppendRefusals.toOutcome(result).error();
    }

    /**
     * Appends batches of a link as they are.
     *
     * @param expectedEndOffset the log end that the link counts on, and the offset it fetched from
     */
    public MirrorAppendOutcome appendAsMirrorLeader(
            ByteBuffer batches, long ownershipEpoch, long expectedEndOffset) {
        Optional<MirrorAppendOutcome> refusal = checkMirroring(ownershipEpoch);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        int leaderEpoch = role.leaderEpoch();
        return mirrored(() -> mirrorAppends.append(batches, leaderEpoch, expectedEndOffset));
    }

    /** Whether a link may write here, under this ownership epoch; remembers a higher one. */
    private Optional<MirrorAppendOutcome> checkMirroring(long ownershipEpoch) {
        return switch (role) {
            case Idle _ ->
                    Optional.of(
                            new MirrorAppendOutcome.Unavailable(
                                    "this broker does not lead " + id.topicPartition()));
            case Leader _ -> Optional.of(new MirrorAppendOutcome.StaleOwnership(-1));
            case MirrorLeader mirror when ownershipEpoch < mirror.ownershipEpoch() ->
                    Optional.of(new MirrorAppendOutcome.StaleOwnership(mirror.ownershipEpoch()));
            case MirrorLeader mirror -> {
                if (ownershipEpoch > mirror.ownershipEpoch()) {
                    role = new MirrorLeader(mirror.leaderEpoch(), mirror.link(), ownershipEpoch);
                }
                yield Optional.empty();
            }
        };
    }

    /** Raises the log start of a mirror to its source's; on an empty log the end moves with it. */
    public MirrorAppendOutcome raiseMirrorStart(long startOffset, long ownershipEpoch) {
        Optional<MirrorAppendOutcome> refusal = checkMirroring(ownershipEpoch);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        return mirrored(() -> mirrorAppends.raiseStart(startOffset));
    }

    /** Makes a change for a link, and moves the high watermark when it was made. */
    private MirrorAppendOutcome mirrored(Supplier<Optional<MirrorAppendOutcome>> change) {
        MirrorAppendOutcome outcome =
                guarded(
                        () -> {
                            Optional<MirrorAppendOutcome> refusal = change.get();
                            if (refusal.isPresent()) {
                                return refusal.get();
                            }
                            advanceHighWatermark();
                            return new MirrorAppendOutcome.Appended(log.endOffset(), highWatermark);
                        },
                        mistake -> new MirrorAppendOutcome.Unavailable(mistake.toString()));
        failWhenLogFailed();
        return outcome;
    }

    /** Reads for a consumer: nothing at or above the high watermark, or the last stable offset. */
    public FetchOutcome read(FetchRead wish) {
        Errors epochError = checkEpoch(wish.currentLeaderEpoch());
        if (epochError != Errors.NONE) {
            return new FetchOutcome.Refused(epochError);
        }
        FetchOutcome outcome =
                guarded(
                        () -> reads.read(wish, highWatermark),
                        _ -> new FetchOutcome.Refused(Errors.KAFKA_STORAGE_ERROR));
        failWhenLogFailed();
        return outcome;
    }

    /** Where a leader epoch ends; the epoch of this leadership ends at the log end. */
    public Optional<EpochEnd> endOfEpoch(int leaderEpoch) {
        boolean current =
                leaderEpoch == role.leaderEpoch() && log.latestEpoch().orElse(-1) <= leaderEpoch;
        return current
                ? Optional.of(new EpochEnd(leaderEpoch, log.endOffset()))
                : log.endOffsetForEpoch(leaderEpoch);
    }

    /**
     * Compares the epoch that a client knows with the one of this leadership; −1 is not compared.
     */
    public Errors checkEpoch(int currentLeaderEpoch) {
        if (role instanceof Idle) {
            return log.failure().isPresent()
                    ? Errors.KAFKA_STORAGE_ERROR
                    : Errors.NOT_LEADER_OR_FOLLOWER;
        }
        if (currentLeaderEpoch < 0 || currentLeaderEpoch == role.leaderEpoch()) {
            return Errors.NONE;
        }
        return currentLeaderEpoch > role.leaderEpoch()
                ? Errors.UNKNOWN_LEADER_EPOCH
                : Errors.FENCED_LEADER_EPOCH;
    }

    /**
     * Deletes records below an offset; −1 means the high watermark.
     *
     * @param answer the new log start, or −1 with the error
     */
    public void deleteRecords(long beforeOffset, DeleteAnswer answer) {
        if (!(role instanceof Leader(int _, int _, int _, WriteAccess access))) {
            Errors error =
                    role instanceof MirrorLeader ? Errors.POLICY_VIOLATION : notLeader().error();
            answer.accept(error, -1);
            return;
        }
        if (access instanceof WriteAccess.Fenced) {
            answer.accept(Errors.POLICY_VIOLATION, -1);
            return;
        }
        long target = beforeOffset == -1 ? highWatermark : beforeOffset;
        ChangeResult result =
                guarded(
                        () -> log.deleteRecordsBefore(target, highWatermark),
                        ChangeResult.Failed::new);
        switch (result) {
            case ChangeResult.Changed(long start, long _) -> answer.accept(Errors.NONE, start);
            case ChangeResult.OutOfRange _ -> answer.accept(Errors.OFFSET_OUT_OF_RANGE, -1);
            case ChangeResult.Failed _ -> answer.accept(Errors.KAFKA_STORAGE_ERROR, -1);
        }
        failWhenLogFailed();
    }

    /** What became of a deletion. */
    @FunctionalInterface
    public interface DeleteAnswer {
        void accept(Errors error, long lowWatermark);
    }

    /** Tells the waiter of news until it is removed. */
    public void addWaiter(FetchWaiter waiter) {
        fetchWaiters.add(waiter);
    }

    public void removeWaiter(FetchWaiter waiter) {
        fetchWaiters.remove(waiter);
    }

    /** Calls the listener on this loop whenever the high watermark or the role has moved. */
    public void onProgress(Consumer<Partition> listener) {
        watermarkListeners.add(listener);
    }

    /** Deletes what retention releases and forgets idle producers; for a timer. */
    public void tidy() {
        guarded(
                () -> {
                    log.expireProducers();
                    if (role instanceof Leader) {
                        log.applyRetention(highWatermark);
                    }
                    return true;
                },
                _ -> false);
        failWhenLogFailed();
    }

    /**
     * Calls the listener with the cause on this loop, once, later, when this partition goes
     * offline. Named right after the partition was made, it also hears that its log has failed
     * before.
     */
    public void onOffline(Consumer<Exception> listener) {
        offlineListener = listener;
    }

    /**
     * Runs a step of this partition; one that throws leaves nobody knows what behind, so it is the
     * last one.
     */
    private <T> T guarded(Supplier<T> step, Function<RuntimeException, T> otherwise) {
        try {
            return step.get();
        } catch (RuntimeException mistake) {
            log.fail(mistake);
            failWhenLogFailed();
            return otherwise.apply(mistake);
        }
    }

    private void wentOffline(Exception cause) {
        failWhenLogFailed();
        offlineListener.accept(cause);
    }

    /** Moves the high watermark as far as it may go; whether it moved. */
    private boolean advanceHighWatermark() {
        long reached =
                log.settings().flush().acknowledgesDurable()
                        ? log.durableOffset()
                        : log.endOffset();
        long next = Math.max(highWatermark, Math.max(reached, log.startOffset()));
        if (role instanceof Idle || next == highWatermark) {
            return false;
        }
        Invariant.check(
                next <= log.endOffset(),
                "high watermark %d is beyond the log end %d",
                next,
                log.endOffset());
        highWatermark = next;
        log.noteHighWatermark(next);
        waitingProduces.advanced(next);
        wakeReaders();
        return true;
    }

    private void wakeReaders() {
        if (!fetchWaiters.isEmpty()) {
            List.copyOf(fetchWaiters).forEach(waiter -> waiter.advanced(this));
        }
        for (Consumer<Partition> listener : watermarkListeners) {
            listener.accept(this);
        }
    }

    private void failWhenLogFailed() {
        if (log.failure().isPresent() && !(role instanceof Idle)) {
            role = new Idle();
            waitingProduces.failAll(Errors.KAFKA_STORAGE_ERROR, OFFLINE);
            wakeReaders();
        }
    }

    private ProduceOutcome notLeader() {
        return log.failure().isPresent()
                ? ProduceOutcome.refused(Errors.KAFKA_STORAGE_ERROR, OFFLINE)
                : ProduceOutcome.refused(Errors.NOT_LEADER_OR_FOLLOWER, "");
    }
}
