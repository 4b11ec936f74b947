package io.tombolo.replication;

import io.tombolo.protocol.records.ClientBatchVerdict.RecordError;

import org.apache.kafka.common.protocol.Errors;

import java.util.List;

/**
 * What a client hears about one partition of its produce request.
 *
 * @param baseOffset offset of the first record, −1 on an error
 * @param logAppendTimeMs the broker's timestamp when the topic uses it, else −1
 * @param logStartOffset −1 on an error
 * @param message one sentence for people, empty when there is nothing to add
 * @param recordErrors which records are at fault, empty when none in particular
 * @param leader who leads, when the error says that it is another broker
 * @param inDoubt whether this leader cannot tell if it still leads: whoever asks it who does is
 *     told that it does, and had better ask another broker
 */
public record ProduceOutcome(
        Errors error,
        long baseOffset,
        long logAppendTimeMs,
        long logStartOffset,
        String message,
        List<RecordError> recordErrors,
        LeaderHint leader,
        boolean inDoubt) {

    private static final String DOUBTFUL =
            "the controller cannot be heard, and the replicas do not answer";

    static ProduceOutcome accepted(long baseOffset, long logAppendTimeMs, long logStartOffset) {
        return new ProduceOutcome(
                Errors.NONE,
                baseOffset,
                logAppendTimeMs,
                logStartOffset,
                "",
                List.of(),
                LeaderHint.NONE,
                false);
    }

    /** A refusal; nothing was appended unless the error says so. */
    public static ProduceOutcome refused(Errors error, String message) {
        return refused(error, message, List.of());
    }

    /** The answer of a leader that nobody answers. */
    static ProduceOutcome doubtful() {
        return new ProduceOutcome(
                Errors.NOT_LEADER_OR_FOLLOWER,
                -1,
                -1,
                -1,
                DOUBTFUL,
                List.of(),
                LeaderHint.NONE,
                true);
    }

    static ProduceOutcome refused(Errors error, String message, List<RecordError> recordErrors) {
        return new ProduceOutcome(error, -1, -1, -1, message, recordErrors, LeaderHint.NONE, false);
    }

    /** The same, with the leader to turn to. */
    ProduceOutcome toward(LeaderHint other) {
        return new ProduceOutcome(
                error,
                baseOffset,
                logAppendTimeMs,
                logStartOffset,
                message,
                recordErrors,
                other,
                inDoubt);
    }
}
