package io.tombolo.replication;

import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Invariant;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.replication.Role.Follower;
import io.tombolo.replication.Role.Idle;
import io.tombolo.replication.Role.Leader;
import io.tombolo.replication.Role.MirrorLeader;
import io.tombolo.replication.follower.FetchPosition;
import io.tombolo.replication.follower.FollowedLog;
import io.tombolo.replication.follower.FollowerOutcome;
import io.tombolo.replication.follower.LeaderAnswer;
import io.tombolo.replication.follower.TruncationRule;
import io.tombolo.replication.leader.Beginning;
import io.tombolo.replication.leader.LeaderReplicas;
import io.tombolo.replication.leader.Leadership;
import io.tombolo.replication.leader.Peers;
import io.tombolo.replication.leader.SafetyRules;
import io.tombolo.replication.transaction.TransactionAdmission;
import io.tombolo.replication.transaction.TransactionMarker;
import io.tombolo.storage.log.EpochEnd;
import io.tombolo.storage.log.LogDamage;
import io.tombolo.storage.log.PartitionLog;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.protocol.Errors;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * One partition on this broker: mutable, confined to the event loop that owns it.
 *
 * <p>Invariants, checked on every move: log start ≤ high watermark ≤ log end; the high watermark
 * goes back only when a follower truncates below it, and never while this broker leads; the epoch
 * of a leader is never below the last epoch in the log. Roles and their transitions are in {@link
 * Role}; a leadership is a {@link LeaderSide}, the log of a follower a {@link FollowedLog}.
 *
 * <p>A fault of the disk, a broken invariant or anything else that an operation throws takes this
 * partition offline, and no other: it answers KAFKA_STORAGE_ERROR until another one takes its
 * place, whose log was opened anew. A full disk is no fault while nobody else could lead: records
 * are refused, and those that are there are read.
 */
public final class Partition {

    private final PartitionState state;
    private final PartitionLog log;
    private final BoundedReads reads;
    private final ProduceSide produceSide;
    private final MirrorSide mirrorSide;
    private final FollowerSide followerSide;
    private final DeleteSide deleteSide;
    private final FollowedLog followed;
    private final Surroundings surroundings;
    private final Rules rules;

    /** What a partition runs on. */
    public record Surroundings(EventLoop loop, Clock clock, Peers peers) {}

    /**
     * The rules of safety; other than {@link #STANDARD} only in tests of the tests.
     *
     * @param beginsEpoch whether a leadership begins its own epoch in the log. That of a mirror
     *     does not: its records are of the epochs of their source
     */
    record Rules(SafetyRules leading, TruncationRule following, Predicate<Role> beginsEpoch) {

        static final Rules STANDARD =
                new Rules(
                        SafetyRules.STANDARD,
                        TruncationRule.BY_EPOCH,
                        role -> role instanceof Leader);
    }

    /**
     * Records that a follower had and its leader lacks, and that may have been acknowledged: some
     * lay below the high watermark that was known here, or a leader was elected uncleanly after
     * they were written. The second alone tells of them after a kill, which leaves an old high
     * watermark. What a leader that had all that is committed does not have is nothing lost.
     *
     * @param fromOffset the first one
     * @param toOffset after the last one
     * @param committedToOffset those below surely were committed; between the other two offsets
     */
    public record Discarded(long fromOffset, long toOffset, long committedToOffset) {}

    /** A partition of a broker that has no others beside it. */
    public Partition(
            TopicIdPartition id,
            PartitionLog log,
            PartitionSettings settings,
            EventLoop loop,
            Clock clock) {
        this(id, log, settings, new Surroundings(loop, clock, Peers.NONE));
    }

    public Partition(
            TopicIdPartition id,
            PartitionLog log,
            PartitionSettings settings,
            Surroundings surroundings) {
        this(id, log, settings, surroundings, Rules.STANDARD);
    }

    Partition(
            TopicIdPartition id,
            PartitionLog log,
            PartitionSettings settings,
            Surroundings surroundings,
            Rules rules) {
        this.log = log;
        this.surroundings = surroundings;
        this.rules = rules;
        this.state =
                new PartitionState(
                        this, id, log, settings, new Acknowledgements(log, surroundings.loop()));
        this.reads = new BoundedReads(log);
        this.followed = new FollowedLog(log, rules.following());
        this.produceSide = new ProduceSide(state, surroundings.clock());
        this.mirrorSide = new MirrorSide(state);
        this.followerSide = new FollowerSide(state, followed);
        this.deleteSide = new DeleteSide(state, surroundings.loop(), surroundings.clock());
        state.onLeadershipEnd(deleteSide::failAll);
        state.listen();
    }

