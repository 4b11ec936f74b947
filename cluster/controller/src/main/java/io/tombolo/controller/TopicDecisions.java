package io.tombolo.controller;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.TopicCommand.CreateTopics;
import io.tombolo.controller.command.TopicCommand.CreatedTopic;
import io.tombolo.controller.command.TopicCommand.DeleteTopics;
import io.tombolo.controller.command.TopicCommand.DeletedTopic;
import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.controller.command.TopicCommand.TopicKey;
import io.tombolo.controller.replica.Assignments;
import io.tombolo.controller.replica.Placement;
import io.tombolo.controller.topic.OwnerRules;
import io.tombolo.controller.topic.TopicName;
import io.tombolo.environment.Entropy;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.ConfigRecord.ConfigSet;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.TopicRecord.PartitionCreated;
import io.tombolo.metadata.record.TopicRecord.TopicCreated;
import io.tombolo.metadata.record.TopicRecord.TopicDeleted;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Decides which topics are created and deleted; checks and words are Kafka's. */
final class TopicDecisions {

    private final ControllerSettings.TopicDefaults defaults;
    private final ConfigDecisions configs;

    TopicDecisions(ControllerSettings.TopicDefaults defaults, ConfigDecisions configs) {
        this.defaults = defaults;
        this.configs = configs;
    }

    /** A topic that may be created, and how. */
    record Plan(CreatedTopic topic, List<MetadataRecord> records) {}

    /**
     * All topics are judged by the same image, so that look-alikes within one command pass, as they
     * do with Kafka.
     */
    ControllerResult<Map<String, Answer<CreatedTopic>>> create(
            CreateTopics command, MetadataImage tip, Circumstances circumstances) {
        var answers = new LinkedHashMap<String, Answer<CreatedTopic>>();
        var batches = new ArrayList<List<MetadataRecord>>();
        Set<String> repeated = repeated(command.topics().stream().map(NewTopic::name).toList());
        int added = 0;
        for (NewTopic topic : command.topics()) {
            Answer<Plan> plan =
                    repeated.contains(topic.name())
                            ? new Refusal(Errors.INVALID_REQUEST, "Duplicate topic name.").answer()
                            : bounded(added, plan(topic, tip, circumstances));
            switch (plan) {
                case Answer.Done<Plan>(var done) -> {
                    added += done.topic().partitionCount();
                    batches.add(done.records());
                    answers.put(topic.name(), new Answer.Done<>(done.topic()));
                }
                case Answer.Refused<Plan>(var refusal) ->
                        answers.put(topic.name(), refusal.answer());
            }
        }
        ControllerResult<Map<String, Answer<CreatedTopic>>> result =
                ControllerResult.inBatches(answers, batches);
        return command.validateOnly() ? result.withoutRecords() : result;
    }

    ControllerResult<Map<TopicKey, Answer<DeletedTopic>>> delete(
            DeleteTopics command, MetadataImage tip) {
        var answers = new LinkedHashMap<TopicKey, Answer<DeletedTopic>>();
        var batches = new ArrayList<List<MetadataRecord>>();
        Set<Uuid> deleted = new HashSet<>();
        for (TopicKey key : command.topics()) {
            Optional<TopicImage> found = find(key, tip);
            if (found.isEmpty()) {
                answers.put(key, missing(key).answer());
            } else if (!deleted.add(found.get().id())) {
                answers.putIfAbsent(
                        key,
                        new Refusal(Errors.INVALID_REQUEST, "Duplicate topic name or id.")
                                .answer());
            } else {
                TopicImage topic = found.get();
                Optional<Refusal> bad = OwnerRules.deletion(topic, tip);
                if (bad.isEmpty()) {
                    batches.add(List.of(new TopicDeleted(topic.id())));
                }
                var done = new Answer.Done<>(new DeletedTopic(topic.name(), topic.id()));
                answers.put(key, bad.<Answer<DeletedTopic>>map(Refusal::answer).orElse(done));
            }
        }
        return ControllerResult.inBatches(answers, batches);
    }

    /** Plans a topic under an id that is free. */
    Answer<Plan> plan(NewTopic topic, Uuid id, MetadataImage tip, Circumstances circumstances) {
        Optional<Refusal> bad =
                configs.refusal(ConfigResource.topic(topic.name()), topic.configs());
        if (bad.isPresent()) {
            return bad.get().answer();
        }
        return switch (partitions(topic, tip, circumstances)) {
            case Answer.Done<List<PartitionRegistration>>(var partitions) ->
                    new Answer.Done<>(planned(topic, id, partitions));
            case Answer.Refused<List<PartitionRegistration>>(var refusal) -> refusal.answer();
        };
    }

    /** An id that no topic has. */
    static Uuid freshId(MetadataImage tip, Entropy entropy) {
        while (true) {
            UUID random = entropy.nextUuid();
            var id = new Uuid(random.getMostSignificantBits(), random.getLeastSignificantBits());
            // As Kafka's own: an id whose text begins with a dash would look like an option.
            if (!id.toString().startsWith("-") && tip.topics().topic(id).isEmpty()) {
                return id;
            }
        }
    }

