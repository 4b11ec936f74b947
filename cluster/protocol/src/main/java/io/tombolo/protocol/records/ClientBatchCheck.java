package io.tombolo.protocol.records;

import io.tombolo.protocol.records.ClientBatchVerdict.Accepted;
import io.tombolo.protocol.records.ClientBatchVerdict.RecordError;
import io.tombolo.protocol.records.ClientBatchVerdict.Refused;

import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides whether what a client sent for one partition may be appended, as Kafka's leader decides
 * it. Reusable; one thread at a time. Keeps no memory between two checks.
 *
 * <p>The header and the checksum are always looked at. Records are read only when something depends
 * on them: a compacted topic, a limit on old timestamps, a maximum timestamp that lies too far in
 * the future, or when the rules ask for it.
 */
public final class ClientBatchCheck {

    /** Records named in a refusal at most; a batch of a million bad ones is not a long answer. */
    static final int RECORD_ERRORS_MAX = 1000;

    private static final short FIRST_WITH_ZSTD = 7;

    /** The smallest record: seven fields of one byte. */
    private static final int RECORD_BYTES_MIN = 7;

    private final BatchView batch = new BatchView();
    private final BatchView following = new BatchView();
    private final int inflatedBytesMax;

    /**
     * @param inflatedBytesMax what a compressed batch may inflate to when its records are read
     */
    public ClientBatchCheck(int inflatedBytesMax) {
        this.inflatedBytesMax = inflatedBytesMax;
    }

    /**
     * Looks at the records of one partition in a Produce request; changes nothing.
     *
     * @param records from their position to their limit: one batch, and nothing behind it but
     *     perhaps a batch that is cut short, which is not to be appended
     * @param nowMs the present, milliseconds since the epoch
     */
    public ClientBatchVerdict check(ByteBuffer records, ClientBatchRules rules, long nowMs) {
        batch.at(records, records.position());
        Refused refused = checkRequest(records, rules);
        if (refused == null) {
            refused = checkHeader(rules);
        }
        if (refused != null) {
            return refused;
        }
        return mustInspect(rules, nowMs) ? inspect(rules, nowMs) : accept(batch.maxTimestampMs());
    }

    private Accepted accept(long maxTimestampMs) {
        return new Accepted(new VerifiedBatch(batch.bytes()), maxTimestampMs);
    }

    private @Nullable Refused checkRequest(ByteBuffer records, ClientBatchRules rules) {
        switch (batch.frameVerdict()) {
            case VALID -> {}
            case INCOMPLETE -> {
                return refuse(Errors.INVALID_RECORD, "there is no whole record batch");
            }
            case OLD_MAGIC -> {
                return refuse(Errors.INVALID_RECORD, "message format 2 is the only one accepted");
            }
            case BAD_SIZE, UNKNOWN_MAGIC, BAD_CRC, BAD_OFFSETS, UNKNOWN_CODEC -> {
                return refuse(Errors.CORRUPT_MESSAGE, "the record batch has no valid frame");
            }
        }
        Codec codec = Codec.ofId(batch.attributes() & BatchView.CODEC_MASK);
        if (codec == null) {
            return refuse(Errors.UNSUPPORTED_COMPRESSION_TYPE, "the codec does not exist");
        }
        if (codec == Codec.ZSTD && rules.produceVersion() < FIRST_WITH_ZSTD) {
            return refuse(
                    Errors.UNSUPPORTED_COMPRESSION_TYPE, "zstd needs Produce version 7 or later");
        }
        return switch (following
                .at(records, batch.position() + batch.lengthBytes())
                .frameVerdict()) {
            case INCOMPLETE -> null;
            case BAD_SIZE, UNKNOWN_MAGIC ->
                    refuse(Errors.CORRUPT_MESSAGE, "bytes behind the batch are no batch");
            default ->
                    refuse(
                            Errors.INVALID_RECORD,
                            "only one record batch per partition is accepted");
        };
    }

    private @Nullable Refused checkHeader(ClientBatchRules rules) {
        if (batch.baseOffset() != 0) {
            return refuse(Errors.INVALID_RECORD, "the base offset of the batch must be 0");
        }
        if (batch.lengthBytes() > rules.batchBytesMax()) {
            return refuse(
                    Errors.MESSAGE_TOO_LARGE,
                    "the batch of %d bytes exceeds the limit of %d"
                            .formatted(batch.lengthBytes(), rules.batchBytesMax()));
        }
        if (!batch.crcValid()) {
            return refuse(Errors.CORRUPT_MESSAGE, "the checksum does not match");
        }
        if (!countsAgree()) {
            return refuse(Errors.INVALID_RECORD, "last offset delta and record count do not agree");
        }
        if (batch.control()) {
            return refuse(Errors.INVALID_RECORD, "clients may not write control records");
        }
        if (batch.deleteHorizon()) {
            return refuse(Errors.INVALID_RECORD, "clients may not set a delete horizon");
        }
        if (batch.hasProducerId() && batch.baseSequence() < 0) {
            return refuse(Errors.INVALID_RECORD, "a producer id needs a base sequence");
        }
        if (batch.logAppendTime() && !rules.logAppendTime()) {
            return refuse(Errors.INVALID_TIMESTAMP, "clients may not stamp the time of the append");
        }
        return null;
    }

