package io.tombolo.region.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What DescribeConfigs answers: each visible config with its value, where it comes from, and why.
 */
public final class ConfigDescription {

    private ConfigDescription() {}

    /**
     * All 37 configs of a topic.
     *
     * @param explicit what is set on the topic itself
     */
    public static List<ConfigEntry> ofTopic(Map<String, String> explicit, BrokerConfig broker) {
        return overridable(ConfigCatalogue.TOPIC, explicit, broker, ConfigSource.DYNAMIC_TOPIC);
    }

    /**
     * All visible configs of a consumer, share or streams group.
     *
     * @param explicit what is set on the group itself
     */
    public static List<ConfigEntry> ofGroup(Map<String, String> explicit, BrokerConfig broker) {
        return overridable(ConfigCatalogue.GROUP, explicit, broker, ConfigSource.GROUP);
    }

    /** All 350 visible configs of a broker, and its limits that are set. */
    public static List<ConfigEntry> ofBroker(BrokerConfig broker) {
        var entries = new ArrayList<ConfigEntry>();
        for (ConfigDefinition config : ConfigCatalogue.BROKER.visible()) {
            var layers = broker.layersOf(brokerNames(config.name()), config.sensitive());
            entries.add(entry(config, broker.text(config.name()), layers));
        }
        for (ConfigDefinition limit : ConfigCatalogue.BROKER_QUOTA.visible()) {
            List<ConfigEntry.Synonym> layers =
                    broker.layersOf(List.of(limit.name()), limit.sensitive()).stream()
                            .filter(layer -> layer.source() != ConfigSource.DEFAULT)
                            .toList();
            if (!layers.isEmpty()) {
                entries.add(entry(limit, layers.getFirst().value(), layers));
            }
        }
        return entries;
    }

    /** What is set at run time for every broker of the region; nothing else, as in Kafka. */
    public static List<ConfigEntry> ofClusterDefault(BrokerConfig broker) {
        var entries = new ArrayList<ConfigEntry>();
        for (ConfigDefinition config : ConfigCatalogue.BROKER.visible()) {
            if (broker.clusterWide().containsKey(config.name())) {
                List<ConfigEntry.Synonym> layers =
                        broker.layersOf(List.of(config.name()), config.sensitive()).stream()
                                .filter(layer ->
                                        layer.source() == ConfigSource.DYNAMIC_CLUSTER_DEFAULT)
                                .toList();
                entries.add(entry(config, layers.getFirst().value(), layers));
            }
        }
        return entries;
    }

    private static List<ConfigEntry> overridable(
            ConfigCatalogue catalogue,
            Map<String, String> explicit,
            BrokerConfig broker,
            ConfigSource own) {
        var entries = new ArrayList<ConfigEntry>();
        for (ConfigDefinition config : catalogue.visible()) {
            var layers = new ArrayList<ConfigEntry.Synonym>();
            Optional<String> set =
                    Optional.ofNullable(explicit.get(config.name())).map(config::canonical);
            set.ifPresent(value -> layers.add(new ConfigEntry.Synonym(config.name(), set, own)));
            List<String> names = catalogue.brokerSynonyms(config.name());
            if (!names.isEmpty()) {
                layers.addAll(broker.layersOf(names, config.sensitive()));
            }
            Optional<String> value = set.or(() -> broker.standIn(catalogue, config));
            entries.add(entry(config, value, layers));
        }
        return entries;
    }

    private static ConfigEntry entry(
            ConfigDefinition config, Optional<String> value, List<ConfigEntry.Synonym> layers) {
        var source = layers.isEmpty() ? ConfigSource.DEFAULT : layers.getFirst().source();
        boolean sensitive = config.sensitive();
        return new ConfigEntry(
                config,
                sensitive ? Optional.empty() : value,
                source,
                layers,
                config.readOnly(),
                sensitive);
    }

    /** A broker config with those that stand in for it, such as hours for milliseconds. */
    private static List<String> brokerNames(String name) {
        for (String topicConfig : List.of("segment.ms", "segment.jitter.ms", "flush.ms")) {
            List<String> names = ConfigCatalogue.TOPIC.brokerSynonyms(topicConfig);
            if (names.contains(name)) {
                return startingWith(name, names);
            }
        }
        List<String> retention = ConfigCatalogue.TOPIC.brokerSynonyms("retention.ms");
        return retention.contains(name) ? startingWith(name, retention) : List.of(name);
    }

    private static List<String> startingWith(String name, List<String> names) {
        return names.subList(names.indexOf(name), names.size());
    }
}
