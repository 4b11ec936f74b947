package io.tombolo.broker.transaction;

import io.tombolo.coordinator.transaction.ProducerIdentity;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

import java.util.List;

/**
 * Whether partitions are part of a producer's transaction.
 *
 * @param partitions at least one, each once
 * @param adding have them made part of the transaction, and open it if need be; otherwise only ask
 */
record Question(
        String transactionalId,
        ProducerIdentity producer,
        List<TopicPartition> partitions,
        boolean adding) {

    Question {
        if (partitions.isEmpty()) {
            throw new IllegalArgumentException("nothing is asked");
        }
        partitions = List.copyOf(partitions);
    }

    /** What is said of each partition that was asked about; NONE when it is part of it. */
    @FunctionalInterface
    interface Answer {

        Errors of(TopicPartition partition);

        /** The same is said of all. */
        static Answer ofAll(Errors error) {
            return _ -> error;
        }
    }
}