    static Set<String> repeated(List<String> names) {
        var seen = new HashSet<String>();
        var repeated = new HashSet<String>();
        names.forEach(name -> (seen.add(name) ? seen : repeated).add(name));
        return repeated;
    }

    private Answer<Plan> plan(NewTopic topic, MetadataImage tip, Circumstances circumstances) {
        Optional<Refusal> bad =
                TopicName.refusal(topic.name())
                        .or(() -> taken(topic.name(), tip))
                        .or(() -> collision(topic.name(), tip))
                        .or(() -> OwnerRules.creation(topic.name(), tip));
        return bad.isPresent()
                ? bad.get().answer()
                : plan(topic, freshId(tip, circumstances.entropy()), tip, circumstances);
    }

    static Optional<Refusal> taken(String name, MetadataImage tip) {
        return tip.topics()
                .topic(name)
                .map(_ ->
                        new Refusal(
                                Errors.TOPIC_ALREADY_EXISTS,
                                "Topic '" + name + "' already exists."));
    }

    private static Optional<Refusal> collision(String name, MetadataImage tip) {
        return tip.topics()
                .lookalikeOf(name)
                .map(other ->
                        new Refusal(
                                Errors.INVALID_TOPIC_EXCEPTION,
                                "Topic '%s' collides with existing topic: %s"
                                        .formatted(name, other)));
    }

    private Answer<List<PartitionRegistration>> partitions(
            NewTopic topic, MetadataImage tip, Circumstances circumstances) {
        if (!topic.assignments().isEmpty()) {
            return assigned(topic, tip);
        }
        int count = topic.partitionCount();
        int factor = topic.replicationFactor();
        if (factor == 0 || factor < NewTopic.BY_DEFAULT) {
            return new Refusal(
                            Errors.INVALID_REPLICATION_FACTOR,
                            "Replication factor must be larger than 0, or -1 to use the default"
                                    + " value.")
                    .answer();
        }
        if (count == 0 || count < NewTopic.BY_DEFAULT) {
            return new Refusal(
                            Errors.INVALID_PARTITIONS,
                            "Number of partitions was set to an invalid non-positive value.")
                    .answer();
        }
        return Assignments.placed(
                Placement.balanced(tip, circumstances.entropy()),
                0,
                count == NewTopic.BY_DEFAULT ? defaults.partitionCount() : count,
                factor == NewTopic.BY_DEFAULT ? defaults.replicationFactor() : factor);
    }

    private static Answer<List<PartitionRegistration>> assigned(NewTopic topic, MetadataImage tip) {
        String flaw = null;
        if (topic.replicationFactor() != NewTopic.BY_DEFAULT) {
            flaw = "replication factor was not set to -1.";
        } else if (topic.partitionCount() != NewTopic.BY_DEFAULT) {
            flaw = "numPartitions was not set to -1.";
        }
        if (flaw != null) {
            return new Refusal(
                            Errors.INVALID_REQUEST,
                            "A manual partition assignment was specified, but " + flaw)
                    .answer();
        }
        int last = topic.assignments().lastKey();
        if (topic.assignments().firstKey() != 0 || last != topic.assignments().size() - 1) {
            return new Refusal(
                            Errors.INVALID_REPLICA_ASSIGNMENT,
                            "partitions should be a consecutive 0-based integer sequence")
                    .answer();
        }
        return Assignments.chosen(tip.brokers(), 0, topic.assignments().values(), 0);
    }

    private static Plan planned(NewTopic topic, Uuid id, List<PartitionRegistration> partitions) {
        var records = new ArrayList<MetadataRecord>(partitions.size() + 1);
        records.add(new TopicCreated(topic.name(), id));
        for (int index = 0; index < partitions.size(); index++) {
            records.add(new PartitionCreated(id, index, partitions.get(index)));
        }
        var resource = ConfigResource.topic(topic.name());
        topic.configs().forEach((key, value) -> records.add(new ConfigSet(resource, key, value)));
        int factor = partitions.get(0).replicas().size();
        return new Plan(new CreatedTopic(id, partitions.size(), factor), records);
    }

    private static Answer<Plan> bounded(int added, Answer<Plan> plan) {
        if (plan instanceof Answer.Done<Plan>(var done)
                && added + done.topic().partitionCount() > Assignments.PARTITIONS_MAX) {
            return new Refusal(
                            Errors.POLICY_VIOLATION,
                            "One request may add at most %d partitions."
                                    .formatted(Assignments.PARTITIONS_MAX))
                    .answer();
        }
        return plan;
    }

    private static Optional<TopicImage> find(TopicKey key, MetadataImage tip) {
        return switch (key) {
            case TopicKey.ByName(var name) -> tip.topics().topic(name);
            case TopicKey.ById(var id) -> tip.topics().topic(id);
        };
    }

    private static Refusal missing(TopicKey key) {
        return switch (key) {
            case TopicKey.ByName _ ->
                    new Refusal(
                            Errors.UNKNOWN_TOPIC_OR_PARTITION,
                            "This server does not host this topic-partition.");
            case TopicKey.ById _ ->
                    new Refusal(
                            Errors.UNKNOWN_TOPIC_ID, "This server does not host this topic ID.");
        };
    }
}
