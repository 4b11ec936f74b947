package io.tombolo.raft.core;

import io.tombolo.environment.Entropy;
import io.tombolo.environment.Invariant;
import io.tombolo.raft.core.Elections.Attention;
import io.tombolo.raft.core.RaftMessage.Answer;
import io.tombolo.raft.core.RaftMessage.Envelope;
import io.tombolo.raft.core.RaftMessage.Request;
import io.tombolo.raft.core.RaftState.Candidate;
import io.tombolo.raft.core.RaftState.FetchLoop;
import io.tombolo.raft.core.RaftState.Fetches;
import io.tombolo.raft.core.RaftState.Follower;
import io.tombolo.raft.core.RaftState.Leader;
import io.tombolo.raft.core.RaftState.Observer;
import io.tombolo.raft.core.RaftState.Prospective;
import io.tombolo.raft.core.RaftState.Resigned;
import io.tombolo.raft.core.RaftState.Unattached;
import io.tombolo.raft.core.RaftState.Voted;
import io.tombolo.raft.core.RaftState.Waiting;
import io.tombolo.raft.core.VoterSet.Enrolment;

import java.util.ArrayList;
import java.util.List;

/**
 * One replica of the quorum: mutable, single-threaded, without any I/O. An event and the time go
 * in, effects come out; the same events at the same times with the same entropy give the same
 * effects.
 *
 * <pre>
 * from                      on                                              to
 * any                       a message of a higher epoch that names a leader Follower (Observer)
 * any                       a message of a higher epoch without a leader    Unattached (Observer)
 * Unattached, Voted         its vote is granted to a candidate              Voted
 * Unattached, Voted,        election timeout; at once for a sole voter      Prospective
 *   Resigned
 * Prospective               majority would grant its vote                   Candidate, epoch + 1
 * Prospective               majority would not, or timeout                  Follower of the known
 *                                                                           leader, else Voted or
 *                                                                           Unattached
 * Candidate                 majority grants its vote                        Leader
 * Candidate                 majority refuses, or timeout                    Voted, with back-off
 * Follower                  no word from the leader for the fetch timeout   Prospective
 * Follower                  its leader ends the epoch                       Unattached or Voted
 * Leader                    no majority fetched for 1.5 fetch timeouts, or  Resigned
 *                           it is asked to resign
 * Leader                    its disk runs out of room, and others may lead  Resigned
 * Leader                    a voter set without it is committed             Resigned, Observer
 * </pre>
 *
 * An Observer stays one until the voter set in its log names it, then it is Unattached or Follower;
 * it becomes one again when the voter set does not name it any more. Where no log names voters, all
 * are Observers until one of them begins the quorum ({@link Founding}). A replica that was not
 * scheduled for an election timeout lets the deadlines that passed meanwhile pass once more.
 */
public final class RaftCore {

    private final ReplicaKey self;
    private final RaftSettings settings;
    private final Entropy entropy;
    private final SafetyRules rules;
    private final LogShape log;
    private final Elections elections;
    private final Leadership leadership;
    private final Following following;
    private final VoterChanges voterChanges;
    private final Founding founding;
    private final Enrolment enrolment;
    private final Attention attention;

    private ElectionState election;
    private RaftState state;
    private long highWatermark;
    private boolean installing;
    private long nowNanos;
    private long nextExchange;
    private long timerNanos;
    private List<RaftEffect> effects;

    /**
     * What a replica starts from.
     *
     * @param bootstrapVoters the voters while the log names none
     */
    public record Origin(
            ReplicaKey self,
            VoterSet bootstrapVoters,
            ElectionState election,
            RecoveredLog log,
            Enrolment enrolment) {

        /** A replica that never changes the voter set by itself. */
        public Origin(
                ReplicaKey self,
                VoterSet bootstrapVoters,
                ElectionState election,
                RecoveredLog log) {
            this(self, bootstrapVoters, election, log, Enrolment.NONE);
        }
    }

