package io.tombolo.broker.quorum;

import io.tombolo.broker.Commands;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.ReplicaCommand;
import io.tombolo.controller.command.ReplicaCommand.AlterPartitions;
import io.tombolo.controller.command.ReplicaCommand.PartitionState;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.record.LeaderRecovery;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.replication.leader.IsrProposals;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * What the leaders of this broker propose to the controller, one AlterPartition under way at a
 * time: what is proposed meanwhile goes with the next one. A partition is in a request once, so
 * that its proposals are decided in their order. Mutable, owned by the controller's loop; proposals
 * come from any thread.
 *
 * <p>A proposal says that its leader has recovered: it leads and knows its log, which is all that a
 * leader does after an unclean election.
 */
public final class IsrQueue implements IsrProposals {

    /** Proposals that may wait; what comes then is unavailable at once. */
    static final int WAITING_MAX = 200_000;

    /** Partitions in one request, so that it stays far below a metadata batch. */
    static final int REQUEST_MAX = 10_000;

    private final Place place;
    private final Commands commands;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private boolean underWay;

    /**
     * Where it runs, and for whom it speaks.
     *
     * @param brokerEpoch of the registration in force
     * @param loopOf the loop that owns a partition
     */
    public record Place(
            int brokerId,
            LongSupplier brokerEpoch,
            EventLoop loop,
            Function<TopicPartition, EventLoop> loopOf) {}

    private record Waiting(
            TopicIdPartition partition, Proposal proposal, Consumer<Outcome> answer) {

        PartitionId id() {
            return new PartitionId(partition.topicId(), partition.partition());
        }
    }

    /**
     * @param commands the way to the active controller, on whichever broker it is
     */
    public IsrQueue(Place place, Commands commands) {
        this.place = place;
        this.commands = commands;
    }

    @Override
    public void propose(TopicIdPartition partition, Proposal proposal, Consumer<Outcome> answer) {
        place.loop().execute(() -> take(new Waiting(partition, proposal, answer)));
    }

    private void take(Waiting one) {
        if (waiting.size() >= WAITING_MAX) {
            tell(one, new Outcome.Unavailable());
            return;
        }
        waiting.add(one);
        send();
    }

    private void send() {
        if (underWay || waiting.isEmpty()) {
            return;
        }
        Map<PartitionId, Waiting> batch = nextBatch();
        var proposals = new ArrayList<ReplicaCommand.Proposal>(batch.size());
        batch.forEach((id, one) -> proposals.add(proposal(id, one.proposal())));
        var request =
                new AlterPartitions(place.brokerId(), place.brokerEpoch().getAsLong(), proposals);
        underWay = true;
        commands.submit(request, place.loop(), answer -> answered(batch, answer));
    }

    /** What comes first, up to the second proposal of a partition. */
    private Map<PartitionId, Waiting> nextBatch() {
        var batch = new LinkedHashMap<PartitionId, Waiting>();
        while (!waiting.isEmpty()
                && batch.size() < REQUEST_MAX
                && !batch.containsKey(waiting.element().id())) {
            Waiting next = waiting.remove();
            batch.put(next.id(), next);
        }
        return batch;
    }

    private static ReplicaCommand.Proposal proposal(PartitionId id, Proposal wanted) {
        List<ReplicaCommand.Member> isr =
                wanted.isr().stream()
                        .map(one -> new ReplicaCommand.Member(one.brokerId(), one.brokerEpoch()))
                        .toList();
        return new ReplicaCommand.Proposal(
                id, wanted.leaderEpoch(), wanted.partitionEpoch(), isr, LeaderRecovery.RECOVERED);
    }

    private void answered(
            Map<PartitionId, Waiting> batch,
            Answer<Map<PartitionId, Answer<PartitionState>>> answer) {
        underWay = false;
        switch (answer) {
            case Answer.Done<Map<PartitionId, Answer<PartitionState>>>(var states) ->
                    batch.forEach((id, one) ->
                            tell(
                                    one,
                                    Optional.ofNullable(states.get(id))
                                            .map(this::outcome)
                                            .orElseGet(Outcome.Unavailable::new)));
            case Answer.Refused<Map<PartitionId, Answer<PartitionState>>>(var refusal) ->
                    batch.values().forEach(one -> tell(one, refused(refusal.error())));
        }
        send();
    }

    private Outcome outcome(Answer<PartitionState> answer) {
        return switch (answer) {
            case Answer.Done<PartitionState>(var state) when state.leader() != place.brokerId() ->
                    new Outcome.Fenced();
            case Answer.Done<PartitionState>(var state) ->
                    new Outcome.Accepted(state.leaderEpoch(), state.partitionEpoch(), state.isr());
            case Answer.Refused<PartitionState>(var refusal) -> refused(refusal.error());
        };
    }

    /**
     * What a leader makes of an error. A topic that the controller does not know is about to be
     * known, or gone; a broker epoch that is over is replaced by the next registration.
     */
    private static Outcome refused(Errors error) {
        return switch (error) {
            case FENCED_LEADER_EPOCH, NEW_LEADER_ELECTED -> new Outcome.Fenced();
            case INVALID_UPDATE_VERSION, UNKNOWN_TOPIC_ID, UNKNOWN_TOPIC_OR_PARTITION ->
                    new Outcome.StalePartitionEpoch();
            case INELIGIBLE_REPLICA, INVALID_REQUEST, STALE_BROKER_EPOCH, OPERATION_NOT_ATTEMPTED ->
                    new Outcome.InvalidUpdate();
            default -> new Outcome.Unavailable();
        };
    }

    private void tell(Waiting one, Outcome outcome) {
        place.loopOf()
                .apply(one.partition().topicPartition())
                .execute(() -> one.answer().accept(outcome));
    }
}
