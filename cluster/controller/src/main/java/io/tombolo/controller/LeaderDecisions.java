package io.tombolo.controller;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.ReplicaCommand.BalanceLeaders;
import io.tombolo.controller.command.ReplicaCommand.Balanced;
import io.tombolo.controller.command.ReplicaCommand.ElectLeaders;
import io.tombolo.controller.command.ReplicaCommand.Elected;
import io.tombolo.controller.command.ReplicaCommand.Election;
import io.tombolo.controller.replica.Elections;
import io.tombolo.controller.replica.PartitionTransition;
import io.tombolo.controller.replica.PartitionTransition.Outcome;
import io.tombolo.controller.replica.SafetyRules;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.PartitionChange;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decides about leaders that somebody asks for, and gives preferred leaders back. */
final class LeaderDecisions {

    private final SafetyRules rules;

    LeaderDecisions(SafetyRules rules) {
        this.rules = rules;
    }

    ControllerResult<Map<TopicPartition, Answer<Elected>>> elect(
            ElectLeaders command, MetadataImage tip) {
        var answers = new LinkedHashMap<TopicPartition, Answer<Elected>>();
        var batches = new ArrayList<List<MetadataRecord>>();
        List<TopicPartition> wanted =
                command.partitions().orElseGet(() -> candidates(command.election(), tip));
        for (TopicPartition name : wanted) {
            if (!answers.containsKey(name)) {
                answers.put(name, elected(command.election(), name, tip, batches));
            }
        }
        return ControllerResult.inBatches(answers, batches);
    }

    ControllerResult<Balanced> balance(BalanceLeaders command, MetadataImage tip) {
        var elections = new Elections(tip, tip.brokers(), rules);
        var batches = new ArrayList<List<MetadataRecord>>();
        for (PartitionId id : improvable(command.scope(), tip)) {
            Optional<Outcome> outcome =
                    preferring(elections, id, tip).finish().filter(LeaderDecisions::hasNewLeader);
            if (outcome.isPresent() && batches.size() == command.partitionsMax()) {
                return ControllerResult.inBatches(new Balanced(batches.size(), true), batches);
            }
            outcome.ifPresent(done -> batches.add(List.of(done.record())));
        }
        return ControllerResult.inBatches(new Balanced(batches.size(), false), batches);
    }

    private static List<PartitionId> improvable(BalanceLeaders.Scope scope, MetadataImage tip) {
        return switch (scope) {
            case LEADERLESS -> tip.topics().leaderless().ids();
            case PREFERRED -> returnable(tip);
        };
    }

    /** Partitions whose preferred leader is in service and does not lead. */
    private static List<PartitionId> returnable(MetadataImage tip) {
        var ids = new ArrayList<PartitionId>();
        tip.topics()
                .indexes()
                .awayFrom()
                .forEach((broker, partitions) -> {
                    if (tip.brokers().welcomes(broker)) {
                        partitions.ids().stream()
                                .filter(id -> !tip.topics().leaderless().has(id))
                                .forEach(ids::add);
                    }
                });
        return ids;
    }

    private static List<TopicPartition> candidates(Election election, MetadataImage tip) {
        var ids = new ArrayList<PartitionId>();
        switch (election) {
            case UNCLEAN -> ids.addAll(tip.topics().leaderless().ids());
            case PREFERRED ->
                    tip.topics()
                            .indexes()
                            .awayFrom()
                            .values()
                            .forEach(partitions -> ids.addAll(partitions.ids()));
        }
        return ids.stream()
                .map(id ->
                        new TopicPartition(
                                tip.topics().topic(id.topicId()).orElseThrow().name(), id.index()))
                .toList();
    }

    private Answer<Elected> elected(
            Election election,
            TopicPartition name,
            MetadataImage tip,
            List<List<MetadataRecord>> batches) {
        Optional<PartitionId> found = find(name, tip);
        if (found.isEmpty()) {
            return refused(
                    Errors.UNKNOWN_TOPIC_OR_PARTITION, "No such partition as %s".formatted(name));
        }
        PartitionId id = found.get();
        PartitionRegistration partition = tip.topics().partition(id).orElseThrow();
        boolean needed =
                switch (election) {
                    case PREFERRED -> partition.leader() != partition.preferredLeader();
                    case UNCLEAN -> !partition.hasLeader();
                };
        if (!needed) {
            return refused(
                    Errors.ELECTION_NOT_NEEDED, "Leader election not needed for topic partition.");
        }
        var elections = new Elections(tip, tip.brokers(), rules);
        Optional<Outcome> outcome =
                switch (election) {
                    case PREFERRED ->
                            preferring(elections, id, tip)
                                    .finish()
                                    .filter(done ->
                                            done.partition().leader()
                                                    == partition.preferredLeader());
                    case UNCLEAN ->
                            elections
                                    .uncleanTransition(id, partition)
                                    .finish()
                                    .filter(LeaderDecisions::hasNewLeader);
                };
        if (outcome.isEmpty()) {
            return switch (election) {
                case PREFERRED ->
                        refused(
                                Errors.PREFERRED_LEADER_NOT_AVAILABLE,
                                "The preferred leader was not available.");
                case UNCLEAN ->
                        refused(
                                Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE,
                                "Eligible topic partition leaders are not available.");
            };
        }
        batches.add(List.of(outcome.get().record()));
        return new Answer.Done<>(told(outcome.get()));
    }

    private static PartitionTransition preferring(
            Elections elections, PartitionId id, MetadataImage tip) {
        return elections
                .transition(id, tip.topics().partition(id).orElseThrow())
                .preferringTheFirst();
    }

    private static boolean hasNewLeader(Outcome outcome) {
        return outcome.partition().hasLeader()
                && outcome.record().changes().stream()
                        .anyMatch(PartitionChange.Leader.class::isInstance);
    }

    private static Elected told(Outcome outcome) {
        PartitionRegistration partition = outcome.partition();
        boolean unclean =
                outcome.record().changes().stream()
                        .anyMatch(PartitionChange.UncleanEpoch.class::isInstance);
        return new Elected(partition.leader(), partition.leaderEpoch(), unclean);
    }

    static Optional<PartitionId> find(TopicPartition name, MetadataImage tip) {
        return tip.topics()
                .topic(name.topic())
                .filter(topic ->
                        name.partition() >= 0 && name.partition() < topic.partitions().count())
                .map((TopicImage topic) -> topic.partitionId(name.partition()));
    }

    private static Answer<Elected> refused(Errors error, String message) {
        return new Refusal(error, message).answer();
    }
}