    private boolean countsAgree() {
        int count = batch.recordCount();
        if (count <= 0 || batch.lastOffsetDelta() != count - 1) {
            return false;
        }
        long recordBytes = batch.lengthBytes() - BatchView.HEADER_BYTES;
        return batch.codec() != Codec.NONE || recordBytes >= (long) count * RECORD_BYTES_MIN;
    }

    private boolean mustInspect(ClientBatchRules rules, long nowMs) {
        return rules.inspectRecords()
                || rules.keysRequired()
                || (!rules.logAppendTime()
                        && (rules.timestampBeforeMaxMs() != Long.MAX_VALUE
                                || tooLate(batch.maxTimestampMs(), rules, nowMs)));
    }

    private ClientBatchVerdict inspect(ClientBatchRules rules, long nowMs) {
        var errors = new ArrayList<RecordError>();
        boolean timestampsOnly = true;
        long maxTimestampMs = BatchView.NO_TIMESTAMP;
        var reader = new RecordReader(inflatedBytesMax).open(batch);
        while (reader.next()) {
            if (reader.offsetDelta() != reader.index()) {
                return refuse(Errors.INVALID_RECORD, "offsets within the batch are not contiguous");
            }
            maxTimestampMs = Math.max(maxTimestampMs, reader.timestampMs());
            String fault = keyFault(reader, rules);
            if (fault != null) {
                timestampsOnly = false;
            } else {
                fault = timestampFault(reader, rules, nowMs);
            }
            if (fault != null && errors.size() < RECORD_ERRORS_MAX) {
                errors.add(new RecordError(reader.index(), fault));
            }
        }
        RecordRefusal refusal = reader.refusal();
        if (refusal != null) {
            return refuse(refusal.error(), "the records cannot be read: " + refusal);
        }
        return errors.isEmpty() ? accept(maxTimestampMs) : refuse(errors, timestampsOnly);
    }

    private static @Nullable String keyFault(RecordReader reader, ClientBatchRules rules) {
        return rules.keysRequired() && !reader.hasKey()
                ? "Compacted topic cannot accept message without key"
                : null;
    }

    private static @Nullable String timestampFault(
            RecordReader reader, ClientBatchRules rules, long nowMs) {
        long timestampMs = reader.timestampMs();
        if (rules.logAppendTime()
                || timestampMs == BatchView.NO_TIMESTAMP
                || !(tooEarly(timestampMs, rules, nowMs) || tooLate(timestampMs, rules, nowMs))) {
            return null;
        }
        return "Timestamp %d of message with offset %d is out of range. The timestamp should be within [%d, %d]"
                .formatted(
                        timestampMs,
                        reader.offset(),
                        nowMs - rules.timestampBeforeMaxMs(),
                        latestMs(rules, nowMs));
    }

    private static boolean tooEarly(long timestampMs, ClientBatchRules rules, long nowMs) {
        return timestampMs < nowMs - rules.timestampBeforeMaxMs();
    }

    private static boolean tooLate(long timestampMs, ClientBatchRules rules, long nowMs) {
        return timestampMs > latestMs(rules, nowMs);
    }

    private static long latestMs(ClientBatchRules rules, long nowMs) {
        long afterMaxMs = rules.timestampAfterMaxMs();
        return afterMaxMs > Long.MAX_VALUE - nowMs ? Long.MAX_VALUE : nowMs + afterMaxMs;
    }

    private static Refused refuse(List<RecordError> errors, boolean timestampsOnly) {
        return timestampsOnly
                ? new Refused(
                        Errors.INVALID_TIMESTAMP,
                        "One or more records have been rejected due to invalid timestamp",
                        List.copyOf(errors))
                : new Refused(
                        Errors.INVALID_RECORD,
                        "One or more records have been rejected due to %d record errors"
                                .formatted(errors.size()),
                        List.copyOf(errors));
    }

    private static Refused refuse(Errors error, String message) {
        return new Refused(error, message, List.of());
    }
}
