package io.tombolo.metadata.record;

/** What records demand of their fields. */
final class Names {

    private Names() {}

    static void require(String value, String what) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("a record needs a " + what);
        }
    }

    static void requireNotNegative(long value, String what) {
        if (value < 0) {
            throw new IllegalArgumentException(what + " " + value + " is negative");
        }
    }
}
