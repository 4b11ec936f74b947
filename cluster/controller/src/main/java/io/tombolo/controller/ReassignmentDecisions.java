package io.tombolo.controller;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.ReplicaCommand.AlterReassignments;
import io.tombolo.controller.replica.Assignments;
import io.tombolo.controller.replica.Elections;
import io.tombolo.controller.replica.PartitionTransition;
import io.tombolo.controller.replica.SafetyRules;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.ReplicaStanding.Moving;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Decides about reassignments (KIP-455).
 *
 * <pre>
 * state         asked for / event                     becomes       replicas
 * settled       other replicas, some to be added      under way     wanted + those to be removed
 * settled       other replicas, none to be added      settled       wanted
 * settled       cancel                                refused: NO_REASSIGNMENT_IN_PROGRESS
 * under way     other replicas                        as if settled before; what the first one
 *                                                     added and the second does not want is dropped
 * under way     cancel                                settled       those before it
 * under way     all added are in sync                 settled       wanted
 * </pre>
 *
 * <p>The last line happens where in-sync sets change ({@code PartitionTransition}), and so does the
 * second. A change that would leave nobody in sync is refused: it would lose records.
 */
final class ReassignmentDecisions {

    private final SafetyRules rules;

    ReassignmentDecisions(SafetyRules rules) {
        this.rules = rules;
    }

    ControllerResult<Map<TopicPartition, Answer<Applied>>> alter(
            AlterReassignments command, MetadataImage tip) {
        var answers = new LinkedHashMap<TopicPartition, Answer<Applied>>();
        var batches = new ArrayList<List<MetadataRecord>>();
        command.targets()
                .forEach((name, target) -> {
                    Answer<List<MetadataRecord>> plan =
                            plan(name, target, command.mayChangeReplicationFactor(), tip);
                    switch (plan) {
                        case Answer.Done<List<MetadataRecord>>(var records) -> {
                            batches.add(records);
                            answers.put(name, new Answer.Done<>(new Applied()));
                        }
                        case Answer.Refused<List<MetadataRecord>>(var refusal) ->
                                answers.put(name, refusal.answer());
                    }
                });
        return ControllerResult.inBatches(answers, batches);
    }

    /** The records that begin to move a partition; empty when it cannot move so. */
    Optional<List<MetadataRecord>> begun(
            PartitionId id, List<Integer> replicas, MetadataImage tip) {
        return records(plan(id, Optional.of(replicas), false, tip));
    }

    /** The records that leave a partition where it was before it began to move. */
    Optional<List<MetadataRecord>> cancelled(PartitionId id, MetadataImage tip) {
        return records(plan(id, Optional.empty(), false, tip));
    }

    private static Optional<List<MetadataRecord>> records(Answer<List<MetadataRecord>> plan) {
        return plan instanceof Answer.Done<List<MetadataRecord>>(var records)
                ? Optional.of(records)
                : Optional.empty();
    }

    private Answer<List<MetadataRecord>> plan(
            TopicPartition name,
            Optional<List<Integer>> target,
            boolean mayChangeFactor,
            MetadataImage tip) {
        Optional<PartitionId> id = LeaderDecisions.find(name, tip);
        if (id.isEmpty()) {
            return refused(
                    Errors.UNKNOWN_TOPIC_OR_PARTITION,
                    "Unable to find a partition named " + name + ".");
        }
        return plan(id.get(), target, mayChangeFactor, tip);
    }

    private Answer<List<MetadataRecord>> plan(
            PartitionId id,
            Optional<List<Integer>> target,
            boolean mayChangeFactor,
            MetadataImage tip) {
        PartitionRegistration partition = tip.topics().partition(id).orElseThrow();
        BrokerIds before = before(partition);
        if (target.isEmpty() && !partition.reassigning()) {
            return refused(
                    Errors.NO_REASSIGNMENT_IN_PROGRESS,
                    "No partition reassignment is in progress.");
        }
        if (target.isEmpty()) {
            return moved(id, partition, before, Moving.NONE, tip);
        }
        // Unlike for a new topic all of them may be out of service: they are copied to later.
        Optional<String> flaw = Assignments.flaw(tip.brokers(), target.get());
        if (flaw.isPresent()) {
            return refused(Errors.INVALID_REPLICA_ASSIGNMENT, flaw.get());
        }
        if (!mayChangeFactor && target.get().size() != before.size()) {
            return refused(
                    Errors.INVALID_REPLICATION_FACTOR,
                    "The replication factor is changed from %d to %d"
                            .formatted(before.size(), target.get().size()));
        }
        BrokerIds wanted = BrokerIds.of(target.get());
        BrokerIds removing = without(before, wanted);
        BrokerIds all = wanted;
        for (int one : removing.asList()) {
            all = all.with(one);
        }
        var moving = new Moving(without(wanted, before), removing);
        return moved(id, partition, all, moving, tip);
    }

    private Answer<List<MetadataRecord>> moved(
            PartitionId id,
            PartitionRegistration partition,
            BrokerIds all,
            Moving moving,
            MetadataImage tip) {
        PartitionTransition transition =
                new Elections(tip, tip.brokers(), rules)
                        .transition(id, partition)
                        .reassign(all, moving);
        if (transition.withoutInSync() && !partition.isr().isEmpty()) {
            return refused(
                    Errors.INVALID_REPLICA_ASSIGNMENT,
                    "Unable to give up the replicas that are being added to %s, because no other is in sync."
                            .formatted(id));
        }
        return new Answer.Done<>(
                transition
                        .finish()
                        .<List<MetadataRecord>>map(outcome -> List.of(outcome.record()))
                        .orElse(List.of()));
    }

    /** The replicas that a partition has without the reassignment that is under way. */
    private static BrokerIds before(PartitionRegistration partition) {
        return without(partition.replicas(), partition.adding());
    }

    private static BrokerIds without(BrokerIds ids, BrokerIds gone) {
        BrokerIds left = ids;
        for (int one : gone.asList()) {
            left = left.without(one);
        }
        return left;
    }

    private static Answer<List<MetadataRecord>> refused(Errors error, String message) {
        return new Refusal(error, message).answer();
    }
}