    public TopicIdPartition id() {
        return state.id;
    }

    public Role role() {
        return state.role;
    }

    /** The log below; for reading its figures, never for writing. */
    public PartitionLog log() {
        return state.log;
    }

    /** The leader of which is known here: this broker or another one. */
    public LeaderHint leader() {
        return state.leader();
    }

    /**
     * What the controller committed last as far as this leader knows, maybe newer than its role.
     */
    public Optional<Leadership> leadership() {
        return Optional.ofNullable(state.leaderSide).map(LeaderSide::state);
    }

    /** Whom the high watermark waits for; empty when this broker does not lead. */
    public Optional<BrokerIds> maximalIsr() {
        return Optional.ofNullable(state.leaderSide).map(LeaderSide::maximalIsr);
    }

    public long highWatermark() {
        return state.highWatermark();
    }

    public long lastStableOffset() {
        return log.lastStableOffset(state.highWatermark());
    }

    /** Takes new topic settings from the next request on; also called after the log's changed. */
    public void changeSettings(PartitionSettings changed) {
        state.settings = changed;
        state.guarded(state::reconsider, _ -> false);
    }

    /**
     * Takes a role. Whoever waits under the old one is answered now, unless this broker goes on
     * leading in the same epoch.
     */
    public void become(Role next) {
        if (log.failure().isPresent()) {
            state.failWhenLogFailed();
            return;
        }
        state.guarded(() -> take(next), _ -> false);
    }

    private boolean take(Role wanted) {
        Role next = believed(wanted);
        checkEpochOf(next);
        LeaderSide leading = state.leaderSide;
        boolean goesOn =
                leading != null
                        && next.leading().isPresent()
                        && next.leaderEpoch() == state.role.leaderEpoch();
        state.role = keepingOwnership(next);
        if (!goesOn) {
            produceSide.forgetVerifications();
            state.endLeadership(
                    Errors.NOT_LEADER_OR_FOLLOWER,
                    "the leader of " + state.id.topicPartition() + " changed");
        }
        if (next instanceof Follower) {
            followed.begin();
        }
        next.leading()
                .ifPresent(leadership -> {
                    if (leading != null && goesOn) {
                        leading.adopt(leadership);
                    } else {
                        beginLeadership(next, leadership);
                    }
                });
        if (!state.reconsider()) {
            state.readers.moved(this);
        }
        state.giveUpDamaged();
        state.failWhenLogFailed();
        return true;
    }

    /** An image that is older than the log says nothing of whom to follow. */
    private Role believed(Role wanted) {
        return wanted instanceof Follower
                        && wanted.leaderEpoch() < log.latestEpoch().orElse(-1)
                        && wanted.leaderEpoch() >= state.role.leaderEpoch()
                ? new Idle()
                : wanted;
    }

    private void beginLeadership(Role next, Leadership leadership) {
        var replicas =
                new LeaderReplicas(
                        leadership,
                        surroundings.peers(),
                        rules.leading(),
                        Beginning.of(log, next.leaderEpoch(), highWatermark()),
                        surroundings.clock().nanoTime());
        state.leaderSide = new LeaderSide(state.id, replicas, surroundings, state);
        if (rules.beginsEpoch().test(next)) {
            log.beginEpoch(next.leaderEpoch());
        }
    }

    private void checkEpochOf(Role next) {
        if (next instanceof Idle) {
            return;
        }
        int latest = Math.max(state.role.leaderEpoch(), log.latestEpoch().orElse(-1));
        Invariant.check(
                next.leaderEpoch() >= latest,
                "leader epoch %d comes after epoch %d",
                next.leaderEpoch(),
                latest);
    }

    /** An ownership epoch that was seen here stays in force, however old the image is. */
    private Role keepingOwnership(Role next) {
        return state.role instanceof MirrorLeader before
                        && next instanceof MirrorLeader after
                        && after.ownershipEpoch() < before.ownershipEpoch()
                ? after.under(before.ownershipEpoch())
                : next;
    }