    /**
     * How far a replica is, as its leader knows.
     *
     * @param logEndOffset end of its durable log, −1 when unknown
     * @param fetched whether it has fetched in this epoch; otherwise the times mean nothing
     * @param caughtUp whether it has had everything at some time of this epoch
     */
    public record ReplicaProgress(
            ReplicaKey key,
            long logEndOffset,
            boolean fetched,
            long lastFetchNanos,
            boolean caughtUp,
            long lastCaughtUpNanos) {}

    public RaftCore(Origin origin, RaftSettings settings, Entropy entropy) {
        this(origin, settings, entropy, new SafetyRules());
    }

    RaftCore(Origin origin, RaftSettings settings, Entropy entropy, SafetyRules rules) {
        self = origin.self();
        this.settings = settings;
        this.entropy = entropy;
        this.rules = rules;
        log = new LogShape(origin.log(), origin.bootstrapVoters());
        // A log may hold an epoch that was never written down: its leader was heard of and then
        // the power went. It counts all the same.
        int logEpoch = log.end().epoch();
        election =
                origin.election().epoch() >= logEpoch
                        ? origin.election()
                        : new ElectionState(logEpoch, ReplicaKey.NONE, LeaderAndEpoch.NO_LEADER);
        highWatermark = log.snapshot().offset();
        // Old answers may still be under way after a restart: they must not fit new questions.
        nextExchange = entropy.nextLong() >>> 1;
        elections = new Elections(this);
        leadership = new Leadership(this);
        following = new Following(this);
        voterChanges = new VoterChanges(this);
        founding = new Founding(this, origin.enrolment());
        enrolment = origin.enrolment();
        attention = new Attention(settings.timing().election().toNanos());
        state = new Unattached(Long.MAX_VALUE);
        timerNanos = Long.MAX_VALUE;
        effects = new ArrayList<>();
    }

    /**
     * Takes one event in.
     *
     * @param nowNanos never less than at the step before
     * @return what is to be done, in this order, after what earlier steps asked for
     */
    public List<RaftEffect> step(RaftEvent event, long nowNanos) {
        this.nowNanos = nowNanos;
        effects = new ArrayList<>();
        if (attention.lapsed(nowNanos) && rules.excusesItsOwnPause()) {
            state = elections.excused(state);
        }
        switch (event) {
            case RaftEvent.Started() -> start();
            case RaftEvent.TimerFired() -> timerNanos = Long.MAX_VALUE;
            case RaftEvent.MessageReceived(Envelope envelope) -> receive(envelope);
            case RaftEvent.RequestFailed(long exchange) -> {
                following.requestFailed(exchange);
                founding.requestFailed(exchange);
            }
            case RaftEvent.Proposed(List<byte[]> records, int epoch) ->
                    effect(new RaftEffect.AnswerProposal(leadership.propose(records, epoch)));
            case RaftEvent.VoterChangeRequested(
                            long request,
                            VoterChange change,
                            long timeoutNanos) ->
                    voterChanges.requested(request, change, timeoutNanos);
            case RaftEvent.LogForced() -> {
                log.forced();
                onDurable();
            }
            case RaftEvent.SnapshotCreated(OffsetAndEpoch id) -> snapshotCreated(id);
            case RaftEvent.LogTrimmed(long startOffset) -> log.trim(startOffset);
            case RaftEvent.SnapshotInstalled(OffsetAndEpoch id, VoterSet voters) ->
                    snapshotInstalled(id, voters);
            case RaftEvent.SnapshotRejected _ -> {
                installing = false;
                following.retryLater();
            }
            case RaftEvent.RoomChanged(RaftEvent.Room room) -> elections.roomChanged(room);
            case RaftEvent.ResignRequested() -> leadership.resignIfLeading();
        }
        settle();
        return RaftEffect.withOnePersist(effects);
    }

    /** Name of the role this replica has. */
    public String role() {
        return state.title();
    }

    /** The leader this replica knows, and its epoch. */
    public LeaderAndEpoch leader() {
        return election.leader();
    }

