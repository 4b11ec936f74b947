package io.tombolo.replication;

import io.tombolo.protocol.records.BatchVerdict;
import io.tombolo.storage.log.AppendResult;

import org.apache.kafka.common.protocol.Errors;

/** The log's refusals in the words of Kafka's protocol. */
final class AppendRefusals {

    private AppendRefusals() {}

    static ProduceOutcome toOutcome(AppendResult result) {
        return switch (result) {
            case AppendResult.OutOfOrderSequence out ->
                    ProduceOutcome.refused(
                            Errors.OUT_OF_ORDER_SEQUENCE_NUMBER,
                            "producer %d sent sequence %d, expected %d"
                                    .formatted(
                                            out.producerId(),
                                            out.sequence(),
                                            out.expectedSequence()));
            case AppendResult.OldDuplicate old ->
                    ProduceOutcome.refused(
                            Errors.DUPLICATE_SEQUENCE_NUMBER,
                            "sequence %d of producer %d is in the log already"
                                    .formatted(old.sequence(), old.producerId()));
            case AppendResult.InvalidProducerEpoch old ->
                    ProduceOutcome.refused(
                            Errors.INVALID_PRODUCER_EPOCH,
                            "producer %d has epoch %d, the request has %d"
                                    .formatted(old.producerId(), old.currentEpoch(), old.epoch()));
            case AppendResult.InvalidTransactionState(long producerId) ->
                    ProduceOutcome.refused(
                            Errors.INVALID_TXN_STATE,
                            "producer %d has an open transaction".formatted(producerId));
            case AppendResult.CoordinatorFenced fenced ->
                    ProduceOutcome.refused(
                            Errors.TRANSACTION_COORDINATOR_FENCED,
                            "coordinator epoch %d is over, the current one is %d"
                                    .formatted(
                                            fenced.coordinatorEpoch(),
                                            fenced.currentCoordinatorEpoch()));
            case AppendResult.Corrupt(BatchVerdict verdict) ->
                    ProduceOutcome.refused(
                            Errors.CORRUPT_MESSAGE, "the batch is not sound: " + verdict);
            case AppendResult.InvalidRecord(String reason) ->
                    ProduceOutcome.refused(Errors.INVALID_RECORD, reason);
            case AppendResult.TooLarge(int batchBytes, int bytesMax) ->
                    ProduceOutcome.refused(
                            Errors.MESSAGE_TOO_LARGE,
                            "the batch has %d bytes, more than %d".formatted(batchBytes, bytesMax));
            case AppendResult.NotContiguous(long end, long first) ->
                    ProduceOutcome.refused(
                            Errors.INVALID_RECORD,
                            "the batch begins at %d, the log ends at %d".formatted(first, end));
            case AppendResult.StaleEpoch(int latest, int epoch) ->
                    ProduceOutcome.refused(
                            Errors.INVALID_RECORD,
                            "the batch has leader epoch %d, the log has %d already"
                                    .formatted(epoch, latest));
            case AppendResult.NoRoom(Exception cause) ->
                    ProduceOutcome.refused(
                            Errors.KAFKA_STORAGE_ERROR,
                            "there is no room on the disk: " + cause.getMessage());
            case AppendResult.Failed(Exception cause) ->
                    ProduceOutcome.refused(
                            Errors.KAFKA_STORAGE_ERROR, String.valueOf(cause.getMessage()));
            case AppendResult.Appended _, AppendResult.Duplicate _ ->
                    throw new IllegalArgumentException("not a refusal: " + result);
        };
    }
}
