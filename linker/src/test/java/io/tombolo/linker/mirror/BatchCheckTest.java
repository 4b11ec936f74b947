package io.tombolo.linker.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.region.link.Reason;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

class BatchCheckTest {

    private final BatchCheck check = new BatchCheck(Safeguard.ALL);

    @Test
    void wholeBatchesThatFollowEachOtherAreAcceptedAsTheyAre() {
        ByteBuffer bytes = join(batch(10, 2, 3), batch(13, 3, 5));

        var verdict = (CheckedBatches.Batches) check(bytes, 10, 2, false);

        assertThat(verdict.batches()).isEqualTo(bytes);
        assertThat(verdict.endOffset()).isEqualTo(18);
        assertThat(verdict.lastEpoch()).isEqualTo(3);
        assertThat(verdict.offsetCount()).isEqualTo(8);
    }

    @Test
    void aGapLeftByCompactionIsAccepted() {
        var verdict =
                (CheckedBatches.Batches)
                        check(join(batch(15, 2, 1), batch(90, 2, 1)), 10, 2, false);

        assertThat(verdict.endOffset()).isEqualTo(91);
    }

    @Test
    void aBatchThatIsCutShortIsLeftForTheNextFetch() {
        ByteBuffer whole = batch(10, 2, 3);
        ByteBuffer bytes = join(whole, batch(13, 2, 5));
        bytes.limit(bytes.limit() - 1);

        var verdict = (CheckedBatches.Batches) check(bytes, 10, 2, false);

        assertThat(verdict.batches()).isEqualTo(whole);
        bytes.limit(whole.limit() - 1);
        assertThat(check(bytes, 10, 2, false)).isInstanceOf(CheckedBatches.Nothing.class);
    }

    @Test
    void batchesThatHaveBeenCopiedAreLeftOut() {
        ByteBuffer fresh = batch(13, 2, 5);

        var verdict = (CheckedBatches.Batches) check(join(batch(10, 2, 3), fresh), 13, 2, false);

        assertThat(verdict.batches()).isEqualTo(fresh);
        assertThat(check(batch(10, 2, 3), 13, 2, false)).isInstanceOf(CheckedBatches.Nothing.class);
    }

    @Test
    void theLastBatchOfTheCopyIsRecognisedByItsChecksumUnlessItIsCompacted() {
        ByteBuffer last = batch(10, 2, 3);
        ByteBuffer fresh = batch(13, 2, 5);
        long checksum = Integer.toUnsignedLong(BatchView.of(last).crc());

        assertThat(after(13, checksum, join(last, fresh)))
                .isInstanceOf(CheckedBatches.Batches.class);
        assertThat(after(13, checksum, last)).isEqualTo(new CheckedBatches.Nothing(true));
        assertThat(after(13, checksum, fresh)).isInstanceOf(CheckedBatches.Batches.class);
        assertThat(after(13, checksum + 1, last)).isEqualTo(new CheckedBatches.Foreign());
        assertThat(after(12, checksum, last)).isEqualTo(new CheckedBatches.Foreign());
        assertThat(after(13, checksum + 1, compacted(last)))
                .isEqualTo(new CheckedBatches.Nothing(true));
    }

    private CheckedBatches after(long next, long checksum, ByteBuffer bytes) {
        return check.check(bytes, new BatchCheck.Expectation(next, 2, false, checksum));
    }

    /** As the cleaner leaves a batch of which a record in the middle is gone. */
    private static ByteBuffer compacted(ByteBuffer batch) {
        var fewer = ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();
        fewer.putInt(57, 2);
        var crc = new CRC32C();
        crc.update(fewer.duplicate().position(21));
        return fewer.putInt(17, (int) crc.getValue());
    }

    @Test
    void aBatchThatBeginsBelowThePositionIsRefusedUnlessTheCopyIsEmpty() {
        assertBroken(check(batch(10, 2, 5), 12, 2, false), Reason.Code.OUT_OF_ORDER);
        assertThat(check(batch(10, 2, 5), 12, -1, true)).isInstanceOf(CheckedBatches.Batches.class);
        assertBroken(
                check(join(batch(10, 2, 5), batch(14, 2, 5)), 12, -1, true),
                Reason.Code.OUT_OF_ORDER);
    }

    @Test
    void anEpochThatGoesBackIsRefused() {
        assertBroken(check(batch(10, 1, 1), 10, 2, false), Reason.Code.OUT_OF_ORDER);
        assertBroken(
                check(join(batch(10, 3, 1), batch(11, 2, 1)), 10, 2, false),
                Reason.Code.OUT_OF_ORDER);
    }

    @Test
    void aFlippedBitIsRefused() {
        ByteBuffer bytes = batch(10, 2, 3);
        bytes.put(65, (byte) (bytes.get(65) ^ 4));

        assertBroken(check(bytes, 10, 2, false), Reason.Code.CORRUPT_BATCH);
    }

    @Test
    void anOlderFormatAndNonsenseAreRefused() {
        ByteBuffer old = batch(10, 2, 3);
        old.put(16, (byte) 1);
        ByteBuffer nonsense = ByteBuffer.allocate(80);
        nonsense.putInt(8, -5);

        assertBroken(check(old, 10, 2, false), Reason.Code.CORRUPT_BATCH);
        assertBroken(check(nonsense, 10, 2, false), Reason.Code.CORRUPT_BATCH);
    }

    private CheckedBatches check(ByteBuffer bytes, long next, int epoch, boolean mayBeginBelow) {
        return check.check(bytes, new BatchCheck.Expectation(next, epoch, mayBeginBelow, -1));
    }

    private static void assertBroken(CheckedBatches verdict, Reason.Code code) {
        assertThat(((CheckedBatches.Broken) verdict).reason().code()).isEqualTo(code);
    }

    private static ByteBuffer batch(long base, int epoch, int records) {
        var builder = new BatchBuilder(BatchSpec.PLAIN.at(base, epoch));
        for (int i = 0; i < records; i++) {
            builder.append(5, null, ByteBuffer.wrap(new byte[20]));
        }
        return builder.build();
    }

    private static ByteBuffer join(ByteBuffer one, ByteBuffer other) {
        var both = ByteBuffer.allocate(one.remaining() + other.remaining());
        return both.put(one.duplicate()).put(other.duplicate()).flip();
    }
}
