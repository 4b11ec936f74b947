package io.tombolo.linker.source;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.tombolo.environment.Clock;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Suspends calls to a broker that keeps failing: after {@value #WINDOW} calls of which half failed
 * none is made for {@value #OPEN_SECONDS} s, then one is tried. Asked and told, never wrapped
 * around a call, and on the clock of the environment. Mutable; owned by the loop of the link.
 */
final class SourceBreaker {

    private static final int WINDOW = 6;
    private static final int OPEN_SECONDS = 2;

    private final CircuitBreaker breaker;

    SourceBreaker(String name, Clock clock) {
        this.breaker =
                CircuitBreaker.of(
                        name,
                        CircuitBreakerConfig.custom()
                                .slidingWindow(WINDOW, WINDOW, SlidingWindowType.COUNT_BASED)
                                .failureRateThreshold(50)
                                .permittedNumberOfCallsInHalfOpenState(1)
                                .waitDurationInOpenState(Duration.ofSeconds(OPEN_SECONDS))
                                .currentTimestampFunction(
                                        _ -> clock.nanoTime(), TimeUnit.NANOSECONDS)
                                .clock(clock.monotonic())
                                .writableStackTraceEnabled(false)
                                .build());
    }

    /** Whether a call may be made; one that may must be followed by one of the other three. */
    boolean permits() {
        return breaker.tryAcquirePermission();
    }

    /** The call was answered. */
    void succeeded() {
        breaker.onSuccess(0, TimeUnit.NANOSECONDS);
    }

    /** The call was not answered. */
    void failed(String detail) {
        breaker.onError(0, TimeUnit.NANOSECONDS, new Unanswered(detail));
    }

    /** The call was given up for a reason that says nothing about the broker. */
    void forgotten() {
        breaker.releasePermission();
    }

    /** What the breaker records; never thrown. */
    private static final class Unanswered extends RuntimeException {

        private static final long serialVersionUID = 1;

        Unanswered(String detail) {
            super(detail, null, false, false);
        }
    }
}
