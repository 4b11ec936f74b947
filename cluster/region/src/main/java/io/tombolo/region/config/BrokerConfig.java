package io.tombolo.region.config;

import io.tombolo.environment.Invariant;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The settings of one broker in their layers: what was set at run time for this broker, at run time
 * for all brokers of the region, in the file, and Kafka's default. The first layer that has a value
 * wins. Immutable; values are legal (checked by whoever accepted them).
 *
 * @param perBroker set at run time for this broker
 * @param clusterWide set at run time for every broker of the region
 * @param fixed from the topology file
 */
public record BrokerConfig(
        Map<String, String> perBroker, Map<String, String> clusterWide, Map<String, String> fixed) {

    /** Nothing but Kafka's defaults. */
    public static final BrokerConfig STANDARD = ofFile(Map.of());

    public BrokerConfig {
        perBroker = Map.copyOf(perBroker);
        clusterWide = Map.copyOf(clusterWide);
        fixed = Map.copyOf(fixed);
    }

    /** The settings of the file alone. */
    public static BrokerConfig ofFile(Map<String, String> fixed) {
        return new BrokerConfig(Map.of(), Map.of(), fixed);
    }

    /** The same file with other run-time settings. */
    public BrokerConfig withDynamic(
            Map<String, String> perBroker, Map<String, String> clusterWide) {
        return new BrokerConfig(perBroker, clusterWide, fixed);
    }

    /** The value in force, in canonical form; empty when the config has none. */
    public Optional<String> text(String name) {
        ConfigDefinition definition = definition(name);
        for (Map<String, String> layer : List.of(perBroker, clusterWide, fixed)) {
            String value = layer.get(name);
            if (value != null) {
                return Optional.of(definition.canonical(value));
            }
        }
        return definition.defaultValue();
    }

    /** The value in force of a config that always has one and is a boolean. */
    public boolean flag(String name) {
        return Boolean.parseBoolean(required(name));
    }

    /** The value in force of a config that always has one and is of type INT or SHORT. */
    public int integer(String name) {
        return Integer.parseInt(required(name));
    }

    /** The value in force of a config that always has one and is an integer number. */
    public long number(String name) {
        return Long.parseLong(required(name));
    }

    /** The value in force of a config that always has one and is of type DOUBLE. */
    public double fraction(String name) {
        return Double.parseDouble(required(name));
    }

    /** The elements in force of a config of type LIST; none when it has no value. */
    public List<String> elements(String name) {
        return text(name).map(ListValue::elements).orElse(List.of());
    }

    /**
     * What a topic or group gets that does not set this config itself: the first synonym with a
     * value, converted to milliseconds where the synonym counts minutes or hours, else the default
     * of the config.
     */
    Optional<String> standIn(ConfigCatalogue catalogue, ConfigDefinition config) {
        for (String synonym : catalogue.brokerSynonyms(config.name())) {
            Optional<String> value = text(synonym);
            if (value.isPresent()) {
                return value.map(text -> inMilliseconds(synonym, text));
            }
        }
        return config.defaultValue();
    }

    /**
     * Every layer that has a value for one of the names, in order of precedence; as in Kafka a list
     * begins with the first name of the list, so that a value in hours alone is not shown.
     */
    List<ConfigEntry.Synonym> layersOf(List<String> names, boolean sensitive) {
        var layers = new ArrayList<ConfigEntry.Synonym>();
        addLayer(layers, names, perBroker, ConfigSource.DYNAMIC_BROKER);
        addLayer(layers, names, clusterWide, ConfigSource.DYNAMIC_CLUSTER_DEFAULT);
        addLayer(layers, names, fixed, ConfigSource.STATIC_BROKER);
        addLayer(layers, names, defaultsOf(names), ConfigSource.DEFAULT);
        while (!layers.isEmpty() && !layers.getFirst().name().equals(names.getFirst())) {
            layers.removeFirst();
        }
        if (sensitive) {
            layers.replaceAll(layer ->
                    new ConfigEntry.Synonym(layer.name(), Optional.empty(), layer.source()));
        }
        return layers;
    }

    private static void addLayer(
            List<ConfigEntry.Synonym> layers,
            List<String> names,
            Map<String, String> layer,
            ConfigSource source) {
        for (String name : names) {
            if (layer.containsKey(name)) {
                layers.add(
                        new ConfigEntry.Synonym(
                                name, Optional.ofNullable(layer.get(name)), source));
            }
        }
    }

    private static Map<String, String> defaultsOf(List<String> names) {
        var defaults = new TreeMap<String, String>();
        for (String name : names) {
            definition(name).defaultValue().ifPresent(value -> defaults.put(name, value));
        }
        return defaults;
    }

    private static String inMilliseconds(String name, String text) {
        long factor = name.endsWith(".hours") ? 3_600_000 : name.endsWith(".minutes") ? 60_000 : 1;
        if (factor == 1) {
            return text;
        }
        long count = Long.parseLong(text);
        return Long.toString(count < 0 ? -1 : count * factor);
    }

    private String required(String name) {
        return text(name)
                .orElseThrow(() -> new Invariant.Broken("the config " + name + " has no value"));
    }

    private static ConfigDefinition definition(String name) {
        return ConfigCatalogue.BROKER
                .find(name)
                .or(() -> ConfigCatalogue.BROKER_QUOTA.find(name))
                .orElseThrow(() -> new Invariant.Broken("no broker config is called " + name));
    }
}
