package io.tombolo.raft;

import io.tombolo.environment.Clock;
import io.tombolo.environment.Disk;
import io.tombolo.environment.Entropy;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Invariant;
import io.tombolo.environment.Offload;
import io.tombolo.raft.core.LeaderAndEpoch;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.core.ProposeResult;
import io.tombolo.raft.core.RaftCore;
import io.tombolo.raft.core.RaftEffect;
import io.tombolo.raft.core.RaftEvent;
import io.tombolo.raft.core.RaftEvent.Room;
import io.tombolo.raft.core.RaftMessage.Envelope;
import io.tombolo.raft.core.RaftMessage.Past;
import io.tombolo.raft.core.RaftSettings;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterChange;
import io.tombolo.raft.core.VoterSet;
import io.tombolo.raft.core.VoterSet.Enrolment;
import io.tombolo.raft.log.RaftLog;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * One replica of the quorum: mutable, owned by {@code place.loop()}; every method is called there.
 * It feeds the pure {@link RaftCore} and carries out what that asks for, in order.
 */
public final class RaftNode {

    /**
     * Who this replica is.
     *
     * @param clusterId whose quorum it is, written beside the log
     * @param self its node, and the id of a log that has none written beside it
     * @param bootstrapVoters the voters while the log does not name any; {@link VoterSet#UNKNOWN}
     *     for a replica that joins a quorum it knows from its contacts only
     * @param drawsId whether a log that begins here draws an id of its own; otherwise it takes that
     *     of {@code self}
     */
    public record Membership(
            String clusterId,
            ReplicaKey self,
            VoterSet bootstrapVoters,
            Enrolment enrolment,
            boolean drawsId) {

        /** A replica that never changes the voter set by itself. */
        public Membership(String clusterId, ReplicaKey self, VoterSet bootstrapVoters) {
            this(clusterId, self, bootstrapVoters, Enrolment.NONE, false);
        }
    }

    /**
     * What it runs on.
     *
     * @param directory the log's own directory, by custom {@code …/__cluster_metadata-0}; created
     *     when missing, used by nobody else
     */
    public record Place(
            EventLoop loop,
            Clock clock,
            Entropy entropy,
            Offload offload,
            Disk disk,
            Path directory) {}

    private sealed interface Life {
        record New() implements Life {}

        record Opening() implements Life {}

        record Running(RaftCore core, EffectRunner runner) implements Life {}

        record Closing() implements Life {}

        record Ended() implements Life {}
    }

    private final Membership membership;
    private final Place place;
    private final RaftSettings settings;
    private final RaftTransport transport;
    private final RaftListener listener;
    private final Map<Long, Consumer<VoterChange.Outcome>> changes = new TreeMap<>();
    private long nextChange;
    private volatile ReplicaKey self;
    private Room room = Room.AMPLE;
    private Life life = new Life.New();

    public RaftNode(
            Membership membership,
            Place place,
            RaftSettings settings,
            RaftTransport transport,
            RaftListener listener) {
        this.membership = membership;
        this.self = membership.self();
        this.place = place;
        this.settings = settings;
        this.transport = transport;
        this.listener = listener;
    }

    /**
     * Opens the log and joins the quorum; returns at once, to be called once. A sole voter leads as
     * soon as its log is open. A directory that can not be used is told to {@link
     * RaftListener#onFault}.
     */
    public void start() {
        Invariant.check(life instanceof Life.New, "a node is started once");
        life = new Life.Opening();
        LogLane.open(
                place,
                membership,
                () ->
                        new RaftLog(
                                place.disk(),
                                place.directory(),
                                settings.bounds().segmentBytesMax(),
                                settings.reserveBytes()),
                this::opened,
                this::fail);
    }

    private void opened(LogLane.Opened opened) {
        RaftLog log = opened.log();
        var lane = new LogLane(place, log, new LogLane.Listener(this::found, this::fail));
        if (!(life instanceof Life.Opening)) {
            lane.close(() -> {});
            return;
        }
        self = opened.self();
        var origin =
                new RaftCore.Origin(
                        self,
                        membership.bootstrapVoters(),
                        log.election(),
                        log.recovered(),
                        membership.enrolment());
        var core = new RaftCore(origin, settings, place.entropy());
        var ports = new EffectRunner.Ports(place, transport, listener, this::step);
        life = new Life.Running(core, new EffectRunner(ports, lane, settings.bounds()));
        listener.onOpened(status());
        step(new RaftEvent.Started());
    }

