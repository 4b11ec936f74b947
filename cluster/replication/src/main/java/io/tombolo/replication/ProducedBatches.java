package io.tombolo.replication;

import io.tombolo.environment.Clock;
import io.tombolo.protocol.records.BatchCompression;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.ClientBatchCheck;
import io.tombolo.protocol.records.ClientBatchVerdict;
import io.tombolo.protocol.records.Recompressor;
import io.tombolo.protocol.records.VerifiedBatch;
import io.tombolo.replication.transaction.TransactionAdmission;
import io.tombolo.replication.transaction.Verification;

import org.apache.kafka.common.protocol.Errors;

import java.util.Optional;

/** Makes what a client produced fit to be appended, by the rules of its topic. */
final class ProducedBatches {

    private final Clock clock;
    private final TransactionAdmission admission;
    private final BatchView view = new BatchView();
    private ClientBatchCheck check;
    private int inflatedBytesMax;

    ProducedBatches(Clock clock, TransactionAdmission admission, PartitionSettings settings) {
        this.clock = clock;
        this.admission = admission;
        this.inflatedBytesMax = settings.inflatedBytesMax();
        this.check = new ClientBatchCheck(inflatedBytesMax);
    }

    /** What became of it. */
    sealed interface Prepared {}

    /** To be appended as it is. */
    record Ready(VerifiedBatch batch) implements Prepared {}

    /** Not to be appended. */
    record Refused(ProduceOutcome outcome) implements Prepared {}

    Prepared prepare(Produce request, PartitionSettings settings) {
        if (settings.inflatedBytesMax() != inflatedBytesMax) {
            inflatedBytesMax = settings.inflatedBytesMax();
            check = new ClientBatchCheck(inflatedBytesMax);
        }
        var verdict =
                check.check(
                        request.batches(), settings.rules(request.version()), clock.wallTimeMs());
        return switch (verdict) {
            case ClientBatchVerdict.Refused refused ->
                    new Refused(
                            ProduceOutcome.refused(
                                    refused.error(), refused.message(), refused.recordErrors()));
            case ClientBatchVerdict.Accepted(VerifiedBatch batch, long maxTimestampMs) ->
                    accepted(batch, maxTimestampMs, request.verification(), settings);
        };
    }

    private Prepared accepted(
            VerifiedBatch batch,
            long maxTimestampMs,
            Verification verification,
            PartitionSettings settings) {
        view.at(batch.bytes(), batch.bytes().position());
        Optional<ProduceOutcome> notAdmitted = refusalOfTransaction(verification);
        if (notAdmitted.isPresent()) {
            return new Refused(notAdmitted.get());
        }
        if (view.maxTimestampMs() != maxTimestampMs) {
            view.patchMaxTimestamp(maxTimestampMs);
        }
        BatchCompression wanted = settings.compression().orElse(null);
        if (wanted == null || wanted.codec() == view.codec()) {
            return new Ready(batch);
        }
        return switch (new Recompressor(settings.inflatedBytesMax()).recompress(view, wanted)) {
            case Recompressor.Outcome.Recompressed(VerifiedBatch other) -> new Ready(other);
            case Recompressor.Outcome.Refused(var refusal) ->
                    new Refused(
                            ProduceOutcome.refused(
                                    refusal.error(),
                                    describe(refusal.error(), settings.inflatedBytesMax())));
        };
    }

    private Optional<ProduceOutcome> refusalOfTransaction(Verification verification) {
        if (!view.transactional()) {
            return Optional.empty();
        }
        return switch (admission.judge(view, verification)) {
            case ADMITTED -> Optional.empty();
            case UNNAMED ->
                    refused(
                            Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
                            "a transactional batch needs a transactional id");
            case FENCED ->
                    refused(
                            Errors.INVALID_PRODUCER_EPOCH,
                            "producer %d has a newer epoch than %d"
                                    .formatted(view.producerId(), view.producerEpoch()));
            case UNVERIFIED ->
                    refused(
                            Errors.INVALID_TXN_STATE,
                            "producer %d has no verified transaction in this partition"
                                    .formatted(view.producerId()));
        };
    }

    private static Optional<ProduceOutcome> refused(Errors error, String message) {
        return Optional.of(ProduceOutcome.refused(error, message));
    }

    private static String describe(Errors error, int bytesMax) {
        return error == Errors.MESSAGE_TOO_LARGE
                ? ("uncompressed, the batch has more than the %d bytes that"
                                + " max.decompressed.message.bytes and a sixteenth of the heap"
                                + " let the broker compress anew")
                        .formatted(bytesMax)
                : "the batch cannot be inflated to be compressed anew";
    }
}
