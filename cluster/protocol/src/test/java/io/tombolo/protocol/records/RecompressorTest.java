package io.tombolo.protocol.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.protocol.Frames;

import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

class RecompressorTest {

    private final Recompressor recompressor = new Recompressor(1 << 20);

    @ParameterizedTest
    @EnumSource(Codec.class)
    void recordsAndHeaderSurviveEveryChangeOfCodec(Codec from) {
        var spec =
                BatchSpec.PLAIN
                        .at(50, 2)
                        .from(6, (short) 1, 10, true)
                        .compressed(BatchCompression.of(from));
        ByteBuffer bytes = Frames.direct(Batches.random(spec, new Random(3), 20).build());
        for (Codec to : Codec.values()) {

            var outcome = recompressor.recompress(BatchView.of(bytes), BatchCompression.of(to));

            ByteBuffer copy = ((Recompressor.Outcome.Recompressed) outcome).batch().bytes();
            BatchView batch = BatchView.of(copy);
            assertThat(batch.verdict()).isEqualTo(BatchVerdict.VALID);
            assertThat(batch.codec()).isEqualTo(to);
            assertThat(BatchSpec.of(batch)).isEqualTo(spec.compressed(BatchCompression.of(to)));
            assertThat(batch.lengthBytes()).isEqualTo(copy.remaining());
            assertThat(records(copy)).isEqualTo(records(bytes)).hasSize(20);
        }
    }

    private static List<Record> records(ByteBuffer bytes) {
        var records = new ArrayList<Record>();
        MemoryRecords.readableRecords(bytes).records().forEach(records::add);
        return records;
    }
}
