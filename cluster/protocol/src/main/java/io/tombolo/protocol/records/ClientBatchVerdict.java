package io.tombolo.protocol.records;

import org.apache.kafka.common.protocol.Errors;

import java.util.List;

/** Whether a batch that a client sent may be appended. */
public sealed interface ClientBatchVerdict {

    /**
     * It may.
     *
     * @param batch what is to be appended, where it lies
     * @param maxTimestampMs the largest timestamp; differs from the header's only when the records
     *     were read and the header was wrong, and is then to be patched in
     */
    record Accepted(VerifiedBatch batch, long maxTimestampMs) implements ClientBatchVerdict {}

    /**
     * It may not; nothing is to be appended.
     *
     * @param message for the client
     * @param recordErrors the records that are at fault, when it is about single records
     */
    record Refused(Errors error, String message, List<RecordError> recordErrors)
            implements ClientBatchVerdict {}

    /**
     * What is wrong with one record.
     *
     * @param batchIndex its place in the batch, from 0
     */
    record RecordError(int batchIndex, String message) {}
}
