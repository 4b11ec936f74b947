package io.tombolo.controller;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.BrokerCommand;
import io.tombolo.controller.command.BrokerCommand.FenceBroker;
import io.tombolo.controller.command.BrokerCommand.HeartbeatBroker;
import io.tombolo.controller.command.BrokerCommand.RegisterBroker;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.RegionCommand.FormatRegion;
import io.tombolo.controller.command.ReplicaCommand.BalanceLeaders;
import io.tombolo.controller.command.ReplicaCommand.Balanced;
import io.tombolo.controller.command.ScarceRoom;
import io.tombolo.environment.Clock;
import io.tombolo.environment.Entropy;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Invariant;
import io.tombolo.metadata.image.LogPlace;
import io.tombolo.metadata.image.MetadataDelta;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.UnreadableRecord;
import io.tombolo.raft.RaftListener;
import io.tombolo.raft.RaftNode;
import io.tombolo.raft.core.LeaderAndEpoch;
import io.tombolo.raft.core.LogBatch;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.core.ProposeResult;
import io.tombolo.raft.core.RaftEvent.Room;

import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The controller of a region on one node: mutable, owned by its loop. Every node follows the
 * committed metadata and publishes it; the node that leads the quorum decides commands as well.
 *
 * <p>Records of a decided command are applied to an optimistic tip at once, so that the next
 * command is decided without waiting for the quorum; the answer is given when they are committed.
 * When leadership is lost the tip goes back to what is committed and whoever waits is told
 * NOT_CONTROLLER.
 *
 * <pre>
 * state      event                                    becomes   effect
 * following  this node leads                          active    tip = committed; region formatted if new
 * following  command                                  same      refused: NOT_CONTROLLER
 * active     command, room in the queue               same      decided, proposed, applied to the tip
 * active     command, queue full                      same      refused: THROTTLING_QUOTA_EXCEEDED
 * active     command that needs room, disk full       same      refused: KAFKA_STORAGE_ERROR
 * active     the oldest proposal is committed         same      published, then answered
 * active     another leader, or another epoch         following tip = committed; waiting commands refused
 * any        the log contradicts itself, or fails     failed    waiting commands refused; listener told
 * </pre>
 */
public final class ActiveController implements RaftListener {

    private static final long RETRY_NANOS = 5_000_000;

    private static final Refusal NOT_CONTROLLER =
            new Refusal(Errors.NOT_CONTROLLER, "This node is not the active controller.");

    private final Place place;
    private final ControllerSettings settings;
    private final Controller controller;
    private final MetadataListener listener;
    private final CommittedMetadata committed;
    private final BrokerSessions sessions;
    private final Chores chores;

    private final ArrayDeque<Pending<?>> undecided = new ArrayDeque<>();
    private final ArrayDeque<Proposal> unsent = new ArrayDeque<>();
    private final ArrayDeque<Proposal> inFlight = new ArrayDeque<>();
    private int waitingCount;

    private @Nullable Quorum quorum;
    private MetadataImage tip = MetadataImage.EMPTY;
    private Room room = Room.AMPLE;
    private boolean active;
    private boolean failed;
    private int epoch;
    private EventLoop.@Nullable Timer sessionTimer;
    private EventLoop.@Nullable Timer choreTimer;
    private EventLoop.@Nullable Timer retryTimer;

    /** Where it runs and as which node of the quorum. */
    public record Place(int nodeId, EventLoop loop, Clock clock, Entropy entropy) {}

    /** A batch on its way to being committed, and the commands that are answered with it. */
    private static final class Proposal {

        private final RecordBatches.Packed packed;
        private final List<Pending.Decided<?>> answers = new ArrayList<>();
        private MetadataImage.@Nullable Applied applied;

        Proposal(RecordBatches.Packed packed) {
            this.packed = packed;
        }
    }

    public ActiveController(
            Place place,
            ControllerSettings settings,
            ConfigValidator validator,
            MetadataListener listener) {
        this(place, settings, new Controller(settings, validator), listener);
    }

    ActiveController(
            Place place,
            ControllerSettings settings,
            Controller controller,
            MetadataListener listener) {
        this.place = place;
        this.settings = settings;
        this.controller = controller;
        this.listener = listener;
        this.committed = new CommittedMetadata(settings.bounds());
        this.sessions = new BrokerSessions(settings.pace().brokerSession().toNanos());
        this.chores = new Chores(settings.pace());
    }