    /**
     * Appends a client's batches.
     *
     * @param answer called once: at once, or when the acknowledgement that was asked for is there
     */
    public void produce(Produce request, Consumer<ProduceOutcome> answer) {
        produceSide.produce(request, answer);
    }

    /**
     * Which transactions may begin here. What belongs to one is only taken by {@link #produce} with
     * what {@link TransactionAdmission#begin} gave; when that is to be asked, the coordinator has
     * to confirm, after that call, that the partition is part of the producer's transaction.
     */
    public TransactionAdmission admission() {
        return produceSide.admission();
    }

    /**
     * Ends a producer's transaction in this partition. Refused with INVALID_PRODUCER_EPOCH when
     * that is done or out of date, with TRANSACTION_COORDINATOR_FENCED when a later coordinator has
     * been heard.
     *
     * @param timeoutNanos how long to wait for the replicas in sync
     * @param answer called once; the base offset is the marker's
     */
    public void mark(TransactionMarker marker, long timeoutNanos, Consumer<ProduceOutcome> answer) {
        produceSide.mark(marker, timeoutNanos, answer);
    }

    /** To be called now and then while the controller is silent: another may lead meanwhile. */
    public void doubtLeadership() {
        state.doubtLeadership();
    }

    /**
     * Appends batches that this broker made itself (coordinators), whose order and content are its
     * own. They end at the log end when this returns NONE, and are committed when the high
     * watermark passes it. NOT_ENOUGH_REPLICAS means that nothing was appended.
     */
    public Errors appendOwn(ByteBuffer batches) {
        return produceSide.appendOwn(batches);
    }

    /**
     * Appends batches of a link as they are.
     *
     * @param leaderEpoch of the leadership that the link found the log in: under another one, the
     *     same end does not mean the same records
     * @param expectedEndOffset the log end that the link counts on, and the offset it fetched from
     */
    public MirrorAppendOutcome appendAsMirrorLeader(
            ByteBuffer batches, int leaderEpoch, long ownershipEpoch, long expectedEndOffset) {
        return leaderEpoch == state.role.leaderEpoch()
                ? mirrorSide.append(batches, ownershipEpoch, expectedEndOffset)
                : new MirrorAppendOutcome.Unavailable(
                        "leadership %d of %s is over"
                                .formatted(leaderEpoch, state.id.topicPartition()));
    }

    /** Raises the log start of a mirror to its source's; on an empty log the end moves with it. */
    public MirrorAppendOutcome raiseMirrorStart(long startOffset, long ownershipEpoch) {
        return mirrorSide.raiseStart(startOffset, ownershipEpoch);
    }

    /** Reads for a consumer: nothing at or above the high watermark, or the last stable offset. */
    public FetchOutcome read(FetchRead wish) {
        Errors refusal = checkEpoch(wish.currentLeaderEpoch());
        return refusal == Errors.NONE ? readBelowWatermark(wish) : refused(refusal);
    }

    /**
     * Reads for a consumer that may read from any replica (KIP-392): as {@link #read}, and from a
     * follower up to the high watermark that it knows. A leader that is far from the reader sends
     * it to a follower that is close, if one has what is wanted.
     *
     * @param close which brokers are close to the reader
     */
    public FetchOutcome readFromAnyReplica(FetchRead wish, IntPredicate close) {
        if (!(state.role instanceof Follower follower)) {
            return closer(wish, close)
                    .<FetchOutcome>map(
                            id -> new FetchOutcome.Closer(id, reads.bounds(highWatermark())))
                    .orElseGet(() -> read(wish));
        }
        Errors refusal = compareEpochs(wish.currentLeaderEpoch(), follower.leaderEpoch());
        return refusal == Errors.NONE ? readBelowWatermark(wish) : refused(refusal);
    }

    private Optional<Integer> closer(FetchRead wish, IntPredicate close) {
        LeaderSide leading = state.leaderSide;
        return leading != null && checkEpoch(wish.currentLeaderEpoch()) == Errors.NONE
                ? leading.closer(wish.fetchOffset(), close)
                : Optional.empty();
    }

    private FetchOutcome readBelowWatermark(FetchRead wish) {
        return reading(() -> reads.read(wish, state.highWatermark()));
    }

