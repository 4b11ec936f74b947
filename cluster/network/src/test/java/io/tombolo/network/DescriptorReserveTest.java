package io.tombolo.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Who is let in while a process has 300 file descriptors. */
class DescriptorReserveTest {

    private final AtomicLong inUse = new AtomicLong(20);
    private final AtomicInteger looks = new AtomicInteger();
    private final DescriptorReserve reserve =
            new DescriptorReserve(
                    300,
                    () -> {
                        looks.incrementAndGet();
                        return inUse.get();
                    });

    @Test
    void aThirdIsKeptForFiles() {
        assertThat(reserve.admits()).isTrue();

        inUse.set(200);
        int admitted = 0;
        while (reserve.admits()) {
            admitted++;
        }

        assertThat(admitted).isLessThan(DescriptorReserve.LOOK_EVERY);
        assertThat(reserve.admits()).isFalse();
        inUse.set(199);
        assertThat(reserve.admits()).isTrue();
    }

    @Test
    void itLooksNowAndThenOnly() {
        for (int client = 0; client < 160; client++) {
            reserve.admits();
        }

        assertThat(looks).hasValueLessThanOrEqualTo(11);
    }

    @Test
    void withoutALimitEverybodyIsLetIn() {
        var open = new DescriptorReserve(0, () -> Long.MAX_VALUE);

        for (int client = 0; client < 100; client++) {
            assertThat(open.admits()).isTrue();
        }
    }
}