    /**
     * A command and who waits for its answer.
     *
     * @param <A> what the command is answered with
     */
    private record Pending<A>(Command<A> command, Consumer<Answer<A>> to) {

        void refuse(Refusal refusal) {
            to.accept(refusal.answer());
        }

        /** The answer to be given once it is committed. */
        Decided<A> decided(Answer<A> answer) {
            return new Decided<>(this, answer);
        }

        /** A decided command. */
        private record Decided<A>(Pending<A> pending, Answer<A> answer) {

            void give() {
                pending.to().accept(answer);
            }
        }
    }

    /** Gives it the log whose listener it is; once, before the log is started. */
    public void attach(RaftNode raft) {
        attach(Quorum.of(raft));
    }

    void attach(Quorum log) {
        Invariant.check(quorum == null, "the controller has a log already");
        quorum = log;
    }

    /**
     * Asks for something. On the controller's loop only. Commands are decided in the order in which
     * they are submitted and answered in that order, save those refused at the door.
     *
     * @param answer called exactly once on the loop, perhaps before this returns; refusals of the
     *     driver itself: NOT_CONTROLLER, THROTTLING_QUOTA_EXCEEDED when too many commands wait,
     *     KAFKA_STORAGE_ERROR when there is no room for it on the disk of the log, POLICY_VIOLATION
     *     when an atomic change is too large
     */
    public <A> void submit(Command<A> command, Consumer<Answer<A>> answer) {
        var pending = new Pending<>(command, answer);
        Optional<Refusal> scarce = ScarceRoom.refusal(command, room, place.nodeId());
        if (!active) {
            pending.refuse(NOT_CONTROLLER);
        } else if (scarce.isPresent()) {
            pending.refuse(scarce.get());
        } else if (waitingCount >= settings.bounds().waitingCommands()) {
            pending.refuse(
                    new Refusal(
                            Errors.THROTTLING_QUOTA_EXCEEDED,
                            "The controller has %d commands waiting.".formatted(waitingCount)));
        } else {
            enqueue(pending);
        }
    }

    /** The newest committed image; on the loop only. */
    public MetadataImage image() {
        return committed.image();
    }

    /** Whether commands are decided here; on the loop only. */
    public boolean active() {
        return active;
    }

    /** The epoch in which commands are, or were last decided here; on the loop only. */
    public int epoch() {
        return epoch;
    }

    /** Commands that wait for their decision or their commit; on the loop only. */
    public int waitingCount() {
        return waitingCount;
    }

    /** Stops deciding, for good; whoever waits is told NOT_CONTROLLER. On the loop only. */
    public void close() {
        failed = true;
        deactivate();
    }

    @Override
    public void onCommit(LogBatch batch) {
        if (failed || batch.control()) {
            return;
        }
        try {
            commit(batch);
        } catch (UnreadableRecord | IllegalStateException broken) {
            fail(broken);
        }
    }

    @Override
    public void onSnapshotBegun(OffsetAndEpoch id) {
        deactivate();
        committed.beginSnapshot();
    }

    @Override
    public void onSnapshotRecords(List<byte[]> records) {
        if (failed) {
            return;
        }
        try {
            committed.addSnapshot(records);
        } catch (UnreadableRecord | IllegalStateException broken) {
            fail(broken);
        }
    }

    @Override
    public void onSnapshotEnded(OffsetAndEpoch id) {
        if (failed) {
            return;
        }
        try {
            publish(committed.restore(id));
        } catch (UnreadableRecord | IllegalStateException broken) {
            fail(broken);
        }
    }

    @Override
    public void onLeaderChange(LeaderAndEpoch leader) {
        boolean leads = leader.leaderId() == place.nodeId() && !failed;
        if (active && (!leads || leader.epoch() != epoch)) {
            deactivate();
        }
        if (leads && !active) {
            activate(leader.epoch());
        }
    }

    @Override
    public void onRoom(Room now) {
        room = now;
    }

    @Override
    public void onFault(Exception cause) {
        fail(cause);
    }