    /** Everything below is committed, as far as this replica knows; never decreases. */
    public long highWatermark() {
        return highWatermark;
    }

    /** End of the log, durable or not. */
    public OffsetAndEpoch logEnd() {
        return log.end();
    }

    /** Lowest offset still in the log. */
    public long logStartOffset() {
        return log.startOffset();
    }

    /** The newest snapshot, or {@link OffsetAndEpoch#ZERO}. */
    public OffsetAndEpoch snapshot() {
        return log.snapshot();
    }

    /**
     * The id of a snapshot that ends at this offset.
     *
     * @param endOffset within the log, at most the high watermark
     */
    public OffsetAndEpoch snapshotId(long endOffset) {
        if (endOffset > highWatermark || endOffset <= log.snapshot().offset()) {
            throw new IllegalArgumentException(
                    "a snapshot up to "
                            + endOffset
                            + " must end above the last one and at or below "
                            + highWatermark);
        }
        return new OffsetAndEpoch(endOffset, log.epochBelow(endOffset));
    }

    /**
     * The voter set for what lies below an offset: that of a snapshot which ends there.
     *
     * @param endOffset at least the log's start offset
     */
    public VoterSet votersBelow(long endOffset) {
        return log.votersBelow(endOffset);
    }

    /** The voter set in force, committed or not. */
    public VoterSet voters() {
        return log.voters();
    }

    /**
     * The nodes that a replica which would begin a quorum has not heard of; empty at every other.
     */
    public List<Integer> awaited() {
        return founding.awaited();
    }

    /** What this replica knows of a quorum before. */
    public RaftMessage.Past past() {
        return founding.past();
    }

    /** The other replicas, if this one leads; voters first. */
    public List<ReplicaProgress> replicas() {
        return leadership.replicas();
    }

    private void start() {
        if (log.snapshot().offset() > 0) {
            effect(new RaftEffect.LoadSnapshot(log.snapshot()));
        }
        boolean ledThisEpoch = election.leaderId() == self.nodeId();
        if (ledThisEpoch) {
            // It may have handed out records that it lost in the crash: never again in this epoch.
            elect(election.epoch(), election.votedFor(), LeaderAndEpoch.NO_LEADER);
        }
        if (election.leader().hasLeader()) {
            follow(election.leader());
        } else {
            awaitElection(electionTimeoutNanos());
        }
        announce(election.leader(), 0);
        if (isSoleVoter()) {
            elections.stand();
        }
    }

    private void receive(Envelope envelope) {
        switch (envelope.body()) {
            case Request request -> {
                switch (request) {
                    case RaftMessage.VoteRequest vote -> elections.vote(envelope, vote);
                    case RaftMessage.BeginEpochRequest begin -> elections.begin(envelope, begin);
                    case RaftMessage.EndEpochRequest end -> elections.end(envelope, end);
                    case RaftMessage.FetchRequest fetch -> leadership.fetch(envelope, fetch);
                    case RaftMessage.FetchSnapshotRequest fetch ->
                            leadership.fetchSnapshot(envelope, fetch);
                    case RaftMessage.PresenceRequest _ -> founding.present(envelope);
                }
            }
            case Answer answer -> {
                switch (answer) {
                    case RaftMessage.VoteAnswer vote -> elections.answered(envelope, vote);
                    case RaftMessage.BeginEpochAnswer begin -> learn(begin.current());
                    case RaftMessage.EndEpochAnswer end -> learn(end.current());
                    case RaftMessage.FetchAnswer fetch -> following.fetched(envelope, fetch);
                    case RaftMessage.FetchSnapshotAnswer piece ->
                            following.pieceFetched(envelope, piece);
                    case RaftMessage.PresenceAnswer there -> founding.answered(envelope, there);
                }
            }
        }
    }

    private void onDurable() {
        if (state instanceof Leader) {
            leadership.advance();
        } else if (state instanceof Fetches fetching) {
            following.advance(fetching.loop());
        }
    }

