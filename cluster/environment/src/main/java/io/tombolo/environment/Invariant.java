package io.tombolo.environment;

/**
 * Checks that are always on: when one fails this program is wrong, and the partition or the node
 * must stop.
 */
public final class Invariant {

    private Invariant() {}

    /** Throws {@link Broken} unless the condition holds. */
    public static void check(boolean holds, String claim) {
        if (!holds) {
            throw new Broken(claim);
        }
    }

    /**
     * Throws {@link Broken} with both values unless the condition holds; does not allocate when it
     * does.
     */
    public static void check(boolean holds, String claim, long first, long second) {
        if (!holds) {
            throw new Broken(claim.formatted(first, second));
        }
    }

    /** A broken invariant, with the claim and the values that contradict it. */
    public static final class Broken extends IllegalStateException {

        private static final long serialVersionUID = 1;

        public Broken(String claim) {
            super(claim);
        }
    }
}
