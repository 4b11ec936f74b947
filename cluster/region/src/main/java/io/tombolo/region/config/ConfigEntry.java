package io.tombolo.region.config;

import java.util.List;
import java.util.Optional;

/**
 * One line of a DescribeConfigs answer.
 *
 * @param value empty when there is none, or when it is sensitive
 * @param synonyms every layer that has a value, the one in force first
 * @param readOnly whether it can change only with a restart
 * @param sensitive whether the value must never be shown
 */
public record ConfigEntry(
        ConfigDefinition definition,
        Optional<String> value,
        ConfigSource source,
        List<Synonym> synonyms,
        boolean readOnly,
        boolean sensitive) {

    public ConfigEntry {
        synonyms = List.copyOf(synonyms);
    }

    /** Kafka's name of the config. */
    public String name() {
        return definition.name();
    }

    /** Whether no layer sets this config. */
    public boolean isDefault() {
        return source == ConfigSource.DEFAULT;
    }

    /** A value of the same setting, under its own or a synonymous name, in one layer. */
    public record Synonym(String name, Optional<String> value, ConfigSource source) {}
}
