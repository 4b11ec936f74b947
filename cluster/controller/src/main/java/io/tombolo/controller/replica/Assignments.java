package io.tombolo.controller.replica;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Refusal;
import io.tombolo.metadata.image.BrokersImage;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.PartitionRegistration;

import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** Turns wishes for replicas into partitions, or says in Kafka's words why not. */
public final class Assignments {

    /** The most partitions that one command may add; what a command makes must fit into memory. */
    public static final int PARTITIONS_MAX = 200_000;

    private Assignments() {}

    /**
     * Partitions that the controller places.
     *
     * @param from index of the first of them
     */
    public static Answer<List<PartitionRegistration>> placed(
            Placement placement, int from, int count, int replicationFactor) {
        int registered = placement.registeredCount();
        if (replicationFactor > registered) {
            return unplaceable(
                    replicationFactor,
                    "The target replication factor of %d cannot be reached because only %d broker(s) are registered."
                            .formatted(replicationFactor, registered));
        }
        if (placement.impossible()) {
            return unplaceable(replicationFactor, "All brokers are currently fenced.");
        }
        if (count > PARTITIONS_MAX) {
            return new Refusal(
                            Errors.POLICY_VIOLATION,
                            "At most %d partitions can be added at once, not %d."
                                    .formatted(PARTITIONS_MAX, count))
                    .answer();
        }
        var partitions = new ArrayList<PartitionRegistration>(count);
        for (int index = from; index < from + count; index++) {
            partitions.add(placement.partition(placement.replicas(index, replicationFactor)));
        }
        return new Answer.Done<>(partitions);
    }

    /**
     * Partitions whose replicas the client chose.
     *
     * @param from index of the first of them
     * @param replicationFactor what each must have; 0 when the first one decides
     */
    public static Answer<List<PartitionRegistration>> chosen(
            BrokersImage brokers,
            int from,
            Collection<List<Integer>> assignments,
            int replicationFactor) {
        var placement = new Placement(brokers, 0);
        var partitions = new ArrayList<PartitionRegistration>(assignments.size());
        int wanted = replicationFactor;
        for (List<Integer> replicas : assignments) {
            Optional<String> flaw = flaw(brokers, from + partitions.size(), replicas, wanted);
            if (flaw.isPresent()) {
                return new Refusal(Errors.INVALID_REPLICA_ASSIGNMENT, flaw.get()).answer();
            }
            wanted = replicas.size();
            partitions.add(placement.partition(BrokerIds.of(replicas)));
        }
        return new Answer.Done<>(partitions);
    }

    private static Answer<List<PartitionRegistration>> unplaceable(int factor, String why) {
        return new Refusal(
                        Errors.INVALID_REPLICATION_FACTOR,
                        "Unable to replicate the partition %d time(s): %s".formatted(factor, why))
                .answer();
    }

    /**
     * What is wrong with replicas that a client chose, as far as it does not matter whether their
     * brokers are in service; in Kafka's words.
     */
    public static Optional<String> flaw(BrokersImage brokers, List<Integer> replicas) {
        if (replicas.isEmpty()) {
            return Optional.of("The manual partition assignment includes an empty replica list.");
        }
        var seen = new HashSet<Integer>();
        for (int broker : replicas) {
            if (brokers.broker(broker).isEmpty()) {
                return Optional.of(
                        "The manual partition assignment includes broker %d, but no such broker is registered."
                                .formatted(broker));
            }
            if (!seen.add(broker)) {
                return Optional.of(
                        "The manual partition assignment includes the broker %d more than once."
                                .formatted(broker));
            }
        }
        return Optional.empty();
    }

    private static Optional<String> flaw(
            BrokersImage brokers, int index, List<Integer> replicas, int replicationFactor) {
        Optional<String> flaw = flaw(brokers, replicas);
        if (flaw.isPresent()) {
            return flaw;
        }
        if (replicationFactor != 0 && replicas.size() != replicationFactor) {
            return Optional.of(
                    "The manual partition assignment includes a partition with %d replica(s), but this is not consistent with previous partitions, which have %d replica(s)."
                            .formatted(replicas.size(), replicationFactor));
        }
        if (replicas.stream().noneMatch(brokers::mayLead)) {
            return Optional.of(
                    "All brokers specified in the manual partition assignment for partition %d are fenced or in controlled shutdown."
                            .formatted(index));
        }
        return Optional.empty();
    }
}
