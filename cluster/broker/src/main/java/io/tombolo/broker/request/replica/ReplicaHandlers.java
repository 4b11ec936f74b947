package io.tombolo.broker.request.replica;

import io.tombolo.broker.Commands;
import io.tombolo.broker.Images;
import io.tombolo.broker.quorum.Forwarding;
import io.tombolo.broker.request.RequestDispatcher;

import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UnregisterControllerRequestData;
import org.apache.kafka.common.protocol.ApiKeys;

/**
 * The handlers of this package; all of them answer where the controller is.
 *
 * @param images of this broker
 */
public record ReplicaHandlers(Images images) {

    /** Adds handlers that hand on what is for a controller elsewhere. */
    public void addTo(RequestDispatcher dispatcher, Forwarding forwarding) {
        dispatcher
                .with(
                        ApiKeys.ELECT_LEADERS,
                        ElectLeadersRequestData.class,
                        forwarding.of(
                                ApiKeys.ELECT_LEADERS, to -> new ElectLeadersHandler(to, images)))
                .with(
                        ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                        AlterPartitionReassignmentsRequestData.class,
                        forwarding.of(
                                ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                                AlterPartitionReassignmentsHandler::new))
                .with(
                        ApiKeys.LIST_PARTITION_REASSIGNMENTS,
                        ListPartitionReassignmentsRequestData.class,
                        forwarding.of(
                                ApiKeys.LIST_PARTITION_REASSIGNMENTS,
                                _ -> new ListPartitionReassignmentsHandler(images)))
                .with(
                        ApiKeys.UNREGISTER_BROKER,
                        UnregisterBrokerRequestData.class,
                        forwarding.of(ApiKeys.UNREGISTER_BROKER, UnregisterBrokerHandler::new))
                .with(
                        ApiKeys.UNREGISTER_CONTROLLER,
                        UnregisterControllerRequestData.class,
                        forwarding.of(
                                ApiKeys.UNREGISTER_CONTROLLER, UnregisterControllerHandler::new));
    }

    /**
     * Adds handlers for what other brokers have handed on.
     *
     * @param here has commands decided on this broker or not at all
     */
    public RequestDispatcher addTo(RequestDispatcher dispatcher, Commands here) {
        return dispatcher
                .with(
                        ApiKeys.ELECT_LEADERS,
                        ElectLeadersRequestData.class,
                        new ElectLeadersHandler(here, images))
                .with(
                        ApiKeys.ALTER_PARTITION_REASSIGNMENTS,
                        AlterPartitionReassignmentsRequestData.class,
                        new AlterPartitionReassignmentsHandler(here))
                .with(
                        ApiKeys.LIST_PARTITION_REASSIGNMENTS,
                        ListPartitionReassignmentsRequestData.class,
                        new ListPartitionReassignmentsHandler(images))
                .with(
                        ApiKeys.UNREGISTER_BROKER,
                        UnregisterBrokerRequestData.class,
                        new UnregisterBrokerHandler(here))
                .with(
                        ApiKeys.UNREGISTER_CONTROLLER,
                        UnregisterControllerRequestData.class,
                        new UnregisterControllerHandler(here));
    }
}
