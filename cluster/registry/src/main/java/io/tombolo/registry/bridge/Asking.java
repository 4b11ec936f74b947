package io.tombolo.registry.bridge;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.SlidingWindowType;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.tombolo.environment.Clock;
import io.tombolo.environment.Entropy;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload.Outcome;
import io.tombolo.region.RegionId;
import io.tombolo.region.registry.DocumentCodec;
import io.tombolo.region.registry.DocumentCodec.Decoded;
import io.tombolo.region.registry.RegionDocument;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Questions to one other region: a round of them asks up to {@value #ATTEMPTS} times with growing
 * pauses, and after {@value #WINDOW} failures nothing is asked for {@value #OPEN_SECONDS} s, then
 * once. Asked and told, never wrapped around a call, and on the clock of the environment. Mutable;
 * owned by the loop of the bridge.
 */
final class Asking {

    static final int ATTEMPTS = 3;
    static final int WINDOW = 6;
    static final int OPEN_SECONDS = 5;

    private static final long PAUSE_MS = 100;

    private final RegionId region;
    private final OtherRegions others;
    private final EventLoop loop;
    private final Retry retry;
    private final CircuitBreaker breaker;
    private boolean asking;
    private String trouble = "";

    Asking(RegionId region, OtherRegions others, EventLoop loop, Clock clock, Entropy entropy) {
        this.region = region;
        this.others = others;
        this.loop = loop;
        this.retry =
                Retry.of(
                        region.name(),
                        RetryConfig.custom()
                                .maxAttempts(ATTEMPTS)
                                .intervalFunction(attempt -> pauseMs(attempt, entropy))
                                .writableStackTraceEnabled(false)
                                .build());
        this.breaker =
                CircuitBreaker.of(
                        region.name(),
                        CircuitBreakerConfig.custom()
                                .slidingWindow(WINDOW, WINDOW, SlidingWindowType.COUNT_BASED)
                                .failureRateThreshold(100)
                                .permittedNumberOfCallsInHalfOpenState(1)
                                .waitDurationInOpenState(Duration.ofSeconds(OPEN_SECONDS))
                                .currentTimestampFunction(
                                        _ -> clock.nanoTime(), TimeUnit.NANOSECONDS)
                                .clock(clock.monotonic())
                                .writableStackTraceEnabled(false)
                                .build());
    }

    private static long pauseMs(int attempt, Entropy entropy) {
        long mostMs = PAUSE_MS << attempt;
        return mostMs / 2 + entropy.nextInt((int) mostMs / 2);
    }

    /** Why the last question was not answered; empty when it was. */
    String trouble() {
        return trouble;
    }

    /** Begins a round unless one is under way or the region is left in peace for now. */
    void round(Consumer<RegionDocument> heard) {
        if (!asking) {
            asking = true;
            ask(retry.asyncContext(), heard);
        }
    }

    private void ask(Retry.AsyncContext<RegionDocument> round, Consumer<RegionDocument> heard) {
        if (!breaker.tryAcquirePermission()) {
            asking = false;
            return;
        }
        others.ask(region, loop, outcome -> answered(outcome, round, heard));
    }

    private void answered(
            Outcome<String> outcome,
            Retry.AsyncContext<RegionDocument> round,
            Consumer<RegionDocument> heard) {
        String failure =
                switch (outcome) {
                    case Outcome.Failed<String>(Exception cause) ->
                            String.valueOf(cause.getMessage());
                    case Outcome.Done<String>(String text) -> taken(text, heard);
                };
        trouble = failure;
        if (failure.isEmpty()) {
            breaker.onSuccess(0, TimeUnit.NANOSECONDS);
            round.onComplete();
            asking = false;
            return;
        }
        var unanswered = new Unanswered(failure);
        breaker.onError(0, TimeUnit.NANOSECONDS, unanswered);
        long pauseMs = round.onError(unanswered);
        if (pauseMs < 0) {
            asking = false;
        } else {
            loop.schedule(TimeUnit.MILLISECONDS.toNanos(pauseMs), () -> ask(round, heard));
        }
    }

    /** Takes a document in; returns why not, and nothing when it was. */
    private String taken(String text, Consumer<RegionDocument> heard) {
        return switch (DocumentCodec.decode(text)) {
            case Decoded.Malformed(String reason) -> "no document: " + reason;
            case Decoded.Document(RegionDocument document) -> {
                if (!document.region().equals(region)) {
                    yield "it says that it is " + document.region();
                }
                heard.accept(document);
                yield "";
            }
        };
    }

    /** What is recorded; never thrown. */
    private static final class Unanswered extends RuntimeException {

        private static final long serialVersionUID = 1;

        Unanswered(String detail) {
            super(detail, null, false, false);
        }
    }
}