    /**
     * Appends records as one atomic batch to the log of the leader. Proposals made while an fsync
     * is under way share the next one.
     *
     * @param records at least one; not copied, must not be changed any more
     * @param epoch the epoch in which the proposer believes to lead
     */
    public ProposeResult propose(List<byte[]> records, int epoch) {
        if (records.isEmpty()) {
            throw new IllegalArgumentException("a proposal holds at least one record");
        }
        return stepWithAnswer(new RaftEvent.Proposed(records, epoch))
                .orElseGet(() -> new ProposeResult.NotLeader(leader()));
    }

    /**
     * Adds a voter to the quorum that this node leads (AddRaftVoter). The replica must fetch as an
     * observer; it is added when it has caught up.
     *
     * @param timeout how long to wait for that and for the commit; zero refuses a replica that has
     *     not caught up at once
     * @param answer called once, on the loop, maybe before this returns
     */
    public void addVoter(
            VoterSet.Voter voter, Duration timeout, Consumer<VoterChange.Outcome> answer) {
        changeVoters(new VoterChange.Add(voter), timeout, answer);
    }

    /** Removes exactly this voter (RemoveRaftVoter); otherwise as {@link #addVoter}. */
    public void removeVoter(
            ReplicaKey voter, Duration timeout, Consumer<VoterChange.Outcome> answer) {
        changeVoters(new VoterChange.Remove(voter), timeout, answer);
    }

    /** Changes addresses and versions of a voter (UpdateRaftVoter); as {@link #addVoter}. */
    public void updateVoter(
            VoterSet.Voter voter, Duration timeout, Consumer<VoterChange.Outcome> answer) {
        changeVoters(new VoterChange.Update(voter), timeout, answer);
    }

    private void changeVoters(
            VoterChange change, Duration timeout, Consumer<VoterChange.Outcome> answer) {
        if (!(life instanceof Life.Running)) {
            answer.accept(notLeader());
            return;
        }
        long request = nextChange++;
        changes.put(request, answer);
        step(new RaftEvent.VoterChangeRequested(request, change, timeout.toNanos()));
    }

    private VoterChange.Outcome notLeader() {
        return new VoterChange.Outcome.Refused(VoterChange.Outcome.Reason.NOT_LEADER, leader());
    }

    private void refuseChanges() {
        var left = List.copyOf(changes.values());
        changes.clear();
        left.forEach(answer -> answer.accept(notLeader()));
    }

    /** Takes a message from the transport. */
    public void receive(Envelope envelope) {
        step(new RaftEvent.MessageReceived(envelope));
    }

    /**
     * The transport gave up on the request with this exchange number; it is repeated later. To be
     * called as soon as a connection is refused or lost: it is how a leader that died is noticed
     * long before the fetch timeout.
     */
    public void requestFailed(long exchange) {
        step(new RaftEvent.RequestFailed(exchange));
    }

    /**
     * Writes a snapshot of the state machine; the log below it may then be deleted.
     *
     * @param endOffset the state includes every batch below and nothing from there on: the end
     *     offset of some batch that was delivered, above the newest snapshot
     * @param batches the state as records, each list at most {@code batchBytesMax}; drawn off the
     *     loop, so it must iterate over something immutable
     * @param done called on the loop when the snapshot is durable or has failed
     */
    public void createSnapshot(
            long endOffset,
            Iterator<List<byte[]>> batches,
            Consumer<Offload.Outcome<OffsetAndEpoch>> done) {
        if (!(life instanceof Life.Running(RaftCore core, EffectRunner runner))) {
            done.accept(
                    new Offload.Outcome.Failed<>(
                            new IllegalStateException("this replica does not run")));
            return;
        }
        OffsetAndEpoch id = core.snapshotId(endOffset);
        runner.lane()
                .writeSnapshot(
                        id,
                        core.votersBelow(endOffset),
                        batches,
                        outcome -> {
                            if (outcome instanceof Offload.Outcome.Done) {
                                step(new RaftEvent.SnapshotCreated(id));
                            }
                            done.accept(outcome);
                        });
    }

    /** This replica; its directory id is final once it runs. Callable from any thread. */
    public ReplicaKey self() {
        return self;
    }

    private void found(Room now) {
        room = now;
        step(new RaftEvent.RoomChanged(now));
        if (life instanceof Life.Running) {
            listener.onRoom(now);
        }
    }

    /** The leader this node knows, and its epoch. */
    public LeaderAndEpoch leader() {
        return life instanceof Life.Running(RaftCore core, _)
                ? core.leader()
                : new LeaderAndEpoch(LeaderAndEpoch.NO_LEADER, 0);
    }

    /** Steps down if it leads, telling the best successor to stand at once. */
    public void resign() {
        step(new RaftEvent.ResignRequested());
    }

