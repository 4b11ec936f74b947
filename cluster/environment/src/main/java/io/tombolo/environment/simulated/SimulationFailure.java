package io.tombolo.environment.simulated;

import java.util.List;

/** A task or an invariant threw; says how to see it again and what happened just before. */
public final class SimulationFailure extends RuntimeException {

    private static final long serialVersionUID = 1;
    private static final int LINES_SHOWN = 40;

    private final long seed;

    SimulationFailure(long seed, long nowNanos, Trace trace, Throwable cause) {
        super(describe(seed, nowNanos, trace, cause), cause);
        this.seed = seed;
    }

    /** The seed that shows it again. */
    public long seed() {
        return seed;
    }

    private static String describe(long seed, long nowNanos, Trace trace, Throwable cause) {
        List<String> lines = trace.last();
        List<String> shown = lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size());
        return "seed %d, %.6f s of virtual time, event %d: %s%n  %s"
                .formatted(
                        seed,
                        nowNanos / 1e9,
                        trace.eventCount(),
                        cause,
                        String.join(System.lineSeparator() + "  ", shown));
    }
}