    private void activate(int newEpoch) {
        active = true;
        epoch = newEpoch;
        tip = committed.image();
        List<Integer> unfenced =
                tip.brokers().byId().values().stream()
                        .filter(broker -> !broker.fenced())
                        .map(BrokerRegistration::brokerId)
                        .toList();
        sessions.restart(unfenced, place.clock().nanoTime());
        watchSessions();
        chores.restart(place.clock().nanoTime());
        doChores();
        enqueue(new Pending<>(new FormatRegion(), this::formatted));
    }

    private void formatted(Answer<Applied> answer) {
        if (answer instanceof Answer.Refused<Applied>(var refusal)
                && refusal.error() == Errors.INCONSISTENT_CLUSTER_ID) {
            fail(new IllegalStateException(refusal.message()));
        }
    }

    private void deactivate() {
        active = false;
        tip = committed.image();
        cancel(sessionTimer);
        cancel(choreTimer);
        cancel(retryTimer);
        sessionTimer = null;
        choreTimer = null;
        retryTimer = null;
        var waiting = new ArrayList<Pending<?>>();
        inFlight.forEach(one -> one.answers.forEach(answer -> waiting.add(answer.pending())));
        unsent.forEach(one -> one.answers.forEach(answer -> waiting.add(answer.pending())));
        waiting.addAll(undecided);
        inFlight.clear();
        unsent.clear();
        undecided.clear();
        waitingCount = 0;
        waiting.forEach(pending -> pending.refuse(NOT_CONTROLLER));
    }

    private void fail(Exception cause) {
        if (!failed) {
            failed = true;
            deactivate();
            listener.failed(cause);
        }
    }

    private void enqueue(Pending<?> pending) {
        waitingCount++;
        undecided.add(pending);
        drain();
    }

    /** Sends and decides until there is nothing to do or the log takes no more for now. */
    private void drain() {
        while (active) {
            if (!unsent.isEmpty()) {
                if (!send(unsent.element())) {
                    return;
                }
            } else if (!undecided.isEmpty()) {
                decide(undecided.remove());
            } else {
                return;
            }
        }
    }

    private <A> void decide(Pending<A> pending) {
        ControllerResult<A> result = handle(pending.command());
        Optional<List<RecordBatches.Packed>> packed =
                RecordBatches.pack(result.batches(), settings.bounds().batchBytes());
        if (packed.isEmpty()) {
            result =
                    ControllerResult.refused(
                            Errors.POLICY_VIOLATION,
                            "The change is too large to be made in one piece.");
        }
        packed.orElse(List.of()).forEach(batch -> unsent.add(new Proposal(batch)));
        // An answer without records may rest on changes that are not committed: it waits for them.
        Proposal last = unsent.isEmpty() ? inFlight.peekLast() : unsent.peekLast();
        Pending.Decided<A> decided = pending.decided(result.answer());
        noteContact(pending.command(), result.answer());
        if (last == null) {
            waitingCount--;
            decided.give();
        } else {
            last.answers.add(decided);
        }
    }

    private <A> ControllerResult<A> handle(Command<A> command) {
        long nowNanos = place.clock().nanoTime();
        Quorum present = quorum;
        var circumstances =
                new Circumstances(
                        place.entropy(),
                        id -> sessions.live(id, nowNanos),
                        () -> present == null ? Set.of() : present.voters());
        try {
            return controller.handle(command, tip, circumstances);
        } catch (IllegalArgumentException impossible) {
            // A record refused a value that may not exist; nothing has been changed.
            return ControllerResult.refused(
                    Errors.INVALID_REQUEST, String.valueOf(impossible.getMessage()));
        }
    }

    private void noteContact(Command<?> command, Answer<?> answer) {
        if (!(answer instanceof Answer.Done<?>)) {
            return;
        }
        switch (command) {
            case RegisterBroker register ->
                    sessions.heard(register.brokerId(), place.clock().nanoTime());
            case HeartbeatBroker heartbeat
                    when answer instanceof Answer.Done<?>(BrokerCommand.BrokerState state)
                            && state.shouldShutDown() ->
                    sessions.forget(heartbeat.brokerId());
            case HeartbeatBroker heartbeat ->
                    sessions.heard(heartbeat.brokerId(), place.clock().nanoTime());
            case FenceBroker fence -> sessions.forget(fence.brokerId());
            default -> {}
        }
    }

