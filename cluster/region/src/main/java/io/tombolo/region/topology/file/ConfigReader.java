package io.tombolo.region.topology.file;

import io.tombolo.region.config.ConfigCatalogue;
import io.tombolo.region.config.ConfigDefinition;
import io.tombolo.region.config.ConfigType;
import io.tombolo.region.topology.Secret;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads maps of Kafka's own config names. Times and sizes may carry units; they are turned into the
 * unit in the name.
 */
final class ConfigReader {

    private static final Pattern SECRET_NAME =
            Pattern.compile(
                    ".*(password|passphrase|secret|jaas\\.config|keystore\\.key|token)$",
                    Pattern.CASE_INSENSITIVE);

    /** Other names for what stands in {@code storage:}; see {@link StorageReader}. */
    private static final Set<String> STORAGE_NAMES =
            Set.of(StorageReader.LOG_DIR, StorageReader.LOG_DIRS, StorageReader.METADATA_LOG_DIR);

    private ConfigReader() {}

    /**
     * Broker configs.
     *
     * @param secrets gets those of type PASSWORD instead
     * @param storage gets those that name directories instead, by name
     */
    static Map<String, String> readBroker(
            Value map, Map<String, Secret> secrets, Map<String, Value> storage) {
        return read(map, ConfigCatalogue.BROKER, secrets, storage);
    }

    /** Topic configs. */
    static Map<String, String> readTopic(Value map) {
        return read(map, ConfigCatalogue.TOPIC, new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    /** Settings of a Kafka client, whose names are not checked; secret ones go to the secrets. */
    static Map<String, String> readClient(Value map, Map<String, Secret> secrets) {
        var settings = new LinkedHashMap<String, String>();
        for (Value entry : map.entries()) {
            if (SECRET_NAME.matcher(entry.name()).matches()) {
                entry.secret().ifPresent(secret -> secrets.put(entry.name(), secret));
            } else {
                entry.text().ifPresent(text -> settings.put(entry.name(), text));
            }
        }
        return settings;
    }

    private static Map<String, String> read(
            Value map,
            ConfigCatalogue catalogue,
            Map<String, Secret> secrets,
            Map<String, Value> storage) {
        var settings = new LinkedHashMap<String, String>();
        for (Value entry : map.entries()) {
            Optional<ConfigDefinition> definition = catalogue.find(entry.name());
            if (definition.isEmpty()) {
                unknown(entry, catalogue);
            } else if (catalogue == ConfigCatalogue.BROKER
                    && STORAGE_NAMES.contains(entry.name())) {
                storage.put(entry.name(), entry);
            } else if (definition.get().sensitive()) {
                entry.secret().ifPresent(secret -> secrets.put(entry.name(), secret));
            } else {
                value(entry, definition.get()).ifPresent(text -> settings.put(entry.name(), text));
            }
        }
        return settings;
    }

    private static void unknown(Value entry, ConfigCatalogue catalogue) {
        String kind = catalogue.name().toLowerCase(Locale.ROOT);
        Problem problem =
                entry.problemWithName(
                        Rule.UNKNOWN_CONFIG,
                        "Apache Kafka has no %s config '%s'".formatted(kind, entry.name()));
        catalogue
                .nearest(entry.name())
                .ifPresentOrElse(
                        near -> problem.fix(near + ":"),
                        () -> problem.fix("remove " + entry.name()));
    }

    private static Optional<String> value(Value entry, ConfigDefinition definition) {
        Optional<String> written = written(entry, definition);
        if (written.isEmpty()) {
            return Optional.empty();
        }
        String text = written.get();
        if (definition.check(text).isPresent()) {
            text = withoutUnit(definition, text).orElse(text);
        }
        Optional<String> objection = definition.check(text);
        if (objection.isPresent()) {
            Problem problem = entry.problem(Rule.CONFIG_VALUE, objection.get());
            String fallback = definition.defaultValue().orElse("…");
            problem.fix(definition.name() + ": " + (fallback.isEmpty() ? "\"\"" : fallback));
            return Optional.empty();
        }
        return Optional.of(definition.canonical(text));
    }

    /** A list may be written as one. */
    private static Optional<String> written(Value entry, ConfigDefinition definition) {
        boolean list = entry.node() instanceof YamlNode.Sequence;
        if (!list || definition.type() != ConfigType.LIST) {
            return entry.text();
        }
        List<Value> items = entry.items();
        return Optional.of(
                items.stream()
                        .flatMap(item -> item.text().stream())
                        .collect(Collectors.joining(",")));
    }

    private static Optional<String> withoutUnit(ConfigDefinition definition, String text) {
        String name = definition.name();
        boolean wholeNumber =
                definition.type() == ConfigType.INT || definition.type() == ConfigType.LONG;
        if (!wholeNumber) {
            return Optional.empty();
        }
        if (name.contains("bytes") || name.endsWith(".size")) {
            return Units.size(text).map(String::valueOf);
        }
        long unitMs =
                name.endsWith(".ms") || name.endsWith(".millis")
                        ? 1
                        : name.endsWith(".seconds")
                                ? 1_000
                                : name.endsWith(".minutes")
                                        ? 60_000
                                        : name.endsWith(".hours") ? 3_600_000 : 0;
        return Units.duration(text)
                .map(Duration::toMillis)
                .filter(ms -> unitMs > 0 && ms % unitMs == 0)
                .map(ms -> Long.toString(ms / unitMs));
    }
}
