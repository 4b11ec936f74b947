package io.tombolo.broker.request;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Refusal;

import org.apache.kafka.common.protocol.Errors;

import java.util.Map;

/** Reads answers of the controller. */
public final class Answers {

    private Answers() {}

    /** What became of one thing that a command named; a command refused as a whole refuses it. */
    public static <K, V> Answer<V> part(Answer<Map<K, Answer<V>>> whole, K key) {
        return switch (whole) {
            case Answer.Done<Map<K, Answer<V>>>(Map<K, Answer<V>> parts) -> {
                Answer<V> part = parts.get(key);
                yield part == null
                        ? new Refusal(Errors.UNKNOWN_SERVER_ERROR, "no answer for " + key).answer()
                        : part;
            }
            case Answer.Refused<Map<K, Answer<V>>>(Refusal refusal) -> refusal.answer();
        };
    }
}