    private FetchOutcome reading(Supplier<FetchOutcome> step) {
        FetchOutcome outcome =
                state.guarded(step, _ -> new FetchOutcome.Refused(Errors.KAFKA_STORAGE_ERROR));
        state.failWhenLogFailed();
        return outcome;
    }

    private FetchOutcome refused(Errors error) {
        boolean elsewhere =
                error == Errors.NOT_LEADER_OR_FOLLOWER || error == Errors.FENCED_LEADER_EPOCH;
        return new FetchOutcome.Refused(error, elsewhere ? leader() : LeaderHint.NONE);
    }

    /**
     * Reads for a follower, up to the log end, and notes that it has everything below its offset,
     * unless its last record is not in this log: then it hears where they diverge.
     *
     * <p>Refused are a broker that has no replica (UNKNOWN_LEADER_EPOCH when it follows this epoch,
     * for then this leader may be the one to learn) and an incarnation that has been replaced
     * (NOT_LEADER_OR_FOLLOWER).
     */
    public FetchOutcome readAsReplica(ReplicaRead wish) {
        return readAsReplica(wish, true);
    }

    /**
     * Reads again for a follower that still waits for the answer to the same wish: it may have died
     * meanwhile, so that nothing new is known of it.
     */
    public FetchOutcome readAgainAsReplica(ReplicaRead wish) {
        return readAsReplica(wish, false);
    }

    private FetchOutcome readAsReplica(ReplicaRead wish, boolean heard) {
        state.failWhenLogFailed(); // a log that has been closed acknowledges nothing more
        Errors refusal = checkEpoch(wish.currentLeaderEpoch());
        LeaderSide leading = state.leaderSide;
        if (refusal != Errors.NONE || leading == null) {
            return refused(refusal);
        }
        if (!leading.follows(wish.replicaId())) {
            return refused(
                    wish.currentLeaderEpoch() < 0
                            ? Errors.NOT_LEADER_OR_FOLLOWER
                            : Errors.UNKNOWN_LEADER_EPOCH);
        }
        if (!leading.current(wish)) {
            return refused(Errors.NOT_LEADER_OR_FOLLOWER);
        }
        state.asked(wish.fetchOffset());
        return reading(() -> readAsReplica(leading, wish, heard));
    }

    private FetchOutcome readAsReplica(LeaderSide leading, ReplicaRead wish, boolean heard) {
        Optional<FetchOutcome> disagreement = reads.disagreement(wish, state.highWatermark());
        if (heard && (disagreement.isEmpty() || leading.countsDiverging())) {
            leading.fetched(wish, log.endOffset());
            state.advanceHighWatermark();
            leading.expandFor(wish.replicaId());
            deleteSide.reconsider();
        }
        return disagreement.orElseGet(() -> leading.lend(reads, wish, state.highWatermark()));
    }

    /**
     * Whether a replica that fetched from an offset needs no further look until a {@link
     * FetchWaiter} hears of news: it is in sync, has all of the log, and all that depends on it was
     * done.
     */
    public boolean settled(int replicaId, long fetchOffset) {
        LeaderSide leading = state.leaderSide;
        return leading != null && leading.settled(replicaId, fetchOffset, log.endOffset());
    }

    /** A replica's session goes on without this partition; it may come back to it. */
    public void replicaLeft(int replicaId) {
        LeaderSide leading = state.leaderSide;
        if (leading != null) {
            leading.left(replicaId);
        }
    }

    /** What this leader had when it became one; empty when this broker does not lead. */
    public Optional<Beginning> beginning() {
        return Optional.ofNullable(state.leaderSide).map(LeaderSide::beginning);
    }

    /** From where this follower wants to go on; empty when it does not follow. */
    public Optional<FetchPosition> fetchPosition() {
        return followerSide.position();
    }

    /**
     * Takes over what the leader answered to a fetch.
     *
     * @param asked the position that was fetched from; if this replica is elsewhere meanwhile, the
     *     answer is not used
     */
    public FollowerOutcome follow(FetchPosition asked, LeaderAnswer answer) {
        return followerSide.follow(asked, answer);
    }

    /** Cuts off what another region lacks; only while Idle. Whether it did, durably. */
    public boolean cutTo(long offset) {
        return followerSide.cutTo(offset);
    }

