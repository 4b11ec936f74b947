package io.tombolo.raft.core;

import io.tombolo.raft.core.RaftEvent.Room;
import io.tombolo.raft.core.RaftMessage.Envelope;
import io.tombolo.raft.core.RaftMessage.FetchAnswer;
import io.tombolo.raft.core.RaftMessage.FetchSnapshotAnswer;
import io.tombolo.raft.core.RaftMessage.Fetched;
import io.tombolo.raft.core.VoterSet.Enrolment;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** One replica with a driver that is as slow as chance wills, a disk and a state machine. */
final class SimulatedReplica {

    /** Where the voters stand that no record names. */
    static final long FIRST_VOTERS = -2;

    private final QuorumWorld world;
    private final int node;
    private SimulatedStore store = new SimulatedStore();
    private final TreeMap<Long, VoterSet> voterSets = new TreeMap<>();
    private final Map<List<Long>, ReplicaKey> votesAsked = new HashMap<>();
    private int wipes;
    private final Deque<RaftEffect> queue = new ArrayDeque<>();
    private final List<LogBatch> logical = new ArrayList<>();
    private RaftCore core;
    private int incarnation;
    private boolean blocked;
    private long pausedUntilNanos;
    private long fullUntilNanos;
    private long timerNanos;
    private long forcingOffset;
    private OffsetAndEpoch piecesOf = OffsetAndEpoch.ZERO;
    private long appliedOffset;
    private long state;
    private long seenHighWatermark;
    private int seenEpoch;
    private int spokenEpoch;
    private int ledEpoch;
    private int ownEpoch;
    private long epochStart;
    private LeaderAndEpoch announced = new LeaderAndEpoch(-1, 0);

    SimulatedReplica(QuorumWorld world, int node) {
        this.world = world;
        this.node = node;
    }

    static ReplicaKey key(int node, int wipes) {
        return new ReplicaKey(node, new UUID(7 + wipes, node));
    }

    ReplicaKey key() {
        return key(node, wipes);
    }

    /** The present key or one that this node had with an earlier disk. */
    ReplicaKey someKey() {
        return key(node, world.chance().nextInt(wipes + 1));
    }

    QuorumWorld world() {
        return world;
    }

    int node() {
        return node;
    }

    boolean up() {
        return core != null;
    }

    boolean leads() {
        return up() && core.role().equals("Leader");
    }

    String role() {
        return up() ? core.role() : "down";
    }

    int epoch() {
        return core.leader().epoch();
    }

    LeaderAndEpoch announced() {
        return announced;
    }

    long appliedOffset() {
        return appliedOffset;
    }

    long logicalEnd() {
        return core.logEnd().offset();
    }

    List<LogBatch> logical() {
        return logical;
    }

    /** The voter set that the newest record of its log names. */
    VoterSet voters() {
        return voterSets.lastEntry().getValue();
    }

    /** The voter sets of its log from an offset on, and the one in force there. */
    Collection<VoterSet> voterSetsFrom(long offset) {
        if (up()) {
            return voterSets.tailMap(offset, true).values();
        }
        return store.recover(world.initialVoters()).voterSets().tailMap(offset).values();
    }

    boolean paused() {
        return world.now() < pausedUntilNanos;
    }

    boolean holdsDurably(long offset) {
        if (store.snapshot.offset() >= offset) {
            return true;
        }
        return store.durableOffset >= offset
                && SimulatedStore.from(offset - 4, store.batches).stream()
                        .filter(batch -> batch.endOffset() == offset)
                        .anyMatch(world.invariants()::agrees);
    }

    // ---- Life ----