    /**
     * Leaves: resigns, takes nothing more in and closes the files behind the writes already
     * ordered. The listener hears nothing any more.
     *
     * @param closed called on the loop when the files are closed
     */
    public void close(Runnable closed) {
        leave(EffectRunner::stop, closed);
    }

    /**
     * As {@link #close}, by a replica that nobody can have counted on: a log in which nothing ever
     * was leaves no file.
     */
    public void withdraw(Runnable closed) {
        leave(EffectRunner::withdraw, closed);
    }

    private void leave(BiConsumer<EffectRunner, Runnable> way, Runnable closed) {
        if (life instanceof Life.Running(_, EffectRunner runner)) {
            resign();
            life = new Life.Closing();
            refuseChanges();
            way.accept(
                    runner,
                    () -> {
                        life = new Life.Ended();
                        closed.run();
                    });
        } else {
            life = new Life.Ended();
            place.loop().execute(closed);
        }
    }

    /** What this node knows of the quorum now. */
    public RaftStatus status() {
        if (!(life instanceof Life.Running(RaftCore core, _))) {
            return new RaftStatus(
                    life.getClass().getSimpleName(),
                    leader(),
                    OffsetAndEpoch.ZERO,
                    0,
                    0,
                    membership.bootstrapVoters(),
                    List.of(),
                    List.of(),
                    Past.NONE,
                    room);
        }
        return new RaftStatus(
                core.role(),
                core.leader(),
                core.logEnd(),
                core.highWatermark(),
                core.logStartOffset(),
                core.voters(),
                replicas(core),
                core.awaited(),
                core.past(),
                room);
    }

    private List<RaftStatus.Replica> replicas(RaftCore core) {
        var shown = new ArrayList<RaftStatus.Replica>();
        long nowMs = place.clock().wallTimeMs();
        long nowNanos = place.clock().nanoTime();
        boolean leads = core.leader().leaderId() == self.nodeId();
        VoterSet voters = core.voters();
        List<RaftCore.ReplicaProgress> others = core.replicas();
        if (leads && voters.contains(self)) {
            shown.add(new RaftStatus.Replica(self, true, core.logEnd().offset(), nowMs, nowMs));
        }
        for (RaftCore.ReplicaProgress each : others) {
            long fetchMs = nowMs - (nowNanos - each.lastFetchNanos()) / 1_000_000;
            long caughtUpMs = nowMs - (nowNanos - each.lastCaughtUpNanos()) / 1_000_000;
            shown.add(
                    new RaftStatus.Replica(
                            each.key(),
                            voters.contains(each.key()),
                            each.logEndOffset(),
                            each.fetched() ? fetchMs : RaftStatus.NEVER,
                            each.caughtUp() ? caughtUpMs : RaftStatus.NEVER));
        }
        shown.sort(
                java.util.Comparator.comparing((RaftStatus.Replica each) -> !each.voter())
                        .thenComparing(RaftStatus.Replica::key));
        return shown;
    }

    private void step(RaftEvent event) {
        stepWithAnswer(event);
    }

    private Optional<ProposeResult> stepWithAnswer(RaftEvent event) {
        Invariant.check(place.loop().inLoop(), "a replica is touched on its loop only");
        if (!(life instanceof Life.Running(RaftCore core, EffectRunner runner))) {
            return Optional.empty();
        }
        Optional<ProposeResult> answer = Optional.empty();
        var answered = new ArrayList<RaftEffect.AnswerVoterChange>();
        try {
            List<RaftEffect> effects = core.step(event, place.clock().nanoTime());
            for (RaftEffect effect : effects) {
                if (effect instanceof RaftEffect.AnswerProposal(ProposeResult result)) {
                    answer = Optional.of(result);
                } else if (effect instanceof RaftEffect.AnswerVoterChange change) {
                    answered.add(change);
                } else {
                    runner.add(effect);
                }
            }
            runner.run();
            for (RaftEffect.AnswerVoterChange each : answered) {
                Consumer<VoterChange.Outcome> asker = changes.remove(each.request());
                if (asker != null) {
                    asker.accept(each.result());
                }
            }
        } catch (RuntimeException broken) {
            // Ours or the state machine's: what comes next would build on something missing.
            fail(broken);
        }
        return answer;
    }

    private void fail(Exception cause) {
        if (life instanceof Life.Ended || life instanceof Life.Closing) {
            return;
        }
        if (life instanceof Life.Running(_, EffectRunner runner)) {
            runner.stop(() -> {});
        }
        life = new Life.Ended();
        refuseChanges();
        listener.onFault(cause);
    }
}
