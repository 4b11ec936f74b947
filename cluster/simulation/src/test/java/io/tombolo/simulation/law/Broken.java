package io.tombolo.simulation.law;

/** An invariant does not hold. */
public final class Broken extends AssertionError {

    private static final long serialVersionUID = 1;

    private final Law law;

    public Broken(Law law, String detail) {
        super(law + ": " + law.claim() + " — " + detail);
        this.law = law;
    }

    public Law law() {
        return law;
    }

    public static void unless(boolean holds, Law law, String detail, Object... values) {
        if (!holds) {
            throw new Broken(law, detail.formatted(values));
        }
    }
}