    void start() {
        incarnation++;
        queue.clear();
        blocked = false;
        pausedUntilNanos = 0;
        appliedOffset = 0;
        state = 0;
        logical.clear();
        logical.addAll(store.batches);
        RecoveredLog recovered =
                store.recover(
                        HashState.voters(store.snapshotBytes).orElseGet(world::initialVoters));
        voterSets.clear();
        voterSets.put(FIRST_VOTERS, world.initialVoters());
        voterSets.putAll(recovered.voterSets());
        int port = world.port();
        var enrolment =
                new Enrolment(
                        new TreeMap<>(
                                port == 0 ? Map.of() : SimulatedOperator.listeners(node, port)),
                        VoterSet.Versions.SUPPORTED,
                        world.autoJoin(),
                        world.replicas().stream().map(SimulatedReplica::node).toList(),
                        world.founders(),
                        false);
        var origin =
                new RaftCore.Origin(
                        key(), world.initialVoters(), store.election, recovered, enrolment);
        core = new RaftCore(origin, world.settings(), world.chance(), world.flaw().rules());
        seenHighWatermark = 0;
        seenEpoch = core.leader().epoch();
        world.invariants().monotonic("spoken epoch", node, spokenEpoch, seenEpoch);
        announced = new LeaderAndEpoch(-1, 0);
        step(new RaftEvent.Started());
    }

    void crash() {
        incarnation++;
        core = null;
        if (world.flaw() == Flaw.KEEPS_HALF_A_SNAPSHOT && store.pieces.length > 0) {
            store.install(piecesOf, store.pieces);
        }
        store.crash(world.chance());
    }

    /** The disk is lost with everything on it: what comes back on this node is somebody else. */
    void wipe() {
        if (up()) {
            crash();
        }
        store = new SimulatedStore();
        wipes++;
        spokenEpoch = 0;
        votesAsked.clear();
        world.at(
                world.now() + 50_000_000,
                () -> {
                    if (!up()) {
                        start();
                    }
                });
    }

    void pause(long nanos) {
        pausedUntilNanos = world.now() + nanos;
    }

    /** The disk takes nothing more for a while; what was begun ends when it does again. */
    void fillDisk(long nanos) {
        fullUntilNanos = world.now() + nanos;
        roomChanged(Room.NONE);
        world.at(fullUntilNanos, () -> roomChanged(full() ? Room.NONE : Room.AMPLE));
    }

    /** What others wrote has left the log nothing but its reserve. */
    void roomChanged(Room room) {
        if (up()) {
            boolean led = leads();
            step(new RaftEvent.RoomChanged(room));
            if (led && !leads()) {
                world.seen("resigned for want of room");
            }
        }
    }

    void emptyDisk() {
        fullUntilNanos = 0;
    }

    private boolean full() {
        return world.now() < fullUntilNanos;
    }

    void propose(List<byte[]> records) {
        if (up() && !paused()) {
            step(new RaftEvent.Proposed(records, core.leader().epoch()));
        }
    }

    /** Takes a snapshot of everything applied so far. */
    void takeSnapshot() {
        if (!up() || paused() || appliedOffset <= core.snapshot().offset()) {
            return;
        }
        OffsetAndEpoch id = core.snapshotId(appliedOffset);
        byte[] bytes = HashState.snapshot(state, core.votersBelow(appliedOffset));
        later(
                world.chance().between(1, 20_000_000),
                () -> {
                    if (id.offset() > store.snapshot.offset()) {
                        store.snapshot = id;
                        store.snapshotBytes = bytes;
                        step(new RaftEvent.SnapshotCreated(id));
                    }
                });
    }

    void receive(Envelope envelope) {
        if (envelope.body() instanceof RaftMessage.VoteRequest vote) {
            votesAsked.put(List.of((long) envelope.from(), envelope.exchange()), vote.voter());
        }
        step(new RaftEvent.MessageReceived(envelope));
    }

