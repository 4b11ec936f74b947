package io.tombolo.controller;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.ConfigCommand;
import io.tombolo.controller.command.ConfigCommand.AlterConfigs;
import io.tombolo.controller.command.ConfigCommand.Alteration;
import io.tombolo.controller.command.ConfigCommand.Change;
import io.tombolo.controller.command.ConfigCommand.IncrementalAlterConfigs;
import io.tombolo.controller.command.ConfigCommand.Origin;
import io.tombolo.controller.command.ConfigCommand.Receipted;
import io.tombolo.controller.command.ConfigCommand.Replacement;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.replica.Elections;
import io.tombolo.controller.replica.SafetyRules;
import io.tombolo.controller.topic.OwnerRules;
import io.tombolo.controller.topic.TopicName;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.MirrorRegistration;
import io.tombolo.metadata.image.PartitionSet;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.ConfigRecord;
import io.tombolo.metadata.record.ConfigRecord.ConfigRemoved;
import io.tombolo.metadata.record.ConfigRecord.ConfigSet;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.LinkRecord.MirrorConfigsFollowed;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.RegionRecord.Receipt;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Decides about dynamic configs: one resource is changed as a whole or not at all. */
final class ConfigDecisions {

    private final ConfigValidator validator;

    private final SafetyRules rules;

    ConfigDecisions(ConfigValidator validator, SafetyRules rules) {
        this.validator = validator;
        this.rules = rules;
    }

    ControllerResult<?> decide(ConfigCommand<?> command, MetadataImage tip) {
        return switch (command) {
            case AlterConfigs alter -> replace(alter, Optional.empty(), tip);
            case IncrementalAlterConfigs alter -> change(alter, Optional.empty(), tip);
            case Receipted(var ticket, AlterConfigs alter) ->
                    replace(alter, Optional.of(ticket), tip);
            case Receipted(var ticket, IncrementalAlterConfigs alter) ->
                    change(alter, Optional.of(ticket), tip);
        };
    }

    /** Why a resource may not have these overrides. */
    Optional<Refusal> refusal(ConfigResource resource, SortedMap<String, String> configs) {
        return validator.violation(resource, configs);
    }

    private ControllerResult<Map<ConfigResource, Answer<Applied>>> replace(
            AlterConfigs command, Optional<Uuid> ticket, MetadataImage tip) {
        var outcome = new Outcome(rules, ticket);
        Set<ConfigResource> repeated =
                repeated(command.resources().stream().map(Replacement::resource).toList());
        for (Replacement one : command.resources()) {
            if (repeated.contains(one.resource())) {
                outcome.repeated(one.resource());
                continue;
            }
            var wanted = new TreeMap<>(one.configs());
            outcome.add(one.resource(), records(one.resource(), wanted, Origin.CLIENT, tip));
        }
        return outcome.result(command.validateOnly(), tip);
    }

    private ControllerResult<Map<ConfigResource, Answer<Applied>>> change(
            IncrementalAlterConfigs command, Optional<Uuid> ticket, MetadataImage tip) {
        var outcome = new Outcome(rules, ticket);
        Set<ConfigResource> repeated =
                repeated(command.resources().stream().map(Alteration::resource).toList());
        for (Alteration one : command.resources()) {
            if (repeated.contains(one.resource())) {
                outcome.repeated(one.resource());
                continue;
            }
            var wanted = new TreeMap<>(tip.configs().of(one.resource()));
            Optional<Refusal> bad = change(one, wanted);
            Answer<List<MetadataRecord>> plan =
                    bad.isPresent()
                            ? bad.get().answer()
                            : records(one.resource(), wanted, command.origin(), tip);
            if (command.origin() == Origin.LINK
                    && plan instanceof Answer.Done<List<MetadataRecord>>(var records)) {
                plan = new Answer.Done<>(followed(one, records, tip));
            }
            outcome.add(one.resource(), plan);
        }
        return outcome.result(command.validateOnly(), tip);
    }

    /** With what a link sets, the metadata keeps that it was the link which set it. */
    private static List<MetadataRecord> followed(
            Alteration alteration, List<MetadataRecord> records, MetadataImage tip) {
        Optional<MirrorRegistration> mirror =
                topic(alteration.resource(), tip).flatMap(tip::mirrorOf);
        if (mirror.isEmpty()) {
            return records;
        }
        var followed = new TreeMap<>(mirror.get().followed());
        for (Change change : alteration.changes()) {
            switch (change) {
                case Change.Set(var key, var value) -> followed.put(key, value);
                case Change.Delete(var key) -> followed.remove(key);
                case Change.Append _, Change.Subtract _ -> followed.remove(change.key());
            }
        }
        if (followed.equals(mirror.get().followed())) {
            return records;
        }
        var all = new ArrayList<>(records);
        all.add(new MirrorConfigsFollowed(mirror.get().topicId(), followed));
        return all;
    }

