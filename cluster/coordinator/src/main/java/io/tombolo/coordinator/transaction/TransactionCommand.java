package io.tombolo.coordinator.transaction;

import io.tombolo.coordinator.runtime.Ticket;

import org.apache.kafka.common.protocol.Errors;

import java.util.OptionalLong;

/** What may be asked of the transactional ids of one partition. */
public sealed interface TransactionCommand {

    /**
     * InitProducerId with a transactional id.
     *
     * @param timeoutMs how long its transactions may take
     * @param expected who the client believes to be (KIP-360), or {@link ProducerIdentity#NONE}
     * @param spareId a producer id that nobody has had before; without one the answer may be {@link
     *     ProducerAnswer.ProducerIdWanted}
     */
    record Initialize(
            String id,
            int timeoutMs,
            ProducerIdentity expected,
            OptionalLong spareId,
            Ticket<ProducerAnswer> ticket)
            implements TransactionCommand {}

    /**
     * AddPartitionsToTxn and AddOffsetsToTxn: all partitions are added, or none.
     *
     * @param version 2 when the client speaks the protocol that raises epochs, otherwise 0
     */
    record AddPartitions(
            String id,
            ProducerIdentity producer,
            TouchedPartitions partitions,
            short version,
            Ticket<Errors> ticket)
            implements TransactionCommand {}

    /** AddPartitionsToTxn of a broker that only wants to know whether they were added. */
    record Verify(
            String id,
            ProducerIdentity producer,
            TouchedPartitions partitions,
            Ticket<Verified> ticket)
            implements TransactionCommand {}

    /**
     * EndTxn.
     *
     * @param spareId see {@link Initialize}
     */
    record End(
            String id,
            ProducerIdentity producer,
            Ending ending,
            OptionalLong spareId,
            Ticket<ProducerAnswer> ticket)
            implements TransactionCommand {}

    /**
     * The markers asked for in {@link TransactionEvent.MarkersWanted} are committed in these
     * partitions, or the partitions are gone. Answers NONE, also to old news.
     *
     * @param producer as in the event
     */
    record MarkersWritten(
            String id,
            ProducerIdentity producer,
            TouchedPartitions partitions,
            Ticket<Errors> ticket)
            implements TransactionCommand {}

    /**
     * How a transaction is to end.
     *
     * @param raising whether the end raises the epoch: EndTxn 5 and later
     * @param check what a commit has to pass
     */
    record Ending(boolean commit, boolean raising, CommitCheck check) {

        /** An end in a region that gives no topic away. */
        public Ending(boolean commit, boolean raising) {
            this(commit, raising, CommitCheck.PASSED);
        }

        /** NONE, or why a transaction that touches these may not end like this. */
        Errors refusalFor(TouchedPartitions touched) {
            return touched.byTopic().keySet().stream()
                    .filter(_ -> commit)
                    .map(check::refusalOf)
                    .filter(refusal -> refusal != Errors.NONE)
                    .findFirst()
                    .orElse(Errors.NONE);
        }
    }

    /**
     * Which of the partitions asked for are part of the open transaction.
     *
     * @param error why none can be; NONE otherwise
     */
    record Verified(Errors error, TouchedPartitions added) {}
}
