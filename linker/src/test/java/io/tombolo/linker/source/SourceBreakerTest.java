package io.tombolo.linker.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Clock;

import org.junit.jupiter.api.Test;

class SourceBreakerTest {

    private long nowNanos = 5;
    private final Clock clock =
            new Clock() {
                @Override
                public long nanoTime() {
                    return nowNanos;
                }

                @Override
                public long wallTimeMs() {
                    return 0;
                }
            };
    private final SourceBreaker breaker = new SourceBreaker("eu-1", clock);

    @Test
    void aBrokerThatKeepsFailingIsLeftAloneForAWhileAndThenTriedOnce() {
        for (int i = 0; i < 6; i++) {
            assertThat(breaker.permits()).isTrue();
            breaker.failed("refused");
        }
        assertThat(breaker.permits()).isFalse();

        nowNanos += 2_100_000_000L;

        assertThat(breaker.permits()).isTrue();
        assertThat(breaker.permits()).isFalse();
        breaker.succeeded();
        assertThat(breaker.permits()).isTrue();
    }
}
