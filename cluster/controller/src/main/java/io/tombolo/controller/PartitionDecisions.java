package io.tombolo.controller;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.TopicCommand.CreatePartitions;
import io.tombolo.controller.command.TopicCommand.Growth;
import io.tombolo.controller.replica.Assignments;
import io.tombolo.controller.replica.Placement;
import io.tombolo.controller.topic.OwnerRules;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.TopicRecord.PartitionCreated;

import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Decides about more partitions for topics that exist; checks and words are Kafka's. */
final class PartitionDecisions {

    ControllerResult<Map<String, Answer<Applied>>> create(
            CreatePartitions command, MetadataImage tip, Circumstances circumstances) {
        var answers = new LinkedHashMap<String, Answer<Applied>>();
        var batches = new ArrayList<List<MetadataRecord>>();
        Set<String> repeated =
                TopicDecisions.repeated(command.topics().stream().map(Growth::topic).toList());
        for (Growth growth : command.topics()) {
            Answer<List<MetadataRecord>> plan =
                    repeated.contains(growth.topic())
                            ? new Refusal(Errors.INVALID_REQUEST, "Duplicate topic name.").answer()
                            : plan(growth, tip, circumstances);
            switch (plan) {
                case Answer.Done<List<MetadataRecord>>(var records) -> {
                    batches.add(records);
                    answers.put(growth.topic(), new Answer.Done<>(new Applied()));
                }
                case Answer.Refused<List<MetadataRecord>>(var refusal) ->
                        answers.put(growth.topic(), refusal.answer());
            }
        }
        ControllerResult<Map<String, Answer<Applied>>> result =
                ControllerResult.inBatches(answers, batches);
        return command.validateOnly() ? result.withoutRecords() : result;
    }

    /** The records that let a topic grow; the topic is larger then, never smaller. */
    Answer<List<MetadataRecord>> grow(
            TopicImage topic, Growth growth, MetadataImage tip, Circumstances circumstances) {
        int present = topic.partitions().count();
        int added = growth.partitionCount() - present;
        Optional<Refusal> flaw = flaw(topic, growth, added);
        if (flaw.isPresent()) {
            return flaw.get().answer();
        }
        PartitionRegistration first = topic.partitions().get(0);
        int factor = first.replicas().size() - first.removing().size();
        var placement = Placement.balanced(tip, circumstances.entropy());
        Answer<List<PartitionRegistration>> partitions =
                growth.assignments().isEmpty()
                        ? Assignments.placed(placement, present, added, factor)
                        : Assignments.chosen(tip.brokers(), present, growth.assignments(), factor);
        return switch (partitions) {
            case Answer.Done<List<PartitionRegistration>>(var more) ->
                    new Answer.Done<>(created(topic, more));
            case Answer.Refused<List<PartitionRegistration>>(var refusal) -> refusal.answer();
        };
    }

    private Answer<List<MetadataRecord>> plan(
            Growth growth, MetadataImage tip, Circumstances circumstances) {
        Optional<TopicImage> topic = tip.topics().topic(growth.topic());
        if (topic.isEmpty()) {
            return new Refusal(
                            Errors.UNKNOWN_TOPIC_OR_PARTITION,
                            "This server does not host this topic-partition.")
                    .answer();
        }
        Optional<Refusal> bad = OwnerRules.growth(topic.get(), tip);
        if (bad.isPresent()) {
            return bad.get().answer();
        }
        return grow(topic.get(), growth, tip, circumstances);
    }

    private static Optional<Refusal> flaw(TopicImage topic, Growth growth, int added) {
        int present = topic.partitions().count();
        if (added == 0) {
            return Optional.of(
                    new Refusal(
                            Errors.INVALID_PARTITIONS,
                            "Topic already has %d partition(s).".formatted(present)));
        }
        if (added < 0) {
            return Optional.of(
                    new Refusal(
                            Errors.INVALID_PARTITIONS,
                            "The topic %s currently has %d partition(s); %d would not be an increase."
                                    .formatted(topic.name(), present, growth.partitionCount())));
        }
        if (!growth.assignments().isEmpty() && growth.assignments().size() != added) {
            return Optional.of(
                    new Refusal(
                            Errors.INVALID_REPLICA_ASSIGNMENT,
                            "Attempted to add %d additional partition(s), but only %d assignment(s) were specified."
                                    .formatted(added, growth.assignments().size())));
        }
        return Optional.empty();
    }

    private static List<MetadataRecord> created(
            TopicImage topic, List<PartitionRegistration> more) {
        var records = new ArrayList<MetadataRecord>(more.size());
        for (PartitionRegistration partition : more) {
            int index = topic.partitions().count() + records.size();
            records.add(new PartitionCreated(topic.id(), index, partition));
        }
        return records;
    }
}