    void step(RaftEvent event) {
        if (!up()) {
            return;
        }
        if (paused()) {
            int life = incarnation;
            world.at(pausedUntilNanos, () -> ifAlive(life, () -> step(event)));
            return;
        }
        if (event instanceof RaftEvent.SnapshotInstalled) {
            logical.clear();
        }
        if (event instanceof RaftEvent.SnapshotInstalled installed) {
            voterSets.clear();
            voterSets.put(-1L, installed.voters());
        }
        world.trace(node, event);
        world.seen(core.role());
        boolean unfounded = core.voters().size() == 0 && core.logEnd().offset() == 0;
        List<RaftEffect> effects = core.step(event, world.now());
        if (unfounded && core.voters().size() > 0 && core.logEnd().offset() == 0) {
            world.seen("founded");
            world.invariants().founds(node, core.voters());
            voterSets.put(FIRST_VOTERS, core.voters());
        }
        world.invariants().monotonic("epoch", node, seenEpoch, epoch());
        seenEpoch = epoch();
        if (leads()) {
            world.invariants().leads(node, seenEpoch, this);
            if (ledEpoch < seenEpoch) {
                ledEpoch = seenEpoch;
                world.elected(this);
            }
        }
        for (RaftEffect effect : effects) {
            emitted(effect);
        }
        world.invariants().role(core.role(), this, voterSets, seenHighWatermark);
        queue.addAll(effects);
        drain();
    }

    /** What is true for the replica as soon as it has decided it, before the disk has heard. */
    private void emitted(RaftEffect effect) {
        switch (effect) {
            case RaftEffect.AppendBatches(List<LogBatch> batches) ->
                    batches.forEach(this::decidedToAppend);
            case RaftEffect.TruncateLog(long endOffset) -> {
                logical.removeIf(batch -> batch.endOffset() > endOffset);
                voterSets.tailMap(endOffset, true).clear();
            }
            case RaftEffect.AdvanceHighWatermark(long offset) -> {
                world.invariants().monotonic("high watermark", node, seenHighWatermark, offset);
                world.invariants().commits(this, seenHighWatermark, offset);
                seenHighWatermark = offset;
            }
            case RaftEffect.LoadSnapshot(OffsetAndEpoch id) ->
                    seenHighWatermark = Math.max(seenHighWatermark, id.offset());
            default -> {}
        }
    }

    private void decidedToAppend(LogBatch batch) {
        logical.add(batch);
        if (leads() && ownEpoch < batch.epoch()) {
            ownEpoch = batch.epoch();
            epochStart = batch.baseOffset();
        }
        if (batch.control()) {
            Optional<VoterSet> named = ControlRecord.votersIn(batch);
            if (named.isPresent() && batch.records().size() == 1 && leads()) {
                changesVoters(named.get());
            }
            named.ifPresent(voters -> voterSets.put(batch.baseOffset(), voters));
        }
    }

    private void changesVoters(VoterSet next) {
        world.seen("change of voters");
        world.operator().changed();
        world.invariants()
                .changesVoters(
                        this,
                        new QuorumInvariants.Change(
                                voterSets, next, seenHighWatermark, epochStart));
        if (next.size() < voters().size()) {
            world.invariants()
                    .removesVoter(
                            node,
                            next,
                            next.keys().stream().filter(world.operator()::seemsAlive).count());
        }
        for (ReplicaKey added : next.keys()) {
            Optional<SimulatedReplica> newcomer = world.replicaOf(added);
            if (!voters().contains(added)
                    && newcomer.isPresent()
                    && newcomer.get().store.election.epoch() <= epoch()) {
                world.invariants()
                        .addsVoter(node, added, newcomer.get().store.durableOffset > epochStart);
            }
        }
    }

    private void drain() {
        while (!blocked && !queue.isEmpty() && up()) {
            carryOut(queue.removeFirst());
        }
    }

