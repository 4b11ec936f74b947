package io.tombolo.controller;

import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.BrokerCommand.ContinueDrain;
import io.tombolo.controller.command.BrokerCommand.DrainBroker;
import io.tombolo.controller.replica.DrainPlan;
import io.tombolo.controller.replica.Elections;
import io.tombolo.controller.replica.SafetyRules;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerRecord.BrokerDrain;
import io.tombolo.metadata.record.BrokerRecord.BrokerUnregistered;
import io.tombolo.metadata.record.BrokerRecord.Drain;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.PartitionId;

import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides about brokers that are to be emptied. What is wanted is in the metadata, how far it is
 * follows from them, and so whichever controller is active goes on where the last one stopped.
 *
 * <pre>
 * wanted   event                              becomes   partitions
 * nothing  drain                              drain     those that others can lead are led by them
 * drain    continue                           same      some more begin to move
 * drain    wanted no longer                   nothing   moves away from the broker are cancelled
 * leave    continue, empty and out of service           the broker is unregistered
 * any      the broker is unregistered         nothing
 * </pre>
 */
final class DrainDecisions {

    private final SafetyRules rules;
    private final ReassignmentDecisions reassignments;

    DrainDecisions(SafetyRules rules, ReassignmentDecisions reassignments) {
        this.rules = rules;
        this.reassignments = reassignments;
    }

    ControllerResult<Applied> drain(DrainBroker command, MetadataImage tip) {
        int brokerId = command.brokerId();
        if (tip.brokers().broker(brokerId).isEmpty()) {
            return ControllerResult.refused(
                    Errors.BROKER_ID_NOT_REGISTERED,
                    "Broker ID " + brokerId + " is not currently registered");
        }
        var batches = new ArrayList<List<MetadataRecord>>();
        if (!tip.brokers().drainOf(brokerId).equals(command.drain())) {
            batches.add(List.of(new BrokerDrain(brokerId, command.drain())));
        }
        if (command.drain().wanted()) {
            // Last what is slow: who asks again after a crash finds the rest and does it.
            var then = new Elections(tip, tip.brokers().with(brokerId, command.drain()), rules);
            then.cordoned(brokerId).forEach(record -> batches.add(List.of(record)));
        } else {
            movingAwayFrom(brokerId, tip)
                    .forEach(id -> reassignments.cancelled(id, tip).ifPresent(batches::add));
        }
        return ControllerResult.inBatches(new Applied(), batches);
    }

    private static List<PartitionId> movingAwayFrom(int brokerId, MetadataImage tip) {
        return tip.topics().reassigning().ids().stream()
                .filter(id -> tip.topics().partition(id).orElseThrow().removing().has(brokerId))
                .toList();
    }

    ControllerResult<Applied> carryOn(ContinueDrain command, MetadataImage tip) {
        int brokerId = command.brokerId();
        Drain drain = tip.brokers().drainOf(brokerId);
        Optional<BrokerRegistration> broker = tip.brokers().broker(brokerId);
        if (!drain.wanted() || broker.isEmpty()) {
            return ControllerResult.done(new Applied());
        }
        var batches = new ArrayList<List<MetadataRecord>>();
        if (tip.topics().replicasOn(brokerId).isEmpty()) {
            if (drain.goal() == Drain.Goal.LEAVE && broker.get().fenced()) {
                batches.add(List.of(new BrokerUnregistered(brokerId, broker.get().brokerEpoch())));
            }
            return ControllerResult.inBatches(new Applied(), batches);
        }
        new Elections(tip, tip.brokers(), rules)
                .cordoned(brokerId)
                .forEach(record -> batches.add(List.of(record)));
        if (!batches.isEmpty()) {
            return ControllerResult.inBatches(new Applied(), batches); // the rest comes next time
        }
        DrainPlan.of(brokerId, command.movesMax(), tip)
                .moves()
                .forEach((id, replicas) ->
                        reassignments.begun(id, replicas, tip).ifPresent(batches::add));
        return ControllerResult.inBatches(new Applied(), batches);
    }
}
