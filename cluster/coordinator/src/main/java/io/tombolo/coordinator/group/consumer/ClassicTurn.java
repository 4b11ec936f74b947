package io.tombolo.coordinator.group.consumer;

import io.tombolo.coordinator.runtime.LogRecord;

import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What the word of a member that speaks the classic protocol came to.
 *
 * @param error why it came to nothing; also {@code REBALANCE_IN_PROGRESS} and {@code
 *     MEMBER_ID_REQUIRED}
 * @param group after it
 * @param records to be appended
 * @param member who spoke; empty when it has no id
 * @param generation in which it is
 * @param gone the member that is no more; null for none
 */
public record ClassicTurn(
        Errors error,
        ConsumerGroup group,
        List<LogRecord> records,
        String member,
        int generation,
        @Nullable String gone) {

    static ClassicTurn refused(ConsumerGroup group, String member, Errors error) {
        return new ClassicTurn(error, group, List.of(), member, -1, null);
    }
}
