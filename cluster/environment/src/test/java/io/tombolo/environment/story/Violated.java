package io.tombolo.environment.story;

/** A claim that did not hold. */
public final class Violated extends AssertionError {

    private static final long serialVersionUID = 1;

    private final transient Enum<?> claim;

    Violated(Enum<?> claim, String detail) {
        super(claim + ": " + detail);
        this.claim = claim;
    }

    Enum<?> claim() {
        return claim;
    }
}
