package io.tombolo.controller;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Refusal;
import io.tombolo.metadata.record.MetadataRecord;

import org.apache.kafka.common.protocol.Errors;

import java.util.List;

/**
 * What a command comes to.
 *
 * @param batches each to be committed as a whole, in this order; cutting between them is safe. None
 *     when nothing changes
 * @param answer to be given when the last of them is committed
 */
public record ControllerResult<A>(List<List<MetadataRecord>> batches, Answer<A> answer) {

    public ControllerResult {
        batches =
                batches.stream()
                        .filter(batch -> !batch.isEmpty())
                        .<List<MetadataRecord>>map(List::copyOf)
                        .toList();
    }

    static <A> ControllerResult<A> done(A value, MetadataRecord... records) {
        return atomic(value, List.of(records));
    }

    static <A> ControllerResult<A> atomic(A value, List<? extends MetadataRecord> records) {
        return inBatches(value, List.of(List.copyOf(records)));
    }

    static <A> ControllerResult<A> inBatches(A value, List<List<MetadataRecord>> batches) {
        return new ControllerResult<>(batches, new Answer.Done<>(value));
    }

    static <A> ControllerResult<A> refused(Errors error, String message) {
        return refused(new Refusal(error, message));
    }

    static <A> ControllerResult<A> refused(Refusal refusal) {
        return new ControllerResult<>(List.of(), refusal.answer());
    }

    /** The same answer, with nothing changed. */
    ControllerResult<A> withoutRecords() {
        return new ControllerResult<>(List.of(), answer);
    }
}