    private void snapshotCreated(OffsetAndEpoch id) {
        Invariant.check(
                id.offset() <= highWatermark,
                "snapshot at %d beyond high watermark %d",
                id.offset(),
                highWatermark);
        if (id.offset() > log.snapshot().offset()) {
            log.snapshotCreated(id);
            effect(new RaftEffect.TrimLog(id));
        }
    }

    private void snapshotInstalled(OffsetAndEpoch id, VoterSet voters) {
        Invariant.check(installing, "a snapshot was installed that nobody ordered");
        installing = false;
        Invariant.check(
                id.offset() >= highWatermark,
                "snapshot at %d below high watermark %d",
                id.offset(),
                highWatermark);
        log.reset(id, voters);
        highWatermark = id.offset();
        effect(new RaftEffect.LoadSnapshot(id));
    }

    /** What may have become due or possible by any event. */
    private void settle() {
        votersMayHaveChanged();
        voterChanges.noticeVote();
        switch (state) {
            case Waiting waiting -> elections.onTime(waiting);
            case Leader leader -> leadership.onTime(leader.book());
            case Fetches _ -> {}
        }
        if (state instanceof Fetches fetching) {
            following.onTime(fetching);
            founding.onTime();
        }
        if (log.beginForce()) {
            effect(new RaftEffect.ForceLog());
        }
        long wish =
                switch (state) {
                    case Waiting waiting -> waiting.electionDeadlineNanos();
                    case Leader leader -> leadership.deadlineNanos(leader.book());
                    case Fetches fetching ->
                            Math.min(following.deadlineNanos(fetching), founding.deadlineNanos());
                };
        wish = attention.wish(wish, nowNanos);
        if (wish != timerNanos) {
            timerNanos = wish;
            effect(new RaftEffect.SetTimer(wish));
        }
    }

    private void votersMayHaveChanged() {
        boolean stands = stands();
        if (state instanceof Observer(FetchLoop loop) && stands) {
            state = loop.hasLeader() ? new Follower(loop) : waiting(electionTimeoutNanos());
        } else if (state instanceof Follower(FetchLoop loop) && !stands) {
            state = new Observer(loop);
        } else if (state instanceof Waiting && !stands) {
            state = new Observer(newLoop(LeaderAndEpoch.NO_LEADER));
        }
    }

    // ---- Transitions, shared by the parts ----

    /** Takes in what another replica says about the leader; true when that changed the role. */
    boolean learn(LeaderAndEpoch heard) {
        boolean namesAnother = heard.hasLeader() && heard.leaderId() != self.nodeId();
        if (heard.epoch() > election.epoch()) {
            if (namesAnother) {
                follow(heard);
            } else {
                unattach(heard.epoch());
            }
            return true;
        }
        if (heard.epoch() < election.epoch() || !namesAnother) {
            return false;
        }
        Invariant.check(
                !election.leader().hasLeader() || election.leaderId() == heard.leaderId(),
                "leaders %d and %d in one epoch",
                election.leaderId(),
                heard.leaderId());
        if (election.leader().hasLeader() || state instanceof Resigned) {
            return false;
        }
        follow(heard);
        return true;
    }

    /** A higher epoch whose leader is not known. */
    void unattach(int epoch) {
        leadership.leave();
        elect(epoch, ReplicaKey.NONE, LeaderAndEpoch.NO_LEADER);
        awaitElection(electionTimeoutNanos());
    }

    /** The leader of this or a higher epoch. */
    void follow(LeaderAndEpoch leader) {
        leadership.leave();
        ReplicaKey votedFor =
                leader.epoch() == election.epoch() ? election.votedFor() : ReplicaKey.NONE;
        elect(leader.epoch(), votedFor, leader.leaderId());
        endLoop();
        FetchLoop loop = newLoop(leader.leaderId());
        state = stands() ? new Follower(loop) : new Observer(loop);
    }

    /** No leader in this epoch (any more): wait, then stand. */
    void awaitElection(long delayNanos) {
        endLoop();
        state = stands() ? waiting(delayNanos) : new Observer(newLoop(LeaderAndEpoch.NO_LEADER));
    }

