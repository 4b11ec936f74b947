package io.tombolo.coordinator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

class AlarmsTest {

    @Test
    void deadlinesComeUpAsAPlainMapWouldHaveThem() {
        for (long seed = 0; seed < 200; seed++) {
            var random = new SplittableRandom(seed);
            Alarms<Integer> alarms = Alarms.none();
            Map<Integer, Long> model = new TreeMap<>();
            long now = 0;
            for (int i = 0; i < 200; i++) {
                int key = random.nextInt(8);
                switch (random.nextInt(4)) {
                    case 0, 1 -> {
                        long at = now + random.nextInt(50);
                        alarms = alarms.with(key, at);
                        model.put(key, at);
                    }
                    case 2 -> {
                        alarms = alarms.without(key);
                        model.remove(key);
                    }
                    default -> {
                        now += random.nextInt(20);
                        alarms = alarms.settled(now);
                        Integer due = alarms.firstDue(now);
                        long first = model.values().stream().min(Long::compare).orElse(-1L);
                        assertThat(due != null)
                                .as("seed %d", seed)
                                .isEqualTo(first >= 0 && first <= now);
                        if (due != null) {
                            assertThat(model.get(due)).isEqualTo(first);
                            alarms = alarms.without(due);
                            model.remove(due);
                        }
                    }
                }
                long earliest = model.values().stream().min(Long::compare).orElse(Long.MAX_VALUE);
                assertThat(alarms.nextNanos()).isLessThanOrEqualTo(earliest);
                assertThat(alarms.count()).isEqualTo(model.size());
            }
        }
    }
}
