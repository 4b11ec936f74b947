package io.tombolo.broker.transaction;

import io.tombolo.broker.Images;
import io.tombolo.broker.group.InternalTopic;
import io.tombolo.coordinator.transaction.entry.TransactionCoordinator;

import java.util.OptionalInt;

/** Which broker coordinates a transactional id, by the newest metadata. Callable on any loop. */
record Coordinators(Images images, TransactionCoordinator here) {

    /** Empty while nobody does. */
    OptionalInt brokerOf(String transactionalId) {
        return images.current()
                .topics()
                .topic(InternalTopic.TRANSACTIONS)
                .flatMap(topic -> topic.partitions().find(here.partitionOf(transactionalId)))
                .filter(partition -> partition.leader() >= 0)
                .map(partition -> OptionalInt.of(partition.leader()))
                .orElse(OptionalInt.empty());
    }
}
