package io.tombolo.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.raft.core.LogBatch;

import org.junit.jupiter.api.Test;

import java.util.List;

class TailCacheTest {

    private static LogBatch batch(long baseOffset) {
        return new LogBatch(baseOffset, 1, false, List.of(new byte[27]));
    }

    @Test
    void theOldestBatchesLeaveWhenTheBoundIsReached() {
        var cache = new TailCache(350);

        for (int offset = 0; offset < 10; offset++) {
            cache.append(List.of(batch(offset)));
        }

        assertThat(cache.bytes()).isLessThanOrEqualTo(350);
        assertThat(cache.read(0, 10, 1000)).isEmpty();
        assertThat(cache.read(8, 10, 1000)).hasSize(2);
        assertThat(cache.read(8, 9, 1000)).hasSize(1);
        assertThat(cache.read(7, 10, 1)).hasSize(1);
    }

    @Test
    void whatIsTruncatedIsForgotten() {
        var cache = new TailCache(10_000);
        cache.append(List.of(batch(0), batch(1), batch(2)));

        cache.truncate(1);

        assertThat(cache.read(0, 3, 1000)).hasSize(1);
        assertThat(cache.bytes()).isEqualTo(100);
    }
}
