package io.tombolo.simulation;

import io.tombolo.environment.simulated.SimulationFailure;
import io.tombolo.simulation.fault.Script;
import io.tombolo.simulation.law.Broken;
import io.tombolo.simulation.law.Happenings;
import io.tombolo.simulation.world.Trial;
import io.tombolo.simulation.world.World;

import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Makes the script of a failing seed shorter: leaves out halves, then quarters and so on down to
 * single steps, and keeps what still fails in the same way.
 */
final class Shrinking {

    private static final int RUNS_MAX = 80;

    private final Trial trial;
    private final Object kind;
    private int runs;

    private Shrinking(Trial trial, Object kind) {
        this.trial = trial;
        this.kind = kind;
    }

    /**
     * @param script still fails in the same way
     * @param runs how many worlds it took
     */
    record Shrunk(Script script, int runs) {}

    /** Finds a shorter script for a trial that fails. */
    static Shrunk of(Trial trial, Throwable failure) {
        var shrinking = new Shrinking(trial, kindOf(failure));
        Script whole = new World(trial, new Happenings()).script();
        return new Shrunk(shrinking.shrunk(whole), shrinking.runs);
    }

    /** The law that is broken, or else what was thrown. */
    static Object kindOf(Throwable failure) {
        Throwable cause =
                failure instanceof SimulationFailure known && known.getCause() != null
                        ? known.getCause()
                        : failure;
        return cause instanceof Broken broken ? broken.law() : cause.getClass();
    }

    /** How a trial fails with a script; empty when it does not. */
    static Optional<Throwable> failureOf(Trial trial, Script script) {
        try {
            new World(trial, new Happenings()).run(script);
            return Optional.empty();
        } catch (RuntimeException | AssertionError failure) {
            return Optional.of(failure);
        }
    }

    private Script shrunk(Script whole) {
        Script best = whole;
        int part = Math.max(1, (best.steps().size() + 1) / 2);
        while (runs < RUNS_MAX && !best.steps().isEmpty()) {
            Script shorter = withoutAPart(best, part);
            if (shorter == best && part == 1) {
                return best;
            }
            part = shorter == best ? Math.max(1, part / 2) : Math.min(part, shorter.steps().size());
            best = shorter;
        }
        return best;
    }

    /** The script without as many of its parts of this size as can be spared. */
    private Script withoutAPart(Script script, int part) {
        Script best = script;
        int from = 0;
        while (from < best.steps().size() && runs < RUNS_MAX) {
            Script candidate = without(best, from, Math.min(best.steps().size(), from + part));
            if (fails(candidate)) {
                best = candidate;
            } else {
                from += part;
            }
        }
        return best;
    }

    private static Script without(Script script, int from, int to) {
        SortedSet<Integer> numbers = new TreeSet<>();
        List<Script.Numbered> steps = script.steps();
        for (int index = 0; index < steps.size(); index++) {
            if (index < from || index >= to) {
                numbers.add(steps.get(index).number());
            }
        }
        return script.only(numbers);
    }

    private boolean fails(Script candidate) {
        runs++;
        return failureOf(trial, candidate).filter(it -> kindOf(it).equals(kind)).isPresent();
    }
}