    private static Optional<TopicImage> topic(ConfigResource resource, MetadataImage tip) {
        return resource.type() == ConfigResource.Type.TOPIC
                ? tip.topics().topic(resource.name())
                : Optional.empty();
    }

    /** Carries out the changes of one resource on its overrides. */
    private Optional<Refusal> change(Alteration alteration, SortedMap<String, String> configs) {
        var keys = new HashSet<String>();
        for (Change change : alteration.changes()) {
            if (!keys.add(change.key())) {
                return Optional.of(
                        new Refusal(Errors.INVALID_REQUEST, "Error due to duplicate config keys"));
            }
            switch (change) {
                case Change.Set(var key, var value) -> configs.put(key, value);
                case Change.Delete(var key) -> configs.remove(key);
                case Change.Append(var key, var items) -> {
                    Optional<Set<String>> list = list(alteration.resource(), key, configs);
                    if (list.isEmpty()) {
                        return Optional.of(noList("APPEND", key));
                    }
                    list.get().addAll(items(items));
                    configs.put(key, String.join(",", list.get()));
                }
                case Change.Subtract(var key, var items) -> {
                    Optional<Set<String>> list = list(alteration.resource(), key, configs);
                    if (list.isEmpty()) {
                        return Optional.of(noList("SUBTRACT", key));
                    }
                    list.get().removeAll(items(items));
                    configs.put(key, String.join(",", list.get()));
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Set<String>> list(
            ConfigResource resource, String key, SortedMap<String, String> configs) {
        return validator
                .listDefault(resource, key)
                .map(standard -> items(configs.getOrDefault(key, standard)));
    }

    private static Set<String> items(String list) {
        return Arrays.stream(list.split(","))
                .map(String::trim)
                .filter(item -> !item.isEmpty())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Refusal noList(String operation, String key) {
        return new Refusal(
                Errors.INVALID_CONFIG,
                "Can't %s to key %s because its type is not LIST.".formatted(operation, key));
    }

    /** The records that turn the present overrides of a resource into the wanted ones. */
    private Answer<List<MetadataRecord>> records(
            ConfigResource resource,
            SortedMap<String, String> wanted,
            Origin origin,
            MetadataImage tip) {
        SortedMap<String, String> present = tip.configs().of(resource);
        var records = new ArrayList<MetadataRecord>();
        for (String key : present.keySet()) {
            if (!wanted.containsKey(key)) {
                records.add(new ConfigRemoved(resource, key));
            }
        }
        wanted.forEach((key, value) -> {
            if (!value.equals(present.get(key))) {
                records.add(new ConfigSet(resource, key, value));
            }
        });
        Optional<Refusal> bad =
                missing(resource, tip)
                        .or(() -> foreign(resource, records, origin, tip))
                        .or(() -> validator.violation(resource, wanted));
        return bad.isPresent() ? bad.get().answer() : new Answer.Done<>(records);
    }

    private static Optional<Refusal> missing(ConfigResource resource, MetadataImage tip) {
        String name = resource.name();
        return switch (resource.type()) {
            case TOPIC -> missingTopic(name, tip);
            case BROKER -> name.isEmpty() ? Optional.empty() : missingBroker(name, tip);
            case GROUP ->
                    name.isEmpty()
                            ? invalid("Default group resources are not allowed.")
                            : Optional.empty();
            case CLIENT_QUOTA ->
                    name.isEmpty() ? invalid("A quota is for something.") : Optional.empty();
        };
    }

    private static Optional<Refusal> missingTopic(String name, MetadataImage tip) {
        if (name.isEmpty()) {
            return invalid("Default topic resources are not allowed.");
        }
        if (tip.topics().topic(name).isPresent()) {
            return Optional.empty();
        }
        return TopicName.refusal(name)
                .or(() ->
                        Optional.of(
                                new Refusal(
                                        Errors.UNKNOWN_TOPIC_OR_PARTITION,
                                        "The topic '" + name + "' does not exist.")));
    }

    private static Optional<Refusal> missingBroker(String name, MetadataImage tip) {
        int brokerId;
        try {
            brokerId = Integer.parseInt(name);
        } catch (NumberFormatException notANumber) {
            return invalid("Unable to parse broker name as a base 10 number.");
        }
        return tip.brokers().broker(brokerId).isPresent()
                ? Optional.empty()
                : Optional.of(
                        new Refusal(
                                Errors.BROKER_ID_NOT_REGISTERED,
                                "No broker with id " + brokerId + " found."));
    }

    private static Optional<Refusal> invalid(String message) {
        return Optional.of(new Refusal(Errors.INVALID_REQUEST, message));
    }

    /** Why somebody else than the link of a mirror may not change it so. */
    private static Optional<Refusal> foreign(
            ConfigResource resource,
            List<MetadataRecord> records,
            Origin origin,
            MetadataImage tip) {
        if (origin == Origin.LINK) {
            return Optional.empty();
        }
        return topic(resource, tip).flatMap(topic -> OwnerRules.configs(topic, records, tip));
    }

    private static Set<ConfigResource> repeated(List<ConfigResource> resources) {
        var seen = new HashSet<ConfigResource>();
        return resources.stream().filter(one -> !seen.add(one)).collect(Collectors.toSet());
    }

    /** Collects the answers and the records of a command. */
    private static final class Outcome {

        private final Map<ConfigResource, Answer<Applied>> answers = new LinkedHashMap<>();
        private final List<List<MetadataRecord>> batches = new ArrayList<>();
        private final SafetyRules rules;
        private final Optional<Uuid> ticket;

        Outcome(SafetyRules rules, Optional<Uuid> ticket) {
            this.rules = rules;
            this.ticket = ticket;
        }

        void repeated(ConfigResource resource) {
            answers.put(
                    resource,
                    new Refusal(Errors.INVALID_REQUEST, "Each resource must appear at most once.")
                            .answer());
        }

        void add(ConfigResource resource, Answer<List<MetadataRecord>> plan) {
            switch (plan) {
                case Answer.Done<List<MetadataRecord>>(var records) -> {
                    batches.add(withReceipt(resource, records));
                    answers.put(resource, new Answer.Done<>(new Applied()));
                }
                case Answer.Refused<List<MetadataRecord>>(var refusal) ->
                        answers.put(resource, refusal.answer());
            }
        }

        private List<MetadataRecord> withReceipt(
                ConfigResource resource, List<MetadataRecord> records) {
            if (ticket.isEmpty() || records.isEmpty()) {
                return records;
            }
            var all = new ArrayList<>(records);
            all.add(new Receipt(ticket.get(), resource));
            return all;
        }

        ControllerResult<Map<ConfigResource, Answer<Applied>>> result(
                boolean validateOnly, MetadataImage tip) {
            var all = new ArrayList<List<MetadataRecord>>();
            MetadataImage image = tip;
            for (List<MetadataRecord> batch : batches) {
                MetadataImage then = image.apply(batch, image.place()).image();
                List<MetadataRecord> settled = settledBy(batch, then);
                all.add(settled);
                all.add(batch);
                image = then.apply(settled, then.place()).image();
            }
            ControllerResult<Map<ConfigResource, Answer<Applied>>> result =
                    ControllerResult.inBatches(answers, all);
            return validateOnly ? result.withoutRecords() : result;
        }

        /**
         * Where fewer replicas need to be in sync from now on, the others stop being eligible
         * before the leader hears of it and commits without them.
         */
        private List<MetadataRecord> settledBy(List<MetadataRecord> batch, MetadataImage then) {
            var records = new ArrayList<MetadataRecord>();
            for (MetadataRecord record : batch) {
                if (record instanceof ConfigRecord config
                        && config.key().equals(SafetyRules.MIN_IN_SYNC)) {
                    records.addAll(
                            new Elections(then, then.brokers(), rules)
                                    .withLowerMinimum(affected(config.resource(), then)));
                }
            }
            return records;
        }

        private static PartitionSet affected(ConfigResource resource, MetadataImage image) {
            PartitionSet withElr = image.topics().indexes().withElr();
            if (resource.equals(ConfigResource.allBrokers())) {
                return withElr;
            }
            return resource.type() != ConfigResource.Type.TOPIC
                    ? PartitionSet.EMPTY
                    : image.topics()
                            .topic(resource.name())
                            .map(topic -> withElr.only(topic.id()))
                            .orElse(PartitionSet.EMPTY);
        }
    }
}
