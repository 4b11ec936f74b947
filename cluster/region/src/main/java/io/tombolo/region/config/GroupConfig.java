package io.tombolo.region.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The rules for the settings of consumer, share and streams groups. */
public final class GroupConfig {

    private static final List<String> KINDS = List.of("consumer", "share", "streams");

    private GroupConfig() {}

    /**
     * Judges all settings of a group together: names, values, the bounds that the broker sets with
     * {@code group.<kind>.min.*} and {@code group.<kind>.max.*}, and that a session outlives a
     * heartbeat.
     *
     * @return the first refusal in Kafka's words; empty when all is well
     */
    public static Optional<String> check(Map<String, String> explicit, BrokerConfig broker) {
        for (var setting : explicit.entrySet()) {
            var objection =
                    ConfigCatalogue.GROUP
                            .check(setting.getKey(), setting.getValue())
                            .or(() -> bounds(setting.getKey(), setting.getValue(), broker));
            if (objection.isPresent()) {
                return objection;
            }
        }
        for (String kind : KINDS) {
            String session = kind + ".session.timeout.ms";
            String heartbeat = kind + ".heartbeat.interval.ms";
            if (number(session, explicit, broker) <= number(heartbeat, explicit, broker)) {
                return Optional.of(session + " must be greater than " + heartbeat);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> bounds(String name, String value, BrokerConfig broker) {
        int dot = name.indexOf('.');
        String kind = name.substring(0, dot);
        String bounded = name.substring(dot).replace(".num.", ".");
        String least = "group." + kind + ".min" + bounded;
        String most = "group." + kind + ".max" + bounded;
        if (isDefined(least) && Long.parseLong(value.trim()) < broker.number(least)) {
            return Optional.of(name + " must be greater than or equal to " + least);
        }
        if (isDefined(most) && Long.parseLong(value.trim()) > broker.number(most)) {
            return Optional.of(name + " must be less than or equal to " + most);
        }
        return Optional.empty();
    }

    private static boolean isDefined(String name) {
        return ConfigCatalogue.BROKER.find(name).isPresent();
    }

    private static long number(String name, Map<String, String> explicit, BrokerConfig broker) {
        ConfigDefinition config = ConfigCatalogue.GROUP.find(name).orElseThrow();
        String value =
                Optional.ofNullable(explicit.get(name))
                        .or(() -> broker.standIn(ConfigCatalogue.GROUP, config))
                        .orElseThrow();
        return Long.parseLong(value.trim());
    }
}
