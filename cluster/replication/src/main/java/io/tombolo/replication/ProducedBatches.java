package io.tombolo.replication;

import io.tombolo.environment.Clock;
import io.tombolo.protocol.records.BatchCompression;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.ClientBatchCheck;
import io.tombolo.protocol.records.ClientBatchVerdict;
import io.tombolo.protocol.records.Recompressor;

import org.apache.kafka.common.protocol.Errors;

import java.nio.ByteBuffer;

/** Makes what a client produced fit to be appended, by the rules of its topic. */
final class ProducedBatches {

    private final Clock clock;
    private final BatchView view = new BatchView();

    ProducedBatches(Clock clock) {
        this.clock = clock;
    }

    /** What became of it. */
    sealed interface Prepared {}

    /** To be appended as it is. */
    record Ready(ByteBuffer batches) implements Prepared {}

    /** Not to be appended. */
    record Refused(ProduceOutcome outcome) implements Prepared {}

    Prepared prepare(Produce request, PartitionSettings settings) {
        ByteBuffer batches = request.batches();
        var check = new ClientBatchCheck(settings.inflatedBytesMax());
        var verdict = check.check(batches, settings.rules(request.version()), clock.wallTimeMs());
        return switch (verdict) {
            case ClientBatchVerdict.Refused refused ->
                    new Refused(
                            ProduceOutcome.refused(
                                    refused.error(), refused.message(), refused.recordErrors()));
            case ClientBatchVerdict.Accepted(long maxTimestampMs) ->
                    accepted(batches, maxTimestampMs, settings);
        };
    }

    private Prepared accepted(ByteBuffer batches, long maxTimestampMs, PartitionSettings settings) {
        view.at(batches, batches.position());
        if (view.transactional()) {
            // A request that names a transactional id does not come this far: none is served.
            return new Refused(
                    ProduceOutcome.refused(
                            Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
                            "a transactional batch needs a transactional id"));
        }
        // A batch that is cut short may follow; it is not appended.
        batches.limit(batches.position() + view.lengthBytes());
        if (view.maxTimestampMs() != maxTimestampMs) {
            view.patchMaxTimestamp(maxTimestampMs);
        }
        BatchCompression wanted = settings.compression().orElse(null);
        if (wanted == null || wanted.codec() == view.codec()) {
            return new Ready(batches);
        }
        return switch (new Recompressor(settings.inflatedBytesMax()).recompress(view, wanted)) {
            case Recompressor.Outcome.Recompressed(ByteBuffer batch) -> new Ready(batch);
            case Recompressor.Outcome.Refused(var refusal) ->
                    new Refused(ProduceOutcome.refused(refusal.error(), describe(refusal.error())));
        };
    }

    private static String describe(Errors error) {
        return error == Errors.MESSAGE_TOO_LARGE
                ? "the batch inflates to more than max.decompressed.message.bytes"
                : "the batch cannot be inflated to be compressed anew";
    }
}