    private void carryOut(RaftEffect effect) {
        world.trace(node, effect);
        world.seen(effect.getClass().getSimpleName());
        switch (effect) {
            case RaftEffect.PersistElectionState(ElectionState election) -> persist(election);
            case RaftEffect.AppendBatches(List<LogBatch> batches) -> {
                // Only here: what is decided behind an election state that a crash has swallowed
                // was never seen by anybody.
                for (LogBatch batch : batches) {
                    int before = store.batches.isEmpty() ? -1 : store.batches.getLast().epoch();
                    world.invariants().appends(node, batch, before);
                    store.append(List.of(batch));
                }
            }
            case RaftEffect.ForceLog() -> force();
            case RaftEffect.TruncateLog(long endOffset) -> {
                store.truncate(endOffset);
                forcingOffset = Math.min(forcingOffset, endOffset);
            }
            case RaftEffect.TrimLog _ -> {
                store.trim(world.chance());
                logical.removeIf(batch -> batch.endOffset() <= store.startOffset);
                later(1, () -> step(new RaftEvent.LogTrimmed(store.startOffset)));
            }
            case RaftEffect.Send(Envelope envelope) -> send(envelope);
            case RaftEffect.SendRecords send -> sendRecords(send);
            case RaftEffect.SendSnapshotPiece send -> sendPiece(send);
            case RaftEffect.WriteSnapshotPiece piece -> {
                piecesOf = piece.id();
                int start = (int) piece.position();
                store.pieces = Arrays.copyOf(store.pieces, start + piece.bytes().length);
                System.arraycopy(piece.bytes(), 0, store.pieces, start, piece.bytes().length);
            }
            case RaftEffect.InstallSnapshot(OffsetAndEpoch id) ->
                    later(
                            world.diskNanos(),
                            () -> {
                                store.install(id, store.pieces);
                                store.pieces = new byte[0];
                                step(
                                        new RaftEvent.SnapshotInstalled(
                                                id,
                                                HashState.voters(store.snapshotBytes)
                                                        .orElseGet(world::initialVoters)));
                            });
            case RaftEffect.DiscardSnapshotPieces() -> store.pieces = new byte[0];
            case RaftEffect.LoadSnapshot(OffsetAndEpoch id) -> {
                state = HashState.of(store.snapshotBytes);
                appliedOffset = id.offset();
                world.invariants().state(node, appliedOffset, state);
            }
            case RaftEffect.AdvanceHighWatermark(long offset) -> applyUpTo(offset);
            case RaftEffect.AnnounceLeader(LeaderAndEpoch leader, long offset) -> {
                if (world.flaw() != Flaw.COMMITS_OLD_EPOCHS_BY_COUNTING) {
                    world.invariants()
                            .monotonic("what a leader has applied", node, offset, appliedOffset);
                }
                announced = leader;
            }
            case RaftEffect.AnswerProposal _ -> {}
            case RaftEffect.AnswerVoterChange(_, VoterChange.Outcome result) ->
                    world.seen(
                            switch (result) {
                                case VoterChange.Outcome.Committed _ -> "change committed";
                                case VoterChange.Outcome.Refused refused -> refused.reason().name();
                            });
            case RaftEffect.AskVoterChange(LeaderAndEpoch leader, VoterChange change) ->
                    world.askVoterChange(node, leader, change);
            case RaftEffect.SetTimer(long deadlineNanos) -> {
                timerNanos = deadlineNanos;
                if (deadlineNanos != Long.MAX_VALUE) {
                    world.at(deadlineNanos, () -> timerFired(deadlineNanos));
                }
            }
        }
    }

    private void timerFired(long deadlineNanos) {
        if (timerNanos == deadlineNanos) {
            timerNanos = Long.MAX_VALUE;
            step(new RaftEvent.TimerFired());
        }
    }

    private void persist(ElectionState election) {
        if (world.flaw() == Flaw.ANSWERS_BEFORE_THE_VOTE_IS_DURABLE) {
            later(50 * world.diskNanos(), () -> store.election = election);
            return;
        }
        blocked = true;
        written(() -> {
            store.election = lost() ? store.election : election;
            blocked = false;
            drain();
        });
    }

    private boolean lost() {
        return full() && world.flaw() == Flaw.GOES_ON_WITHOUT_ROOM;
    }

    /** As soon as the disk is quick, and has room. */
    private void written(Runnable done) {
        later(
                world.diskNanos(),
                () -> {
                    if (full() && world.flaw() != Flaw.GOES_ON_WITHOUT_ROOM) {
                        world.seen("waited for room");
                        later(fullUntilNanos - world.now(), () -> written(done));
                    } else {
                        done.run();
                    }
                });
    }

