package io.tombolo.linker;

import io.tombolo.linker.mirror.FetchedSlice;
import io.tombolo.linker.mirror.MirrorPartition;
import io.tombolo.linker.mirror.PartitionEffect;
import io.tombolo.linker.mirror.PartitionEvent;
import io.tombolo.linker.source.FrameLease;
import io.tombolo.linker.source.LinkTimers;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.LinkStatus.State;
import io.tombolo.region.link.MirrorLog;

import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.OptionalLong;

/**
 * Carries out what one {@link MirrorPartition} wants, and feeds it what comes back. Mutable; owned
 * by the loop of the link.
 */
final class PartitionWorker {

    /** What a worker needs of its link. */
    interface Desk {

        /** Answers with {@code OriginKnown} or {@code SourceFailed}. */
        void askOrigin(PartitionWorker worker, int attempt, int epoch);

        /** Answers with {@code EpochRaised} or {@code EpochNotRaised}. */
        void raiseEpoch(PartitionWorker worker, int atLeast);

        /** Answers with {@code GapRecorded} or {@code GapNotRecorded}. */
        void recordGap(PartitionWorker worker, PartitionEffect.RecordGap gap);

        void refreshSoon();

        /** The worker may want another fetch, or none any more. */
        void changed(PartitionWorker worker);

        void settled(PartitionWorker worker);
    }

    /**
     * What is copied.
     *
     * @param topic its name at the source
     * @param topicId {@link Uuid#ZERO_UUID} when it had none
     * @param start the first offset of the copy, unless the source begins above it
     */
    record Source(String topic, Uuid topicId, long start) {}

    private record Entry(PartitionEvent event, long askedNanos, @Nullable FrameLease lease) {}

    private final LinkScope scope;
    private final Desk desk;
    private final MirrorPartition machine;
    private final Source source;
    private final ArrayDeque<Entry> inbox = new ArrayDeque<>();
    private @Nullable FetchLane lane;
    private LinkTimers.Pending retry;
    private OptionalLong retryAtNanos = OptionalLong.empty();
    private boolean running;
    private boolean pauseWanted;
    private boolean jumpAllowed;
    private boolean abandoned;

    PartitionWorker(LinkPartition id, Source source, LinkScope scope, Desk desk) {
        this.source = source;
        this.scope = scope;
        this.desk = desk;
        this.machine = new MirrorPartition(id, source.start(), scope.safeguards(), scope.rate());
        this.retry = scope.timers().none();
    }

    LinkPartition id() {
        return machine.id();
    }

    MirrorPartition machine() {
        return machine;
    }

    /** The name of the topic that is mirrored, at the source. */
    String sourceTopic() {
        return source.topic();
    }

    /** The id of the topic that is mirrored; {@link Uuid#ZERO_UUID} when it had none. */
    Uuid sourceTopicId() {
        return source.topicId();
    }

    /** When the next attempt is planned, if one is. */
    OptionalLong retryAtNanos() {
        return retryAtNanos;
    }

    /** The connection that fetches for it, if any. */
    @Nullable FetchLane lane() {
        return lane;
    }

    void ride(@Nullable FetchLane changed) {
        lane = changed;
    }

    /** Whether the source was in contact lately, as far as this partition can tell. */
    boolean isAnswered() {
        FetchLane current = lane;
        return machine.fetches() && current != null && current.isAnswering();
    }

    /** Whether it was copied no more, for good, when it was told to stop, or is not now. */
    boolean isGivenUp() {
        return switch (machine.state()) {
            case FAILED -> machine.hasFailedForGood();
            case STOPPING, STOPPED -> machine.trouble().isPresent();
            default -> false;
        };
    }

    /** Tries again at once what would be tried later. */
    void hurry() {
        boolean waits =
                machine.state() == State.SOURCE_UNAVAILABLE || machine.state() == State.FAILED;
        if (waits && retryAtNanos.isPresent()) {
            retry.cancel();
            retryAtNanos = OptionalLong.empty();
            feed(new PartitionEvent.RetryDue(machine.attempt()));
        }
    }

    /** Pauses or resumes; only a change of mind has an effect, and is told. */
    boolean wantPaused(boolean pause) {
        boolean changed = pause != pauseWanted;
        if (changed) {
            pauseWanted = pause;
            feed(pause ? new PartitionEvent.Paused() : new PartitionEvent.Resumed());
        }
        return changed;
    }

