package io.tombolo.controller;

import io.tombolo.controller.command.Refusal;
import io.tombolo.metadata.record.ConfigResource;

import org.apache.kafka.common.protocol.Errors;

import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/** Three topic configs, one of them a LIST; broker and group configs are free. */
final class PlainConfigs implements ConfigValidator {

    @Override
    public Optional<Refusal> violation(ConfigResource resource, SortedMap<String, String> configs) {
        if (resource.type() != ConfigResource.Type.TOPIC) {
            return Optional.empty();
        }
        for (Map.Entry<String, String> config : configs.entrySet()) {
            String problem =
                    switch (config.getKey()) {
                        case "cleanup.policy" ->
                                config.getValue().matches("((compact|delete)(,|$))*")
                                        ? ""
                                        : "bad list";
                        case "retention.ms" ->
                                config.getValue().matches("-?[0-9]+")
                                        ? ""
                                        : "Not a number of type LONG";
                        case "compression.type",
                                "min.insync.replicas",
                                "unclean.leader.election.enable" ->
                                "";
                        default -> "Unknown topic config name: " + config.getKey();
                    };
            if (!problem.isEmpty()) {
                return Optional.of(new Refusal(Errors.INVALID_CONFIG, problem));
            }
        }
        return Optional.empty();
    }

    @Override
    public Optional<String> listDefault(ConfigResource resource, String key) {
        return key.equals("cleanup.policy") ? Optional.of("delete") : Optional.empty();
    }
}