    private void force() {
        forcingOffset = store.endOffset();
        written(() -> {
            store.durableOffset =
                    Math.max(store.durableOffset, lost() ? store.durableOffset : forcingOffset);
            step(new RaftEvent.LogForced());
        });
    }

    private void send(Envelope envelope) {
        spokenEpoch = Math.max(spokenEpoch, epochIn(envelope.body()));
        if (envelope.body() instanceof RaftMessage.VoteAnswer(_, _, boolean granted) && granted) {
            ReplicaKey asked = votesAsked.get(List.of((long) envelope.to(), envelope.exchange()));
            world.invariants().votes(asked, key());
        }
        world.send(envelope);
    }

    private static int epochIn(RaftMessage message) {
        return switch (message) {
            case RaftMessage.Answer answer -> answer.current().epoch();
            case RaftMessage.VoteRequest vote -> vote.epoch();
            case RaftMessage.BeginEpochRequest begin -> begin.leader().epoch();
            case RaftMessage.EndEpochRequest end -> end.leader().epoch();
            case RaftMessage.FetchRequest fetch -> fetch.epoch();
            case RaftMessage.FetchSnapshotRequest fetch -> fetch.epoch();
            case RaftMessage.PresenceRequest _ -> 0;
        };
    }

    private void sendRecords(RaftEffect.SendRecords send) {
        List<LogBatch> batches = store.read(send.offset(), send.endOffset(), send.bytesMax());
        if (batches.isEmpty() || batches.getFirst().baseOffset() != send.offset()) {
            return;
        }
        var envelope = send.envelope();
        var answer = (FetchAnswer) envelope.body();
        send(
                new Envelope(
                        envelope.from(),
                        envelope.to(),
                        envelope.exchange(),
                        new FetchAnswer(
                                answer.error(),
                                answer.current(),
                                answer.highWatermark(),
                                new Fetched.Records(batches))));
    }

    private void sendPiece(RaftEffect.SendSnapshotPiece send) {
        var envelope = send.envelope();
        var asked = (FetchSnapshotAnswer) envelope.body();
        boolean present = asked.id().equals(store.snapshot);
        int start = (int) asked.position();
        byte[] piece =
                present && start < store.snapshotBytes.length
                        ? Arrays.copyOfRange(
                                store.snapshotBytes,
                                start,
                                Math.min(store.snapshotBytes.length, start + send.bytesMax()))
                        : new byte[0];
        send(
                new Envelope(
                        envelope.from(),
                        envelope.to(),
                        envelope.exchange(),
                        new FetchSnapshotAnswer(
                                present ? RaftError.NONE : RaftError.SNAPSHOT_NOT_FOUND,
                                asked.current(),
                                asked.id(),
                                store.snapshotBytes.length,
                                asked.position(),
                                piece)));
    }

    private void applyUpTo(long offset) {
        for (LogBatch batch : SimulatedStore.from(appliedOffset, store.batches)) {
            if (batch.endOffset() > offset) {
                break;
            }
            LogBatch seen = batch;
            if (world.flaw() == Flaw.APPLIES_HALF_A_BATCH && batch.records().size() > 1) {
                seen =
                        new LogBatch(
                                batch.baseOffset(),
                                batch.epoch(),
                                batch.control(),
                                batch.records().subList(0, batch.records().size() / 2));
            }
            world.invariants().applied(node, seen);
            state = HashState.after(state, seen);
            appliedOffset = batch.endOffset();
            world.invariants().state(node, appliedOffset, state);
        }
    }

    private void later(long delayNanos, Runnable action) {
        int life = incarnation;
        world.at(world.now() + delayNanos, () -> ifAlive(life, action));
    }

    private void ifAlive(int life, Runnable action) {
        if (up() && life == incarnation) {
            action.run();
        }
    }
}