    /**
     * Where a leader epoch ends; the epoch of this leadership ends at the log end. In a mirror the
     * records are of the epochs of their source, so there it is the end of the last one of these.
     */
    public Optional<EpochEnd> endOfEpoch(int leaderEpoch) {
        int latest = log.latestEpoch().orElse(-1);
        if (leaderEpoch != state.role.leaderEpoch() || latest > leaderEpoch) {
            return log.endOffsetForEpoch(leaderEpoch);
        }
        boolean ofSource = state.role instanceof MirrorLeader && latest >= 0;
        return Optional.of(new EpochEnd(ofSource ? latest : leaderEpoch, log.endOffset()));
    }

    /**
     * Compares the epoch that a client knows with the one of this leadership; −1 is not compared.
     */
    public Errors checkEpoch(int currentLeaderEpoch) {
        if (state.leaderSide == null) {
            return log.failure().isPresent()
                    ? Errors.KAFKA_STORAGE_ERROR
                    : Errors.NOT_LEADER_OR_FOLLOWER;
        }
        return compareEpochs(currentLeaderEpoch, state.role.leaderEpoch());
    }

    private static Errors compareEpochs(int known, int inForce) {
        if (known < 0 || known == inForce) {
            return Errors.NONE;
        }
        return known > inForce ? Errors.UNKNOWN_LEADER_EPOCH : Errors.FENCED_LEADER_EPOCH;
    }

    /**
     * Deletes records below an offset; −1 means the high watermark.
     *
     * @param timeoutNanos how long to wait until all active replicas have deleted them
     * @param answer the lowest log start of these replicas, or −1 with the error; with
     *     REQUEST_TIMED_OUT the records are gone here, and will be elsewhere
     */
    public void deleteRecords(long beforeOffset, long timeoutNanos, DeleteAnswer answer) {
        deleteSide.delete(beforeOffset, timeoutNanos, answer);
    }

    /** Tells the waiter, who reads for a consumer, of news until it is removed. */
    public void addWaiter(FetchWaiter waiter) {
        state.readers.add(waiter);
    }

    /** Tells the waiter, who reads for a replica, of every append until it is removed. */
    public void addReplicaWaiter(FetchWaiter waiter) {
        state.readers.addReplica(waiter);
    }

    public void removeWaiter(FetchWaiter waiter) {
        state.readers.remove(waiter);
    }

    /** Calls the listener on this loop whenever the high watermark or the role has moved. */
    public void onProgress(Consumer<Partition> listener) {
        state.readers.listen(listener);
    }

    /**
     * Looks after the replicas of a leader: who lags leaves the ISR, who has caught up joins. For a
     * timer, about twice in the lag that is allowed.
     */
    public void reviewReplicas() {
        state.guarded(
                () -> {
                    state.advanceHighWatermark();
                    deleteSide.reconsider();
                    state.giveUpDamaged();
                    if (state.leaderSide != null) {
                        state.leaderSide.review();
                    }
                    return true;
                },
                _ -> false);
    }

    /** Deletes what retention releases and forgets idle producers; for a timer. */
    public void tidy() {
        state.guarded(
                () -> {
                    log.expireProducers();
                    if (state.role instanceof Leader) {
                        long before = log.startOffset();
                        log.applyRetention(state.highWatermark());
                        if (log.startOffset() != before) {
                            state.trimmed();
                        }
                    }
                    return true;
                },
                _ -> false);
        state.failWhenLogFailed();
    }

    /** Names who hears, on this loop, of records that are gone and may have been acknowledged. */
    public void onDiscarded(Consumer<Discarded> listener) {
        followerSide.onDiscarded(listener);
    }

    /** What is known to be damaged of a log that is in use: an error for whoever reads it. */
    public Optional<LogDamage> damage() {
        return state.damage();
    }

    /** Calls the listener on this loop when damage is found, before anything is done about it. */
    public void onDamage(Consumer<LogDamage> listener) {
        state.onDamage(listener);
    }

    /** Calls the listener on this loop when a full disk refuses records (false) and no more. */
    public void onRoom(Consumer<Boolean> listener) {
        state.onRoom(listener);
    }

    /** Tells the cause on this loop, once, later, when this goes offline, or was so already. */
    public void onOffline(Consumer<Exception> listener) {
        state.onOffline(listener);
    }
}