    /** Proposes the first unsent batch; false when it has to wait. */
    private boolean send(Proposal proposal) {
        ProposeResult result = requireLog().propose(proposal.packed.bytes(), epoch);
        switch (result) {
            case ProposeResult.Accepted(long _, long lastOffset) -> {
                unsent.remove();
                proposal.applied =
                        tip.apply(proposal.packed.records(), new LogPlace(lastOffset, epoch));
                tip = proposal.applied.image();
                inFlight.add(proposal);
                return true;
            }
            case ProposeResult.NotLeader _ -> {
                deactivate();
                return false;
            }
            case ProposeResult.Overloaded _ -> {
                retryLater();
                return false;
            }
            case ProposeResult.TooLarge(long sizeBytes, long batchBytesMax) -> {
                fail(
                        new IllegalStateException(
                                "the controller's bound lets a batch of %d bytes pass, the log's is %d"
                                        .formatted(sizeBytes, batchBytesMax)));
                return false;
            }
        }
    }

    private void commit(LogBatch batch) {
        Proposal oldest = inFlight.peek();
        if (!active || oldest == null) {
            publish(committed.replay(batch));
            tip = committed.image();
        } else {
            inFlight.remove();
            publish(committed.adopt(requireApplied(oldest), batch));
            waitingCount -= oldest.answers.size();
            oldest.answers.forEach(Pending.Decided::give);
        }
        committed.snapshotWhenDue(requireLog());
        drain();
    }

    private void publish(MetadataDelta delta) {
        delta.after()
                .region()
                .identity()
                .filter(identity -> !identity.equals(settings.identity()))
                .ifPresent(other -> {
                    throw new IllegalStateException(
                            "the metadata log belongs to %s, not to %s"
                                    .formatted(other, settings.identity()));
                });
        listener.published(delta);
    }

    private void watchSessions() {
        long nowNanos = place.clock().nanoTime();
        for (int brokerId : sessions.silent(nowNanos)) {
            sessions.forget(brokerId);
            tip.brokers()
                    .broker(brokerId)
                    .filter(broker -> !broker.fenced())
                    .map(broker -> new FenceBroker(brokerId, broker.brokerEpoch()))
                    .ifPresent(fence -> enqueue(new Pending<>(fence, _ -> {})));
        }
        if (active) {
            sessionTimer =
                    place.loop()
                            .schedule(
                                    settings.pace().brokerSession().toNanos() / 4,
                                    this::watchSessions);
        }
    }

    /** Only while nothing else waits. */
    private void doChores() {
        if (waitingCount == 0) {
            chores.due(tip, place.clock().nanoTime()).forEach(this::doChore);
        }
        if (active) {
            choreTimer = place.loop().schedule(Chores.ROUND_NANOS, this::doChores);
        }
    }

    private void doChore(Command<?> command) {
        if (!active) {
            return;
        }
        switch (command) {
            case BalanceLeaders balance ->
                    enqueue(new Pending<>(balance, answer -> balanced(balance.scope(), answer)));
            default -> enqueue(new Pending<>(command, _ -> {}));
        }
    }

    private void balanced(BalanceLeaders.Scope scope, Answer<Balanced> answer) {
        if (answer instanceof Answer.Done<Balanced>(var done)) {
            chores.balanced(scope, done, place.clock().nanoTime());
        }
    }

    private void retryLater() {
        if (retryTimer == null) {
            retryTimer =
                    place.loop()
                            .schedule(
                                    RETRY_NANOS,
                                    () -> {
                                        retryTimer = null;
                                        drain();
                                    });
        }
    }

    private Quorum requireLog() {
        if (quorum == null) {
            throw new Invariant.Broken("the controller runs without a log");
        }
        return quorum;
    }

    private static MetadataImage.Applied requireApplied(Proposal proposal) {
        if (proposal.applied == null) {
            throw new Invariant.Broken("a batch is committed that was never applied");
        }
        return proposal.applied;
    }

    private static void cancel(EventLoop.@Nullable Timer timer) {
        if (timer != null) {
            timer.cancel();
        }
    }
}
