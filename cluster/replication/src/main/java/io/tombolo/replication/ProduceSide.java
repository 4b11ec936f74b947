package io.tombolo.replication;

import io.tombolo.environment.Clock;
import io.tombolo.protocol.records.VerifiedBatch;
import io.tombolo.replication.Role.Follower;
import io.tombolo.replication.Role.Idle;
import io.tombolo.replication.Role.Leader;
import io.tombolo.replication.Role.MirrorLeader;
import io.tombolo.replication.Role.WriteAccess;
import io.tombolo.replication.leader.Leadership;
import io.tombolo.replication.transaction.TransactionAdmission;
import io.tombolo.replication.transaction.TransactionMarker;
import io.tombolo.storage.log.AppendOrigin;
import io.tombolo.storage.log.AppendResult;

import org.apache.kafka.common.protocol.Errors;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What a leader appends for clients and for coordinators, and when it says so. */
final class ProduceSide {

    private final PartitionState state;
    private final Clock clock;
    private final TransactionAdmission admission;
    private final ProducedBatches produced;

    ProduceSide(PartitionState state, Clock clock) {
        this.state = state;
        this.clock = clock;
        this.admission = new TransactionAdmission(state.log);
        this.produced = new ProducedBatches(clock, admission, state.settings);
    }

    TransactionAdmission admission() {
        return admission;
    }

    /** What coordinators said under another leadership does not count under this one. */
    void forgetVerifications() {
        admission.forget();
    }

    /**
     * Appends a client's batches.
     *
     * @param answer called once: at once, or when the acknowledgement that was asked for is there
     */
    void produce(Produce request, Consumer<ProduceOutcome> answer) {
        if (state.role instanceof MirrorLeader mirror && mirror.ending()) {
            answer.accept(
                    ProduceOutcome.refused(
                            Errors.NOT_LEADER_OR_FOLLOWER,
                            "topic %s of link %s is being taken over"
                                    .formatted(state.id.topic(), mirror.link())));
            return;
        }
        asWriter(answer, leader -> produceAsLeader(leader, request, answer));
    }

    /** Does something as a leader of a topic that may be written to; otherwise says why not. */
    private void asWriter(Consumer<ProduceOutcome> answer, Consumer<Leader> work) {
        switch (state.role) {
            case Idle _, Follower _ -> answer.accept(state.notLeader());
            case MirrorLeader mirror ->
                    answer.accept(
                            ProduceOutcome.refused(
                                    Errors.POLICY_VIOLATION,
                                    "topic %s is a read-only mirror of link %s"
                                            .formatted(state.id.topic(), mirror.link())));
            case Leader leader -> {
                switch (leader.access()) {
                    case WriteAccess.Fenced(String reason) ->
                            answer.accept(ProduceOutcome.refused(Errors.POLICY_VIOLATION, reason));
                    case WriteAccess.Undecided(String reason) ->
                            answer.accept(
                                    ProduceOutcome.refused(Errors.NOT_LEADER_OR_FOLLOWER, reason));
                    case WriteAccess.HandingOver(String reason, long _) ->
                            answer.accept(
                                    ProduceOutcome.refused(Errors.NOT_LEADER_OR_FOLLOWER, reason));
                    case WriteAccess.Leased leased when !leased.heldAt(clock.nanoTime()) ->
                            answer.accept(unleased());
                    case WriteAccess.Leased _, WriteAccess.Open _ -> work.accept(leader);
                }
            }
        }
    }

    private static ProduceOutcome unleased() {
        return ProduceOutcome.refused(
                Errors.NOT_LEADER_OR_FOLLOWER,
                "this broker has no lease from a majority of the sites; another region may own the"
                        + " topic by now");
    }

    private ProduceOutcome notEnoughReplicas(Leader leader) {
        Leadership known =
                state.leaderSide == null ? leader.leadership() : state.leaderSide.state();
        return ProduceOutcome.refused(
                Errors.NOT_ENOUGH_REPLICAS,
                "%d replicas are in sync, %d must be"
                        .formatted(
                                known.isr().size(), known.inSyncMin(state.settings.inSyncMin())));
    }

    private void produceAsLeader(Leader leader, Produce request, Consumer<ProduceOutcome> answer) {
        if (request.acks() == -1 && state.tooFewInSync()) {
            answer.accept(notEnoughReplicas(leader));
            return;
        }
        Optional<ProduceOutcome> doubt = state.doubt();
        if (request.acks() == -1 && doubt.isPresent()) {
            answer.accept(doubt.get());
            return;
        }
        switch (produced.prepare(request, state.settings)) {
            case ProducedBatches.Refused(ProduceOutcome outcome) -> answer.accept(outcome);
            case ProducedBatches.Ready(VerifiedBatch batch) ->
                    finishProduce(
                            request,
                            append(() -> state.log.append(batch, leader.leaderEpoch())),
                            answer);
        }
    }

