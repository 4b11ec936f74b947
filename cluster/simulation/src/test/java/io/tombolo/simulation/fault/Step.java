package io.tombolo.simulation.fault;

import io.tombolo.environment.simulated.fault.Fault;

/** Something that happens in a world at a time of the script. */
public sealed interface Step {

    /** Something goes wrong, or right again. */
    record Breaks(Fault fault) implements Step {
        @Override
        public String toString() {
            return fault.toString();
        }
    }

    /** Somebody does something. */
    enum Act implements Step {
        PAUSE_LINK,
        RESUME_LINK,
        CUT_REGISTRY,
        FAIL_OVER,
        TOPIC_APPEARS,
        MEMBER_JOINS,
        MEMBER_LEAVES,
        MEMBER_VANISHES
    }
}
