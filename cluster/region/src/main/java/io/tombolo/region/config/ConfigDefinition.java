package io.tombolo.region.config;

import java.util.Locale;
import java.util.Optional;

/**
 * What Kafka knows about one config name.
 *
 * @param defaultValue empty when Kafka has none
 * @param range the legal values in Kafka's notation, {@code [1,...]}; empty when all are legal
 */
public record ConfigDefinition(
        String name,
        ConfigType type,
        Optional<String> defaultValue,
        String range,
        Importance importance,
        Update update) {

    /** How much a user should care, by Kafka's own judgement. */
    public enum Importance {
        HIGH,
        MEDIUM,
        LOW
    }

    /** When a change takes effect; internal names are never described to clients. */
    public enum Update {
        READ_ONLY,
        PER_BROKER,
        CLUSTER_WIDE,
        /** A topic's or group's own config: always changeable. */
        TOPIC_LEVEL,
        INTERNAL
    }

    /** Whether clients see this config in DescribeConfigs. */
    public boolean visible() {
        return update != Update.INTERNAL;
    }

    /** Whether a broker must be restarted for a change. */
    public boolean readOnly() {
        return update == Update.READ_ONLY || update == Update.INTERNAL;
    }

    /** Whether values must never be shown or logged. */
    public boolean sensitive() {
        return type == ConfigType.PASSWORD;
    }

    /**
     * Judges a value as Kafka's validators do.
     *
     * @return the refusal in Kafka's words, without the value when it is sensitive; empty when the
     *     value is legal
     */
    public Optional<String> check(String text) {
        Optional<String> objection = typeObjection(text.trim());
        if (objection.isPresent()) {
            return objection.map(words -> invalid(text, words));
        }
        return ValueRule.of(range).objection(this, canonical(text));
    }

    /** The value as DescribeConfigs shows it; the text must be legal. */
    public String canonical(String text) {
        String trimmed = text.trim();
        return switch (type) {
            case BOOLEAN -> trimmed.toLowerCase(Locale.ROOT);
            case INT, SHORT, LONG -> Long.toString(Long.parseLong(trimmed));
            case DOUBLE -> Double.toString(Double.parseDouble(trimmed));
            case LIST -> String.join(",", ListValue.elements(trimmed));
            case STRING, CLASS, PASSWORD -> trimmed;
        };
    }

    String invalid(String text, String objection) {
        String shown = sensitive() ? "[hidden]" : text;
        return "Invalid value %s for configuration %s: %s".formatted(shown, name, objection);
    }

    private Optional<String> typeObjection(String text) {
        return switch (type) {
            case BOOLEAN ->
                    text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")
                            ? Optional.empty()
                            : Optional.of("Expected value to be either true or false");
            case INT -> integerObjection(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case SHORT -> integerObjection(text, Short.MIN_VALUE, Short.MAX_VALUE);
            case LONG -> integerObjection(text, Long.MIN_VALUE, Long.MAX_VALUE);
            case DOUBLE -> doubleObjection(text);
            case LIST, STRING, CLASS, PASSWORD -> Optional.empty();
        };
    }

    private Optional<String> integerObjection(String text, long least, long most) {
        try {
            long value = Long.parseLong(text);
            return value < least || value > most ? notANumber() : Optional.empty();
        } catch (NumberFormatException notANumber) {
            return notANumber();
        }
    }

    private Optional<String> doubleObjection(String text) {
        try {
            return Double.isNaN(Double.parseDouble(text)) ? notANumber() : Optional.empty();
        } catch (NumberFormatException notANumber) {
            return notANumber();
        }
    }

    private Optional<String> notANumber() {
        return Optional.of("Not a number of type " + type);
    }
}
