package io.tombolo.coordinator.transaction;

import org.apache.kafka.common.protocol.Errors;

/**
 * Whether a transaction may be committed in this region, by the topics that have records of it:
 * what the broker knows as the request comes, asked once for each topic.
 */
@FunctionalInterface
public interface CommitCheck {

    /** Every topic is this region's. */
    CommitCheck PASSED = _ -> Errors.NONE;

    /** NONE, or what the producer is told; then the transaction stays open. */
    Errors refusalOf(String topic);
}
