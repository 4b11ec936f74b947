package io.tombolo.region.config;

import io.tombolo.region.diagnosis.NearestName;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All config names that Apache Kafka 4.4.0 defines for one kind of resource, with their types,
 * defaults and ranges, the names that stand in for them on the broker, and which of them have an
 * effect in this release. Immutable.
 */
public enum ConfigCatalogue {
    BROKER("broker"),
    /** Limits of a broker that exist at run time only. */
    BROKER_QUOTA("broker"),
    TOPIC("topic"),
    GROUP("group"),
    CLIENTMETRICS("client metrics");

    private static final String DEFINITIONS = "kafka-4.4.0.txt";
    private static final String SYNONYMS = "synonyms.txt";
    private static final String WITH_EFFECT = "with-effect.txt";

    private final String kind;
    private final Map<String, ConfigDefinition> definitions;
    private final Map<String, List<String>> synonyms;
    private final Set<String> withEffect;

    ConfigCatalogue(String kind) {
        this.kind = kind;
        this.definitions = CatalogueText.definitions(DEFINITIONS, name());
        this.synonyms = CatalogueText.synonyms(SYNONYMS, name());
        this.withEffect = CatalogueText.names(WITH_EFFECT, name());
    }

    /** Every definition, internal ones included, ordered by name. */
    public Collection<ConfigDefinition> definitions() {
        return definitions.values();
    }

    /** The definitions that DescribeConfigs shows, ordered by name. */
    public List<ConfigDefinition> visible() {
        return definitions.values().stream().filter(ConfigDefinition::visible).toList();
    }

    /** The definition of this name. */
    public Optional<ConfigDefinition> find(String name) {
        return Optional.ofNullable(definitions.get(name));
    }

    /** The known name that was probably meant. */
    public Optional<String> nearest(String name) {
        return NearestName.to(name, definitions.keySet());
    }

    /**
     * Judges one setting.
     *
     * @return the refusal in Kafka's words; empty when name and value are legal
     */
    public Optional<String> check(String name, String value) {
        ConfigDefinition definition = definitions.get(name);
        if (definition != null) {
            return definition.check(value);
        }
        String meant = nearest(name).map(near -> "; did you mean " + near + "?").orElse("");
        return Optional.of("Unknown " + kind + " config name: " + name + meant);
    }

    /**
     * The broker configs that stand in for a topic or group config which is not set: the first that
     * has a value wins. Empty when there are none.
     */
    public List<String> brokerSynonyms(String name) {
        return synonyms.getOrDefault(name, List.of());
    }

    /** Whether this release acts on the config. */
    public boolean hasEffect(String name) {
        return withEffect.contains(name);
    }

    /** Those of the names that are known and have no effect in this release, ordered. */
    public List<String> withoutEffect(Collection<String> names) {
        return names.stream()
                .filter(name -> definitions.containsKey(name) && !hasEffect(name))
                .sorted()
                .toList();
    }
}
