package io.tombolo.simulation.fault;

import io.tombolo.environment.simulated.fault.Fault;
import io.tombolo.simulation.site.Shape;

/** Something that happens in a world at a time of the script. */
public sealed interface Step {

    /** Something goes wrong, or right again. */
    record Breaks(Fault fault) implements Step {
        @Override
        public String toString() {
            return fault.toString();
        }
    }

    /**
     * Something goes wrong where it hurts, for a while.
     *
     * @param target who that is shows when it happens
     */
    record Strikes(Target target, Blow blow, long forMs) implements Step {}

    /**
     * The filter of the link is another one in the file of a region, from the next start of each of
     * its machines on, and in its metadata; only when its topics have been taken over.
     */
    record FilterChanges(boolean source, Shape.Filter filter) implements Step {}

    /** Machines by what they do. */
    enum Target {
        CONTROLLER,
        LEADER,
        LEADER_AND_CONTROLLER,
        ALL
    }

    /** What can go wrong with a machine and be undone. */
    enum Blow {
        /** The process is killed. */
        KILL,
        /** The machine loses its power. */
        POWER,
        /** The process stops in an orderly way. */
        STOP,
        /** The process stands still. */
        PAUSE,
        /** Other brokers do not hear it. */
        MUTE,
        /** It does not hear other brokers. */
        DEAFEN,
        /** Both. */
        ISOLATE
    }

    /** Somebody does something. */
    enum Act implements Step {
        PAUSE_LINK,
        RESUME_LINK,
        CUT_REGISTRY,
        HEAL_REGISTRY,
        FAIL_OVER,
        BRING_BACK,
        TAKE_BACK,
        TOPIC_APPEARS,
        ROLLING_RESTART,
        TOPICS_CHANGE,
        BROKER_IS_DRAINED,
        BROKER_IS_TAKEN_BACK,
        BROKER_LEAVES,
        MEMBER_JOINS,
        MEMBER_LEAVES,
        MEMBER_VANISHES
    }
}