    private AppendResult append(Supplier<AppendResult> step) {
        return state.guarded(
                () -> {
                    AppendResult result = step.get();
                    if (result instanceof AppendResult.Appended) {
                        state.appended();
                    } else if (result instanceof AppendResult.NoRoom(Exception cause)) {
                        state.lacksRoom(cause);
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
                                    state.log.startOffset()),
                            answer);
            case AppendResult.Duplicate duplicate ->
                    acknowledge(
                            request,
                            duplicate.lastOffset() + 1,
                            ProduceOutcome.accepted(
                                    duplicate.firstOffset(),
                                    duplicate.timestampMs(),
                                    state.log.startOffset()),
                            answer);
            // Clients take it for success, so it has to be one.
            case AppendResult.OldDuplicate old ->
                    acknowledge(request, old.endOffset(), AppendRefusals.toOutcome(result), answer);
            default -> answer.accept(AppendRefusals.toOutcome(result));
        }
        state.failWhenLogFailed();
    }

    private void acknowledge(
            Produce request, long offset, ProduceOutcome success, Consumer<ProduceOutcome> answer) {
        Consumer<ProduceOutcome> told =
                state.role instanceof Leader(Leadership _, WriteAccess.Leased leased)
                        ? outcome ->
                                answer.accept(
                                        leased.heldAt(clock.nanoTime()) ? outcome : unleased())
                        : answer;
        state.acknowledgements.await(request, offset, state.highWatermark(), success, told);
    }

    /**
     * Ends a producer's transaction here; answered when all in-sync replicas have the marker. While
     * the topic is handed over only what is open is ended.
     *
     * @param timeoutNanos how long to wait for them
     */
    void mark(TransactionMarker marker, long timeoutNanos, Consumer<ProduceOutcome> answer) {
        if (state.role instanceof Leader(Leadership _, WriteAccess.HandingOver _)
                && !isOpen(marker.producerId())) {
            // There is nothing to end, and the log does not grow behind its fence.
            answer.accept(
                    ProduceOutcome.accepted(state.log.endOffset(), -1, state.log.startOffset()));
        } else if (state.role instanceof Leader leader
                && leader.access() instanceof WriteAccess.HandingOver) {
            markIfInSync(leader, marker, timeoutNanos, answer);
        } else {
            asWriter(answer, leader -> markIfInSync(leader, marker, timeoutNanos, answer));
        }
    }

    private boolean isOpen(long producerId) {
        return state.log.producers().stream()
                .filter(one -> one.producerId() == producerId)
                .anyMatch(one -> one.openTransactionOffset().isPresent());
    }

    private void markIfInSync(
            Leader leader,
            TransactionMarker marker,
            long timeoutNanos,
            Consumer<ProduceOutcome> answer) {
        if (state.tooFewInSync()) {
            answer.accept(notEnoughReplicas(leader));
        } else {
            markAsLeader(leader, marker, timeoutNanos, answer);
        }
    }

    private void markAsLeader(
            Leader leader,
            TransactionMarker marker,
            long timeoutNanos,
            Consumer<ProduceOutcome> answer) {
        ByteBuffer batch = marker.batch(clock.wallTimeMs());
        var wait = new Produce(batch, (short) -1, timeoutNanos, (short) 0);
        AppendResult result =
                append(() -> state.log.append(batch, leader.leaderEpoch(), marker.origin()));
        if (result instanceof AppendResult.Appended) {
            admission.ended(marker.producerId());
        }
        finishProduce(wait, result, answer);
    }

    /**
     * Appends batches that this broker made itself (coordinators), whose order and content are its
     * own. They end at the log end when this returns NONE, and are committed when the high
     * watermark passes it.
     */
    Errors appendOwn(ByteBuffer batches) {
        if (!(state.role instanceof Leader leader)) {
            return state.notLeader().error();
        }
        if (state.tooFewInSync()) {
            return Errors.NOT_ENOUGH_REPLICAS;
        }
        AppendResult result =
                append(() -> state.log.append(batches, leader.leaderEpoch(), AppendOrigin.BROKER));
        state.failWhenLogFailed();
        admission.forget(); // there may have been markers among them
        return result instanceof AppendResult.Appended
                ? Errors.NONE
                : AppendRefusals.toOutcome(result).error();
    }
}
