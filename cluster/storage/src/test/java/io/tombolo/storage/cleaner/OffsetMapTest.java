package io.tombolo.storage.cleaner;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.SimulatedEntropy;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;

class OffsetMapTest {

    private static ByteBuffer key(int number) {
        return ByteBuffer.wrap(("key " + number).getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void itKnowsTheLatestOffsetOfEachKey() {
        var entropy = new SimulatedEntropy(9);
        var map = new OffsetMap(1_000, 1 << 20, 0.9, 77);
        var model = new HashMap<Integer, Long>();
        for (long offset = 0; offset < 5_000; offset++) {
            int number = entropy.nextInt(900);
            assertThat(map.put(key(number), offset)).isTrue();
            model.put(number, offset);
        }

        model.forEach((number, offset) -> assertThat(map.latest(key(number))).isEqualTo(offset));
        assertThat(map.latest(key(901))).isEqualTo(-1);
        assertThat(map.size()).isEqualTo(model.size());
    }

    @Test
    void aKeyThatIsKnownHasRoomWhenAnotherHasNot() {
        var map = new OffsetMap(1_000_000, 20 * OffsetMap.ENTRY_BYTES, 0.5, 1);
        for (int number = 0; number < 10; number++) {
            assertThat(map.put(key(number), number)).isTrue();
        }

        assertThat(map.full()).isTrue();
        assertThat(map.put(key(10), 10)).isFalse();
        assertThat(map.put(key(3), 11)).isTrue();
        assertThat(map.latest(key(3))).isEqualTo(11);
        assertThat(map.latest(key(10))).isEqualTo(-1);
    }

    @Test
    void itTakesNoMoreMemoryThanKeysCanCome() {
        var map = new OffsetMap(10, Long.MAX_VALUE, 0.9, 1);

        for (int number = 0; number < 10; number++) {
            assertThat(map.put(key(number), number)).isTrue();
        }
        for (int number = 10; number < 30; number++) {
            map.put(key(number), number);
        }
        assertThat(map.full()).isTrue();
    }
}
