package io.tombolo.region.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** One of Kafka's validators, read from its own notation and objecting in its own words. */
sealed interface ValueRule {

    /**
     * @param value canonical and of the right type
     * @return the whole refusal, or empty
     */
    Optional<String> objection(ConfigDefinition config, String value);

    /** The rule that Kafka prints as this text. */
    static ValueRule of(String range) {
        if (range.startsWith("[partitionId]")) {
            return new ThrottledReplicas(range);
        }
        if (range.startsWith("[latest, earliest")) {
            return new OffsetReset();
        }
        if (range.endsWith("] or -1")) {
            return new LevelOrDefault();
        }
        if (range.startsWith("(case insensitive) ")) {
            return new OneOf(choices(range.substring(range.indexOf('['))), true);
        }
        if (range.contains("...")) {
            return Between.of(range);
        }
        if (range.startsWith("[")) {
            return new OneOf(choices(range), false);
        }
        return range.equals("non-empty string") ? new NotEmpty() : new Anything();
    }

    private static List<String> choices(String range) {
        return ListValue.elements(range.substring(1, range.length() - 1));
    }

    /** No restriction. */
    record Anything() implements ValueRule {
        @Override
        public Optional<String> objection(ConfigDefinition config, String value) {
            return Optional.empty();
        }
    }

    /** A text that is not empty. */
    record NotEmpty() implements ValueRule {
        @Override
        public Optional<String> objection(ConfigDefinition config, String value) {
            return value.isEmpty()
                    ? Optional.of(config.invalid(value, "String must be non-empty"))
                    : Optional.empty();
        }
    }

    /** {@code [least,...,most]}; a missing bound is an empty text. */
    record Between(String least, String most) implements ValueRule {

        static Between of(String range) {
            String inside = range.substring(1, range.length() - 1);
            int dots = inside.indexOf("...");
            String least = dots == 0 ? "" : inside.substring(0, dots - 1);
            String most = inside.endsWith("...") ? "" : inside.substring(dots + 4);
            return new Between(least, most);
        }

        @Override
        public Optional<String> objection(ConfigDefinition config, String value) {
            double number = Double.parseDouble(value);
            if (Double.isInfinite(number)) {
                return Optional.of(config.invalid(value, "Value must be finite"));
            }
            var exact = new BigDecimal(value);
            if (!least.isEmpty() && exact.compareTo(new BigDecimal(least)) < 0) {
                return Optional.of(config.invalid(value, "Value must be at least " + least));
            }
            if (!most.isEmpty() && exact.compareTo(new BigDecimal(most)) > 0) {
                return Optional.of(config.invalid(value, "Value must be no more than " + most));
            }
            return Optional.empty();
        }
    }

    /** One of some words, or for a LIST: one or more of them, none twice. */
    record OneOf(List<String> choices, boolean anyCase) implements ValueRule {

        @Override
        public Optional<String> objection(ConfigDefinition config, String value) {
            if (config.type() != ConfigType.LIST) {
                return wordObjection(config, value);
            }
            List<String> words = ListValue.elements(value);
            if (words.isEmpty()) {
                return Optional.of(
                        "Configuration '%s' must not be empty. Valid values include: %s"
                                .formatted(config.name(), choices));
            }
            if (new HashSet<>(words).size() < words.size()) {
                return Optional.of(
                        "Configuration '%s' values must not be duplicated."
                                .formatted(config.name()));
            }
            return words.stream().flatMap(word -> wordObjection(config, word).stream()).findFirst();
        }

        private Optional<String> wordObjection(ConfigDefinition config, String word) {
            boolean known =
                    anyCase
                            ? choices.stream().anyMatch(word::equalsIgnoreCase)
                            : choices.contains(word);
            if (known) {
                return Optional.empty();
            }
            String rule = anyCase ? "String must be one of (case insensitive): " : oneOf();
            return Optional.of(config.invalid(word, rule + String.join(", ", choices)));
        }

        private static String oneOf() {
            return "String must be one of: ";
        }
    }

    /** Levels of gzip: 1 to 9, or -1 for the codec's own default. */
    record LevelOrDefault() implements ValueRule {
        @Override
        public Optional<String> objection(ConfigDefinition config, String value) {
            int level = Integer.parseInt(value);
            return level == -1 || level >= 1 && level <= 9
                    ? Optional.empty()
                    : Optional.of(
                            config.invalid(value, "Value must be between 1 and 9 or equal to -1"));
        }
    }

    /** {@code *} or partition:broker pairs. */
    record ThrottledReplicas(String format) implements ValueRule {

        private static final Pattern PAIR = Pattern.compile("([0-9]+:[0-9]+)?");

        @Override
        public Optional<String> objection(ConfigDefinition config, String value) {
            List<String> pairs = ListValue.elements(value);
            boolean legal =
                    pairs.isEmpty()
                            || pairs.getFirst().equals("*")
                            || pairs.stream().allMatch(pair -> PAIR.matcher(pair).matches());
            return legal
                    ? Optional.empty()
                    : Optional.of(
                            config.invalid(
                                    value,
                                    config.name()
                                            + " must be the literal '*' or a list of replicas in"
                                            + " the following format: "
                                            + format));
        }
    }

    /** {@code latest}, {@code earliest} or {@code by_duration:} with an ISO duration. */
    record OffsetReset() implements ValueRule {

        private static final String BY_DURATION = "by_duration:";

        @Override
        public Optional<String> objection(ConfigDefinition config, String value) {
            if (value.equals("latest") || value.equals("earliest")) {
                return Optional.empty();
            }
            return value.startsWith(BY_DURATION) && isDuration(value)
                    ? Optional.empty()
                    : Optional.of(
                            config.invalid(
                                    value,
                                    "Value must be latest, earliest or by_duration:PnDTnHnMn.nS"));
        }

        private static boolean isDuration(String value) {
            try {
                return !Duration.parse(value.substring(BY_DURATION.length())).isNegative();
            } catch (DateTimeParseException notADuration) {
                return false;
            }
        }
    }
}