    /** Lets it go on behind what the source deleted too early, or not; only a change is told. */
    void allowJump(boolean allow) {
        if (allow != jumpAllowed) {
            jumpAllowed = allow;
            feed(new PartitionEvent.JumpAllowed(allow));
        }
    }

    /** This broker is no longer responsible; answers that are still to come are dropped. */
    void abandon() {
        abandoned = true;
        retry.cancel();
    }

    void feed(PartitionEvent event) {
        feed(event, scope.now(), null);
    }

    /** Feeds what the source answered to a question of that time. */
    void feed(PartitionEvent event, long askedNanos) {
        feed(event, askedNanos, null);
    }

    /**
     * Feeds what a fetch of that time brought; the lease is held for as long as the bytes are used.
     */
    void feed(FetchedSlice slice, long askedNanos, FrameLease lease) {
        feed(new PartitionEvent.SourceAnswered(slice), askedNanos, lease);
    }

    /** A port may answer before its call returns, hence the inbox: one event after the other. */
    private void feed(PartitionEvent event, long askedNanos, @Nullable FrameLease lease) {
        if (abandoned || scope.isClosed()) {
            return;
        }
        if (lease != null) {
            lease.retain();
        }
        inbox.add(new Entry(event, askedNanos, lease));
        if (running) {
            return;
        }
        running = true;
        try {
            for (Entry entry = inbox.poll(); entry != null; entry = inbox.poll()) {
                for (PartitionEffect effect : machine.step(entry.event, entry.askedNanos)) {
                    perform(effect, entry.lease);
                }
                if (entry.lease != null) {
                    entry.lease.release();
                }
            }
        } finally {
            running = false;
        }
        desk.changed(this);
    }

    private void perform(PartitionEffect effect, @Nullable FrameLease lease) {
        switch (effect) {
            case PartitionEffect.ReadPosition _ -> readPosition();
            case PartitionEffect.AskOrigin(int attempt, int epoch) ->
                    desk.askOrigin(this, attempt, epoch);
            case PartitionEffect.RaiseLogStart(long offset) ->
                    scope.host()
                            .mirrorLog()
                            .raiseLogStart(
                                    id(),
                                    offset,
                                    scope.spec().intent().ownershipEpoch(),
                                    answer -> feed(new PartitionEvent.LogStartAnswered(answer)));
            case PartitionEffect.Append append -> append(append, lease);
            case PartitionEffect.AwaitHighWatermark(int leaderEpoch, long offset) ->
                    scope.host()
                            .mirrorLog()
                            .awaitHighWatermark(
                                    id(),
                                    leaderEpoch,
                                    offset,
                                    answer ->
                                            feed(new PartitionEvent.HighWatermarkReached(answer)));
            case PartitionEffect.RaiseEpoch(int atLeast) -> desk.raiseEpoch(this, atLeast);
            case PartitionEffect.RecordGap gap -> desk.recordGap(this, gap);
            case PartitionEffect.RetryAfter(int attempt, int failures) ->
                    retryLater(attempt, failures);
            case PartitionEffect.RefreshMetadata _ -> desk.refreshSoon();
            case PartitionEffect.Settled _ -> desk.settled(this);
        }
    }

    private void readPosition() {
        scope.host()
                .mirrorLog()
                .position(
                        id(),
                        answer -> {
                            switch (answer) {
                                case MirrorLog.Opened(var position) ->
                                        feed(new PartitionEvent.PositionRead(position));
                                case MirrorLog.Failed(var detail) ->
                                        feed(new PartitionEvent.PositionUnavailable(detail));
                            }
                        });
    }

    private void append(PartitionEffect.Append append, @Nullable FrameLease lease) {
        if (lease != null) {
            lease.retain();
        }
        scope.host()
                .mirrorLog()
                .append(
                        new MirrorLog.Append(
                                id(),
                                append.batches(),
                                append.sourceEpoch(),
                                scope.spec().intent().ownershipEpoch(),
                                append.expectedEndOffset(),
                                append.leaderEpoch()),
                        answer -> {
                            if (lease != null) {
                                lease.release();
                            }
                            feed(new PartitionEvent.AppendAnswered(answer));
                        });
    }

    private void retryLater(int attempt, int failures) {
        retry.cancel();
        long delay = scope.backoffNanos(failures);
        retryAtNanos = OptionalLong.of(scope.now() + delay);
        retry =
                scope.timers()
                        .after(
                                delay,
                                () -> {
                                    retryAtNanos = OptionalLong.empty();
                                    feed(new PartitionEvent.RetryDue(attempt));
                                });
    }
}
