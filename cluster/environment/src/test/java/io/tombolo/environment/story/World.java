package io.tombolo.environment.story;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A machine, its clients and their faults, all from one seed. Used by one thread.
 *
 * @param <C> what must always hold
 */
public abstract class World<C extends Enum<C>> {

    private static final int TAIL_CHARS = 3000;

    private final Map<String, Integer> seen = new TreeMap<>();
    private final StringBuilder story = new StringBuilder();
    private Set<C> watched;

    protected World(Class<C> claims) {
        this.watched = EnumSet.allOf(claims);
    }

    /** Looks away from every other claim, so that this one must speak for itself. */
    final void watchOnly(C claim) {
        watched = EnumSet.of(claim);
    }

    /** Faults all the time, then peace; returns what happened. */
    public final String run(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
            verify();
        }
        rest();
        return story.toString();
    }

    /** Something happens: a client acts, time passes, a fault. */
    protected abstract void step();

    /** Holds what is to be seen after each step against the claims. */
    protected void verify() {}

    /** No more faults: what has begun must come to its end. */
    protected abstract void rest();

    /** Writes a line of the story. */
    public void note(String line) {
        story.append(line).append('\n');
    }

    /** Counts a situation, so that simulations can say that it came up. */
    public final void count(String what) {
        seen.merge(what, 1, Integer::sum);
    }

    final Map<String, Integer> seen() {
        return seen;
    }

    public final void require(boolean holds, C claim, String detail) {
        if (!holds && watched.contains(claim)) {
            String tail = story.substring(Math.max(0, story.length() - TAIL_CHARS));
            throw new Violated(claim, detail + '\n' + tail);
        }
    }
}
