package io.tombolo.region.topology.file;

import io.tombolo.region.RegionId;
import io.tombolo.region.config.BrokerConfig;
import io.tombolo.region.config.TopicConfig;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topics;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads {@code topics:} and {@code defaults.topic}. */
final class TopicsReader {

    private static final int PARTITIONS_MAX = 10_000;
    private static final int REPLICAS_MAX = 999;
    private static final int NAME_LENGTH_MAX = 249;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");
    private static final String MIN_ISR = "min.insync.replicas";

    private final Names names;
    private final Topics.Defaults defaults;

    private TopicsReader(Names names, Topics.Defaults defaults) {
        this.names = names;
        this.defaults = defaults;
    }

    static Topics read(Section file, Names names) {
        var reader = new TopicsReader(names, defaults(file));
        var declared = new LinkedHashMap<String, Topics.Topic>();
        for (Value entry : file.get("topics").map(Value::entries).orElse(List.of())) {
            reader.topic(entry).ifPresent(topic -> declared.put(topic.name(), topic));
        }
        return new Topics(reader.defaults, declared);
    }

    private static Topics.Defaults defaults(Section file) {
        Optional<Value> topic =
                file.get("defaults").flatMap(value -> value.section("topic").get("topic"));
        if (topic.isEmpty()) {
            return Topics.Defaults.STANDARD;
        }
        Section section = topic.get().section("partitions", "replicas", "config");
        return new Topics.Defaults(
                partitions(section).orElse(Topics.Defaults.STANDARD.partitions()),
                replicas(section).orElse(Topics.Defaults.STANDARD.replicas()),
                config(section));
    }

    private Optional<Topics.Topic> topic(Value entry) {
        checkName(entry);
        Section section = entry.section("in", "partitions", "replicas", "config");
        Optional<Value> in = section.require("in", "eu");
        Optional<String> place = in.flatMap(this::place);
        var config = new LinkedHashMap<>(defaults.config());
        config.putAll(config(section));
        var topic =
                new Topics.Topic(
                        entry.name(),
                        place.orElse(""),
                        partitions(section).orElse(defaults.partitions()),
                        replicas(section).orElse(defaults.replicas()),
                        config);
        checkTogether(entry, section, topic);
        return place.map(known -> topic);
    }

    private static void checkName(Value entry) {
        String name = entry.name();
        boolean legal =
                NAME.matcher(name).matches()
                        && name.length() <= NAME_LENGTH_MAX
                        && !name.equals(".")
                        && !name.equals("..");
        if (!legal || name.startsWith("__")) {
            entry.problemWithName(Rule.ILLEGAL_NAME, "'" + name + "' is no name for a topic")
                    .seen(legal ? "two underscores at the start mark internal topics" : "")
                    .why("Kafka allows 1 to 249 letters, digits, '.', '_' and '-'")
                    .fix("use letters, digits and '.'");
        }
    }

    /** A region of ours or a stretch cluster. */
    private Optional<String> place(Value value) {
        Optional<String> name = value.text();
        if (name.isEmpty() || names.stretchClusters().contains(name.get())) {
            return name;
        }
        List<String> known =
                Stream.concat(names.regionNames().stream(), names.stretchClusters().stream())
                        .toList();
        if (!known.contains(name.get())) {
            Names.unknown(value, "region", name.get(), known);
            return Optional.empty();
        }
        return names.hostedRegion(value, "a topic needs our brokers").map(RegionId::name);
    }

    private static Optional<Integer> partitions(Section section) {
        return section.get("partitions").flatMap(value -> value.integer(1, PARTITIONS_MAX));
    }

    private static Optional<Integer> replicas(Section section) {
        return section.get("replicas").flatMap(value -> value.integer(1, REPLICAS_MAX));
    }

    private static Map<String, String> config(Section section) {
        return section.get("config").map(ConfigReader::readTopic).orElse(Map.of());
    }

    private void checkTogether(Value entry, Section section, Topics.Topic topic) {
        BrokerConfig broker = BrokerConfig.STANDARD;
        for (Region region : names.regions().values()) {
            if (region instanceof Region.Hosted hosted && region.id().name().equals(topic.in())) {
                broker = BrokerConfig.ofFile(hosted.config());
                checkReplicas(entry, section, topic, hosted);
            }
        }
        TopicConfig.check(topic.config(), broker)
                .ifPresent(objection ->
                        section.get("config")
                                .orElse(entry)
                                .problem(Rule.CONFIG_VALUE, objection)
                                .fix("change one of the values"));
        int minIsr = Integer.parseInt(topic.config().getOrDefault(MIN_ISR, "1"));
        if (minIsr > topic.replicas() && !names.stretchClusters().contains(topic.in())) {
            entry.document()
                    .warning(
                            Rule.UNREACHABLE_MIN_ISR,
                            entry.key().span(),
                            entry.path(),
                            "nobody can produce to %s with acks=all".formatted(topic.name()))
                    .seen("%s = %d, replicas = %d".formatted(MIN_ISR, minIsr, topic.replicas()))
                    .fix("replicas: " + minIsr, MIN_ISR + ": " + topic.replicas());
        }
    }

    private static void checkReplicas(
            Value entry, Section section, Topics.Topic topic, Region.Hosted region) {
        int brokers = region.brokers().size();
        if (topic.replicas() > brokers) {
            boolean byDefault = section.get("replicas").isEmpty();
            section.get("replicas")
                    .orElse(entry)
                    .problemWithName(
                            Rule.TOO_MANY_REPLICAS,
                            "topic %s cannot have %d replicas in region %s"
                                    .formatted(topic.name(), topic.replicas(), region.id()))
                    .seen(
                            "region %s has %d broker%s%s"
                                    .formatted(
                                            region.id(),
                                            brokers,
                                            brokers == 1 ? "" : "s",
                                            byDefault ? "; replicas come from defaults.topic" : ""))
                    .fix("replicas: " + brokers, "brokers: " + topic.replicas());
        }
    }
}
