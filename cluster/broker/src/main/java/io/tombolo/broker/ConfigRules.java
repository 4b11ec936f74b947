package io.tombolo.broker;

import io.tombolo.broker.quota.QuotaRules;
import io.tombolo.controller.ConfigValidator;
import io.tombolo.controller.command.Refusal;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.region.config.BrokerConfig;
import io.tombolo.region.config.ConfigCatalogue;
import io.tombolo.region.config.ConfigDefinition;
import io.tombolo.region.config.ConfigType;
import io.tombolo.region.config.GroupConfig;
import io.tombolo.region.config.TopicConfig;

import org.apache.kafka.common.protocol.Errors;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Supplier;

/** Kafka's rules for configs, as the controller asks for them. */
record ConfigRules(Supplier<BrokerConfig> broker) implements ConfigValidator {

    @Override
    public Optional<Refusal> violation(ConfigResource resource, SortedMap<String, String> configs) {
        return switch (resource.type()) {
            case TOPIC -> TopicConfig.check(configs, broker.get()).map(ConfigRules::invalid);
            case GROUP -> GroupConfig.check(configs, broker.get()).map(ConfigRules::invalid);
            case BROKER -> brokerViolation(configs);
            case CLIENT_QUOTA -> QuotaRules.violation(resource, configs);
        };
    }

    private static Optional<Refusal> brokerViolation(Map<String, String> configs) {
        for (var config : configs.entrySet()) {
            ConfigCatalogue catalogue =
                    ConfigCatalogue.BROKER_QUOTA.find(config.getKey()).isPresent()
                            ? ConfigCatalogue.BROKER_QUOTA
                            : ConfigCatalogue.BROKER;
            Optional<String> objection = catalogue.check(config.getKey(), config.getValue());
            if (objection.isPresent()) {
                boolean known = catalogue.find(config.getKey()).isPresent();
                Errors error = known ? Errors.INVALID_REQUEST : Errors.INVALID_CONFIG;
                return objection.map(why -> new Refusal(error, why));
            }
            boolean readOnly =
                    ConfigCatalogue.BROKER
                            .find(config.getKey())
                            .map(ConfigDefinition::readOnly)
                            .orElse(false);
            if (readOnly) {
                return Optional.of(
                        new Refusal(
                                Errors.INVALID_REQUEST,
                                "Cannot update these configs dynamically: Set("
                                        + config.getKey()
                                        + ")"));
            }
        }
        return Optional.empty();
    }

    private static Refusal invalid(String objection) {
        return new Refusal(Errors.INVALID_CONFIG, objection);
    }

    @Override
    public Optional<String> listDefault(ConfigResource resource, String key) {
        return catalogueOf(resource.type())
                .flatMap(catalogue -> catalogue.find(key))
                .filter(definition -> definition.type() == ConfigType.LIST)
                .map(definition -> definition.defaultValue().orElse(""));
    }

    private static Optional<ConfigCatalogue> catalogueOf(ConfigResource.Type type) {
        return switch (type) {
            case TOPIC -> Optional.of(ConfigCatalogue.TOPIC);
            case GROUP -> Optional.of(ConfigCatalogue.GROUP);
            case BROKER -> Optional.of(ConfigCatalogue.BROKER);
            case CLIENT_QUOTA -> Optional.empty();
        };
    }
}
