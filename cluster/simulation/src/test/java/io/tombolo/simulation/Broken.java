package io.tombolo.simulation;

/** An invariant does not hold. */
final class Broken extends AssertionError {

    private static final long serialVersionUID = 1;

    private final Law law;

    Broken(Law law, String detail) {
        super(law + ": " + law.claim() + " — " + detail);
        this.law = law;
    }

    Law law() {
        return law;
    }

    static void unless(boolean holds, Law law, String detail, Object... values) {
        if (!holds) {
            throw new Broken(law, detail.formatted(values));
        }
    }
}