    private RaftState waiting(long delayNanos) {
        long deadline = nowNanos + delayNanos;
        return election.votedFor().present() ? new Voted(deadline) : new Unattached(deadline);
    }

    /** Remembers the outcome of elections, durably before any later effect. */
    void elect(int epoch, ReplicaKey votedFor, int leaderId) {
        Invariant.check(epoch >= election.epoch(), "epoch %d after %d", epoch, election.epoch());
        var next = new ElectionState(epoch, votedFor, leaderId);
        if (next.equals(election)) {
            return;
        }
        boolean news = !next.leader().equals(election.leader());
        election = next;
        effect(new RaftEffect.PersistElectionState(next));
        if (news && leaderId != self.nodeId()) {
            announce(next.leader(), 0);
        }
    }

    void announce(LeaderAndEpoch leader, long appliedOffset) {
        effect(new RaftEffect.AnnounceLeader(leader, appliedOffset));
    }

    void enter(RaftState next) {
        if (next instanceof Prospective || next instanceof Candidate || next instanceof Leader) {
            Invariant.check(!installing, "an election while a snapshot replaces the log");
        }
        endLoop();
        state = next;
    }

    private void endLoop() {
        if (state instanceof Fetches fetching && fetching.loop().fetchesSnapshot() && !installing) {
            effect(new RaftEffect.DiscardSnapshotPieces());
        }
    }

    FetchLoop newLoop(int leaderId) {
        return new FetchLoop(leaderId, nowNanos + fetchNanos(), nowNanos);
    }

    void raiseHighWatermark(long offset) {
        if (offset > highWatermark) {
            highWatermark = offset;
            effect(new RaftEffect.AdvanceHighWatermark(offset));
        }
    }

    void startInstall(OffsetAndEpoch id) {
        installing = true;
        effect(new RaftEffect.InstallSnapshot(id));
    }

    // ---- What the parts share ----

    void effect(RaftEffect effect) {
        effects.add(effect);
    }

    /** Sends a request and gives its exchange number. */
    long ask(int nodeId, Request request) {
        long exchange = nextExchange++;
        effect(new RaftEffect.Send(new Envelope(self.nodeId(), nodeId, exchange, request)));
        return exchange;
    }

    void answer(Envelope request, Answer answer) {
        effect(new RaftEffect.Send(answering(request, answer)));
    }

    static Envelope answering(Envelope request, Answer answer) {
        return new Envelope(request.to(), request.from(), request.exchange(), answer);
    }

    Elections elections() {
        return elections;
    }

    Leadership leadership() {
        return leadership;
    }

    VoterChanges voterChanges() {
        return voterChanges;
    }

    Enrolment enrolment() {
        return enrolment;
    }

    ReplicaKey self() {
        return self;
    }

    RaftSettings settings() {
        return settings;
    }

    SafetyRules rules() {
        return rules;
    }

    LogShape log() {
        return log;
    }

    ElectionState election() {
        return election;
    }

    RaftState state() {
        return state;
    }

    boolean installing() {
        return installing;
    }

    long now() {
        return nowNanos;
    }

    boolean due(long deadlineNanos) {
        return deadlineNanos != Long.MAX_VALUE && nowNanos - deadlineNanos >= 0;
    }

    boolean votes() {
        return log.voters().contains(self);
    }

    /** Whether this replica may seek to lead. */
    boolean stands() {
        boolean committed = log.votersOffset() < highWatermark;
        VoterSet before = committed ? log.voters() : log.votersBelow(log.votersOffset());
        return rules.stands(log.voters(), before, self);
    }

    boolean isSoleVoter() {
        return votes() && log.voters().size() == 1;
    }

    /** Once to twice the election time. */
    long electionTimeoutNanos() {
        long base = settings.timing().election().toNanos();
        return base + random(base);
    }

    long fetchNanos() {
        return settings.timing().fetch().toNanos();
    }

    long random(long bound) {
        return Math.floorMod(entropy.nextLong(), bound);
    }
}
