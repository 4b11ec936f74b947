package io.tombolo.controller.topic;

import io.tombolo.controller.command.Refusal;

import org.apache.kafka.common.protocol.Errors;

import java.util.Optional;

/** Kafka's rule for the names of topics, in Kafka's words. */
public final class TopicName {

    private static final int LENGTH_MAX = 249;

    private TopicName() {}

    public static Optional<Refusal> refusal(String name) {
        return flaw(name).map(flaw -> new Refusal(Errors.INVALID_TOPIC_EXCEPTION, flaw));
    }

    private static Optional<String> flaw(String name) {
        if (name.isEmpty()) {
            return Optional.of("Topic name is invalid: the empty string is not allowed");
        }
        if (name.equals(".") || name.equals("..")) {
            return Optional.of("Topic name is invalid: '" + name + "' is not allowed");
        }
        if (name.length() > LENGTH_MAX) {
            return Optional.of(
                    "Topic name is invalid: the length of '%s' is longer than the max allowed length %d"
                            .formatted(name, LENGTH_MAX));
        }
        if (!name.chars().allMatch(TopicName::legal)) {
            return Optional.of(
                    "Topic name is invalid: '%s' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"
                            .formatted(name));
        }
        return Optional.empty();
    }

    private static boolean legal(int character) {
        return character >= 'a' && character <= 'z'
                || character >= 'A' && character <= 'Z'
                || character >= '0' && character <= '9'
                || character == '.'
                || character == '_'
                || character == '-';
    }
}
