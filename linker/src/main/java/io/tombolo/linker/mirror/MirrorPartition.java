package io.tombolo.linker.mirror;

import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.LinkStatus.State;
import io.tombolo.region.link.MirrorLog;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.link.Reason;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One partition that is copied: a pure state machine, event and time in, effects out. Mutable;
 * owned by the loop of its link.
 *
 * <p>Between two states of copying it always re-reads where the local log stands, so that its own
 * idea of the end offset is never trusted after something went wrong. It fetches ahead of its
 * appends (at most {@value #APPENDS_MAX} of them unanswered).
 *
 * <pre>
 * from                event                                  to                  effects
 * PREPARING           Started                                PREPARING           ReadPosition
 * PREPARING           PositionRead                           PREPARING           AskOrigin
 * PREPARING           OriginKnown, no copy, begins above 0   PREPARING           RaiseLogStart
 * PREPARING           OriginKnown, LogStartAnswered          SYNCING
 * PREPARING           OriginKnown, source starts above       FAILED(GAP)
 * PREPARING           the same, may jump                     PREPARING           RecordGap
 * PREPARING           GapRecorded                            PREPARING           RaiseLogStart
 * PREPARING           LogStartAnswered, gap not jumped yet   PREPARING           ReadPosition
 * PREPARING           OriginKnown, epoch or end missing      FAILED(SOURCE_TRUNCATED)
 * SYNCING, ACTIVE     SourceAnswered with batches            same                Append
 * SYNCING             lag at most ACTIVE_RECORDS             ACTIVE
 * ACTIVE              lag above SYNCING_RECORDS              SYNCING
 * SYNCING, ACTIVE     batch of an epoch above the local one  EPOCH_FENCING       RaiseEpoch
 * EPOCH_FENCING       EpochRaised                            PREPARING           ReadPosition
 * SYNCING, ACTIVE     SourceDiverged                         FAILED(SOURCE_TRUNCATED)
 * SYNCING, ACTIVE     another batch where the copy ends      FAILED(SOURCE_TRUNCATED)
 * SYNCING, ACTIVE     OffsetOutOfRange                       PREPARING           ReadPosition
 * SYNCING, ACTIVE     source log start above the position    FAILED(GAP)
 * SYNCING, ACTIVE     the same, may jump                     PREPARING           ReadPosition
 * SYNCING, ACTIVE     source log start above the local one   same                RaiseLogStart
 * SYNCING, ACTIVE     broken bytes, BROKEN_MAX times         FAILED(reason)
 * SYNCING, ACTIVE     batch of an epoch above EPOCH_MAX      FAILED(LIMIT_REACHED)
 * copying             AppendAnswered OutOfOrder, Failed      PREPARING           RetryAfter
 * copying             AppendAnswered Refused, StaleOwnership FAILED
 * any but the last 4  SourceFailed                           SOURCE_UNAVAILABLE  RetryAfter, RefreshMetadata
 * any but the last 4  SourceFailed with SOURCE_DENIED        FAILED, tried again RetryAfter, RefreshMetadata
 * either of these     RetryDue, then as PREPARING            the same            ReadPosition
 * any but the last 3  TopicLost                              FAILED(reason)
 * FAILED(SOURCE_DELETED) TopicFound                          PREPARING           ReadPosition
 * FAILED(SOURCE_RECREATED) TopicFound by its id              PREPARING           ReadPosition
 * FAILED(GAP)         JumpAllowed                            PREPARING           ReadPosition
 * any but the last 3  Paused                                 PAUSED
 * PAUSED              MeasureDue                             PAUSED              AskOrigin, ReadPosition if unknown
 * PAUSED, FAILED      Resumed                                PREPARING           ReadPosition
 * any                 high watermark below the end         same                AwaitHighWatermark
 * any                 Stopped                                STOPPING            ReadPosition
 * STOPPING            PositionRead, all below high watermark STOPPED             Settled
 * (the last 4: PAUSED, FAILED, STOPPING, STOPPED; a failed partition that is stopped keeps its reason)
 * </pre>
 */
public final class MirrorPartition {

    public static final int APPENDS_MAX = 2;
    public static final int BROKEN_MAX = 3;
    public static final int EPOCH_SLACK = 16;

    public static final long ACTIVE_RECORDS = 100;
    public static final long SYNCING_RECORDS = 100_000;

    private final LinkPartition id;
    private final CopyStart start;
    private final Set<Safeguard> safeguards;
    private final SourceJudge judge;
    private final LagMeter meter;

    private State state = State.PREPARING;
    private Step step = Step.NOTHING;
    private int attempt;
    private int failures;
    private int brokenCount;
    private Optional<Reason> trouble = Optional.empty();

    private final LocalLog log;
    private final FetchAhead ahead;

    /**
     * @param start the first offset of the copy, unless the source begins above it
     * @param rate counts what the source takes, for all partitions of the link together
     */
    public MirrorPartition(
            LinkPartition id, long start, Set<Safeguard> safeguards, SourceRate rate) {
        this.id = id;
        this.start = new CopyStart(safeguards.contains(Safeguard.START) ? start : 0);
        this.safeguards = safeguards;
        this.meter = new LagMeter(rate);
        this.log = new LocalLog(meter);
        this.ahead = new FetchAhead(safeguards.contains(Safeguard.HISTORY));
        this.judge = new SourceJudge(safeguards);
    }

    /**
     * Feeds one event. Performs no I/O: the shell carries the effects out, in order.
     *
     * @param askedNanos of an answer of the source: when it was asked, which is at least how old
     *     the answer is; of everything else: now
     */
    public List<PartitionEffect> step(PartitionEvent event, long askedNanos) {
        List<PartitionEffect> effects = decide(event, askedNanos);
        return isOver() ? effects : log.withAwaited(effects);
    }

    private List<PartitionEffect> decide(PartitionEvent event, long askedNanos) {
        return switch (event) {
            case PartitionEvent.Started _ -> prepare();
            case PartitionEvent.PositionRead(var position) -> positionRead(position);
            case PartitionEvent.PositionUnavailable(var detail) -> positionUnavailable(detail);
            case PartitionEvent.OriginKnown(int number, var origin) ->
                    number == attempt ? originKnown(origin, askedNanos) : List.of();
            case PartitionEvent.SourceAnswered(var slice) -> sourceAnswered(slice, askedNanos);
            case PartitionEvent.SourceDiverged(long asked, int epoch, long end) ->
                    sourceDiverged(asked, epoch, end);
            case PartitionEvent.OffsetOutOfRange(long asked) ->
                    fetches() && asked == ahead.fetchOffset()
                            ? again(judge.outOfRange(asked))
                            : List.of();
            case PartitionEvent.SourceFailed(var reason) -> sourceFailed(reason);
            case PartitionEvent.AppendAnswered(var answer) -> appendAnswered(answer);
            case PartitionEvent.HighWatermarkReached(var answer) -> watermarkReached(answer);
            case PartitionEvent.LogStartAnswered(var answer) -> logStartAnswered(answer);
            case PartitionEvent.EpochRaised _ -> state == State.EPOCH_FENCING ? again() : List.of();
            case PartitionEvent.EpochNotRaised(var detail) -> epochNotRaised(detail);
            case PartitionEvent.JumpAllowed(var allowed) -> mayJump(allowed);
            case PartitionEvent.GapRecorded(int number) ->
                    number == attempt && step == Step.GAP ? jump() : List.of();
            case PartitionEvent.GapNotRecorded(int number, var detail) ->
                    number == attempt && step == Step.GAP
                            ? delay(new Reason(Reason.Code.LOCAL_UNAVAILABLE, detail))
                            : List.of();
            case PartitionEvent.TopicLost(var reason) -> isOver() ? List.of() : fail(reason);
            case PartitionEvent.TopicFound(boolean byId) -> topicFound(byId);
            case PartitionEvent.Paused _ -> pause();
            case PartitionEvent.Resumed _ -> resume();
            case PartitionEvent.MeasureDue _ -> measure();
            case PartitionEvent.RetryDue(int number) -> number == attempt ? retry() : List.of();
            case PartitionEvent.Stopped _ -> stop();
        };
    }

    // --- what the shell and the status read

    public LinkPartition id() {
        return id;
    }

    public State state() {
        return state;
    }

    public Optional<Reason> trouble() {
        return trouble;
    }

    /** The number of the attempt under way, which makes late answers recognisable. */
    public int attempt() {
        return attempt;
    }

    public int failures() {
        return failures;
    }

    public LagMeter meter() {
        return meter;
    }

    /** The local log as far as answers have come; −1 everywhere before the first. */
    public MirrorLog.Position local() {
        return log.position();
    }

    /** The first offset the source has, −1 before it said so. */
    public long sourceLogStart() {
        return start.sourceLogStart();
    }

    /** Whether the next fetch should ask for this partition. */
    public boolean wantsFetch() {
        return fetches() && ahead.pending() < APPENDS_MAX;
    }

    /** The next offset to ask for. */
    public long nextFetchOffset() {
        return ahead.fetchOffset();
    }

    /** The leader epoch of the record before it, −1 when there is none. */
    public int nextFetchEpoch() {
        return ahead.epoch();
    }

    /** What the answer to a fetch has to fit. */
    public BatchCheck.Expectation expectation(long asked, int lastEpoch) {
        return ahead.expectation(asked, lastEpoch, local());
    }

    /** Whether it is being copied, up to appends that are not answered yet. */
    public boolean fetches() {
        return state == State.SYNCING || state == State.ACTIVE;
    }

    /** Whether it is not tried again: rights can be given back, other failures do not pass. */
    public boolean hasFailedForGood() {
        return state == State.FAILED && trouble.filter(Reason::denied).isEmpty();
    }

    // --- preparing

    private List<PartitionEffect> topicFound(boolean byId) {
        boolean back =
                hasFailedWith(Reason.Code.SOURCE_DELETED)
                        || byId && hasFailedWith(Reason.Code.SOURCE_RECREATED);
        return back ? again() : List.of();
    }

    private List<PartitionEffect> again() {
        state = State.PREPARING;
        return prepare();
    }

    /** Finds out afresh where both ends stand, once nothing is in flight. */
    private List<PartitionEffect> prepare() {
        attempt++;
        if (!isQuiet()) {
            step = Step.APPENDS;
            return List.of();
        }
        step = Step.POSITION;
        return List.of(new PartitionEffect.ReadPosition());
    }

    private List<PartitionEffect> positionRead(MirrorLog.Position position) {
        if (state == State.STOPPING) {
            return settle(position);
        }
        if (state == State.PAUSED && ahead.pending() == 0) {
            log.adopt(position);
        }
        if (step != Step.POSITION) {
            return List.of();
        }
        log.adopt(position);
        step = Step.ORIGIN;
        return List.of(
                new PartitionEffect.AskOrigin(
                        attempt, position.empty() ? -1 : position.lastEpoch()));
    }

    private List<PartitionEffect> positionUnavailable(String detail) {
        if (state == State.STOPPING) {
            return List.of(new PartitionEffect.RetryAfter(++attempt, 1));
        }
        return step == Step.POSITION
                ? delay(new Reason(Reason.Code.LOCAL_UNAVAILABLE, detail))
                : List.of();
    }

    private List<PartitionEffect> originKnown(Origin origin, long askedNanos) {
        if (state != State.PAUSED && step != Step.ORIGIN) {
            return List.of();
        }
        start.known(origin.logStartOffset());
        meter.heard(origin.highWatermark(), askedNanos);
        if (state == State.PAUSED) {
            return List.of();
        }
        if (local().endOffset() == 0 && start.first() > 0) {
            step = Step.LOG_START;
            return start.raise(start.first());
        }
        Optional<MirrorTopic.Gap> gap = start.ahead(local());
        if (gap.isPresent()) {
            step = Step.GAP;
            return safeguards.contains(Safeguard.JUMP)
                    ? List.of(new PartitionEffect.RecordGap(attempt, gap.get()))
                    : jump();
        }
        Optional<Reason> obstacle = judge.obstacle(origin, local());
        return obstacle.isPresent() ? fail(obstacle.get()) : copy();
    }

    private List<PartitionEffect> jump() {
        step = Step.LOG_START;
        return start.jump(local());
    }

    private List<PartitionEffect> mayJump(boolean allowed) {
        start.mayJump(allowed);
        return allowed && hasFailedWith(Reason.Code.GAP) ? again() : List.of();
    }

    private List<PartitionEffect> copy() {
        state = State.SYNCING;
        step = Step.NOTHING;
        trouble = Optional.empty();
        ahead.continueFrom(local(), start.sourceLogStart());
        becomeActiveOrNot();
        return followLogStart();
    }

    // --- copying

    private List<PartitionEffect> sourceAnswered(FetchedSlice slice, long askedNanos) {
        boolean current =
                slice.fetchOffset() == ahead.fetchOffset()
                        || !safeguards.contains(Safeguard.DUPLICATES);
        if (!fetches() || !current) {
            return List.of();
        }
        failures = 0;
        meter.heard(slice.highWatermark(), askedNanos);
        start.heard(slice.logStartOffset());
        Optional<Reason> gap = judge.gap(slice.logStartOffset(), ahead.offset());
        if (gap.isPresent()) {
            return start.ahead(local()).isPresent() ? again() : fail(gap.get());
        }
        return switch (slice.batches()) {
            case CheckedBatches.Nothing(boolean known) -> {
                ahead.heardLastBatch(known);
                yield afterProgress();
            }
            case CheckedBatches.Foreign _ ->
                    sourceIsOther("it has another batch before offset " + ahead.offset());
            case CheckedBatches.Broken(var reason) -> broken(reason);
            case CheckedBatches.Batches batches -> append(batches);
        };
    }

    private List<PartitionEffect> append(CheckedBatches.Batches batches) {
        brokenCount = 0;
        if (batches.lastEpoch() > SourceJudge.EPOCH_MAX) {
            return fail(judge.beyondLimit(batches.lastEpoch()));
        }
        if (batches.lastEpoch() > local().leaderEpoch() && safeguards.contains(Safeguard.EPOCH)) {
            return fenceEpoch(batches.lastEpoch());
        }
        meter.copied(
                batches.offsetCount(), batches.batches().remaining(), batches.maxTimestampMs());
        return List.of(ahead.append(batches, local().leaderEpoch()));
    }

    private List<PartitionEffect> fenceEpoch(int sourceEpoch) {
        state = State.EPOCH_FENCING;
        step = Step.NOTHING;
        attempt++;
        return List.of(new PartitionEffect.RaiseEpoch(sourceEpoch + EPOCH_SLACK));
    }

    private List<PartitionEffect> epochNotRaised(String detail) {
        return state == State.EPOCH_FENCING
                ? again(new Reason(Reason.Code.LOCAL_UNAVAILABLE, detail))
                : List.of();
    }

    private List<PartitionEffect> broken(Reason reason) {
        return ++brokenCount >= BROKEN_MAX ? fail(reason) : again(reason);
    }

    private List<PartitionEffect> sourceDiverged(long asked, int epoch, long endOffset) {
        return fetches() && asked == ahead.fetchOffset()
                ? sourceIsOther("its leader epoch " + epoch + " ends at " + endOffset)
                : List.of();
    }

    private List<PartitionEffect> sourceIsOther(String seen) {
        return judge.truncated(seen, local()).map(this::fail).orElse(List.of());
    }

    private List<PartitionEffect> appendAnswered(MirrorLog.AppendAnswer answer) {
        ahead.answered();
        return switch (answer) {
            case MirrorLog.Appended(long end, long highWatermark) -> {
                reached(end, highWatermark);
                yield afterAnswer();
            }
            case MirrorLog.OutOfOrder(long end) ->
                    unfit(
                            Reason.Code.OUT_OF_ORDER,
                            "the local log ends at " + end + ", not as expected");
            case MirrorLog.EpochFenced(int epoch) ->
                    fetches() ? fenceEpoch(Math.max(ahead.epoch(), epoch)) : afterAnswer();
            case MirrorLog.StaleOwnership(long epoch) -> stale(epoch);
            case MirrorLog.Refused(var detail) -> refused(Reason.Code.LOCAL_REFUSED, detail);
            case MirrorLog.Failed(var detail) -> unfit(Reason.Code.LOCAL_UNAVAILABLE, detail);
        };
    }

    /**
     * What the followers here have by now cannot be lost with this leader. Under another leadership
     * the log may have been cut, so its position is read again; when it is another broker's, this
     * one will be told.
     */
    private List<PartitionEffect> watermarkReached(MirrorLog.PositionAnswer answer) {
        if (!(answer instanceof MirrorLog.Opened(var position))) {
            return List.of();
        }
        if (position.leaderEpoch() != local().leaderEpoch()) {
            return fetches() ? again() : List.of();
        }
        log.safeUpTo(position.highWatermark());
        return afterProgress();
    }

    private List<PartitionEffect> logStartAnswered(MirrorLog.AppendAnswer answer) {
        start.answered();
        return switch (answer) {
            case MirrorLog.Appended(long end, long highWatermark) -> {
                boolean first = step == Step.LOG_START; // of an empty log: it begins where it ends
                reached(end, highWatermark);
                log.startsAt(first ? end : start.followed(local()));
                if (first) {
                    yield start.ahead(local()).isPresent() ? again() : copy();
                }
                yield afterAnswer();
            }
            case MirrorLog.StaleOwnership(long epoch) -> stale(epoch);
            case MirrorLog.OutOfOrder _, MirrorLog.EpochFenced _ ->
                    unfit(Reason.Code.LOCAL_UNAVAILABLE, "the log start did not move");
            case MirrorLog.Refused(var detail) -> unfit(Reason.Code.LOCAL_REFUSED, detail);
            case MirrorLog.Failed(var detail) -> unfit(Reason.Code.LOCAL_UNAVAILABLE, detail);
        };
    }

    /** The local log did not take it: look where it stands, a little later. */
    private List<PartitionEffect> unfit(Reason.Code code, String detail) {
        return fetches() || step == Step.LOG_START
                ? again(new Reason(code, detail))
                : afterAnswer();
    }

    private List<PartitionEffect> stale(long epoch) {
        return refused(Reason.Code.OWNERSHIP_STALE, "this region knows ownership epoch " + epoch);
    }

    private List<PartitionEffect> refused(Reason.Code code, String detail) {
        return isOver() || hasFailedForGood() ? afterAnswer() : fail(new Reason(code, detail));
    }

    /** Goes on with what waited for the answer of an append. */
    private List<PartitionEffect> afterAnswer() {
        if (!isQuiet()) {
            return List.of();
        }
        if (state == State.STOPPING) {
            return List.of(new PartitionEffect.ReadPosition());
        }
        return step == Step.APPENDS ? prepare() : afterProgress();
    }

    private List<PartitionEffect> afterProgress() {
        if (!fetches()) {
            return List.of();
        }
        becomeActiveOrNot();
        return followLogStart();
    }

    private void becomeActiveOrNot() {
        if (meter.records() <= ACTIVE_RECORDS) {
            state = State.ACTIVE;
        } else if (meter.records() > SYNCING_RECORDS) {
            state = State.SYNCING;
        }
    }

    private List<PartitionEffect> followLogStart() {
        return ahead.pending() > 0 ? List.of() : start.follow(local());
    }

    /** Whether the local log owes no answer. */
    private boolean isQuiet() {
        return ahead.pending() == 0 && !start.isPending();
    }

    // --- trouble

    private List<PartitionEffect> sourceFailed(Reason reason) {
        if (isOver() || hasFailedForGood() || state == State.PAUSED) {
            return List.of();
        }
        step = Step.DELAY;
        trouble = Optional.of(reason);
        state = reason.denied() ? State.FAILED : State.SOURCE_UNAVAILABLE;
        return List.of(
                new PartitionEffect.RetryAfter(++attempt, ++failures),
                new PartitionEffect.RefreshMetadata());
    }

    private List<PartitionEffect> again(Reason reason) {
        state = State.PREPARING;
        return delay(reason);
    }

    private List<PartitionEffect> delay(Reason reason) {
        step = Step.DELAY;
        trouble = Optional.of(reason);
        return List.of(new PartitionEffect.RetryAfter(++attempt, ++failures));
    }

    private List<PartitionEffect> retry() {
        if (state == State.STOPPING) {
            return isQuiet() ? List.of(new PartitionEffect.ReadPosition()) : List.of();
        }
        return step == Step.DELAY ? prepare() : List.of();
    }

    private List<PartitionEffect> fail(Reason reason) {
        state = State.FAILED;
        step = Step.NOTHING;
        attempt++;
        trouble = Optional.of(reason);
        return List.of();
    }

    // --- orders

    private List<PartitionEffect> pause() {
        if (isOver() || hasFailedForGood() || state == State.PAUSED) {
            return List.of();
        }
        state = State.PAUSED;
        step = Step.NOTHING;
        trouble = Optional.empty();
        return List.of(
                new PartitionEffect.ReadPosition(), new PartitionEffect.AskOrigin(++attempt, -1));
    }

    private List<PartitionEffect> measure() {
        if (state != State.PAUSED) {
            return List.of();
        }
        var origin = new PartitionEffect.AskOrigin(++attempt, -1);
        // Who was paused before this broker led the partition has not read where its log stands.
        return local().endOffset() < 0
                ? List.of(new PartitionEffect.ReadPosition(), origin)
                : List.of(origin);
    }

    private List<PartitionEffect> resume() {
        if (state != State.PAUSED && state != State.FAILED) {
            return List.of();
        }
        failures = 0;
        brokenCount = 0;
        trouble = Optional.empty();
        return again();
    }

    private List<PartitionEffect> stop() {
        if (isOver() || !safeguards.contains(Safeguard.STOP)) {
            return List.of();
        }
        if (!hasFailedForGood()) {
            trouble = Optional.empty(); // the source does not matter any more
        }
        state = State.STOPPING;
        step = Step.NOTHING;
        attempt++;
        return isQuiet() ? List.of(new PartitionEffect.ReadPosition()) : List.of();
    }

    private List<PartitionEffect> settle(MirrorLog.Position position) {
        if (!isQuiet()) {
            return List.of();
        }
        log.adopt(position);
        if (position.highWatermark() < position.endOffset()) {
            return List.of(new PartitionEffect.RetryAfter(++attempt, 1));
        }
        state = State.STOPPED;
        return List.of(new PartitionEffect.Settled());
    }

    // --- small parts

    private boolean isOver() {
        return state == State.STOPPING || state == State.STOPPED;
    }

    private boolean hasFailedWith(Reason.Code code) {
        return state == State.FAILED && trouble.filter(reason -> reason.code() == code).isPresent();
    }

    private void reached(long end, long highWatermark) {
        int lastEpoch = ahead.pending() == 0 && fetches() ? ahead.epoch() : local().lastEpoch();
        log.reached(end, highWatermark, lastEpoch);
    }
}
