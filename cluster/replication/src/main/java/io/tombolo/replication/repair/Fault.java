package io.tombolo.replication.repair;

import io.tombolo.storage.log.LogDamage;

import java.io.IOException;
import java.io.UncheckedIOException;

/** What has ended a log. */
public sealed interface Fault {

    /** Something could not be written; all that was in the log is in it. */
    record Unwritable() implements Fault {}

    /** From an offset on, what was in the log cannot be believed any more. */
    record Damaged(long fromOffset) implements Fault {}

    /** We are wrong about something, and may be again: only another start makes it good. */
    record Mistake() implements Fault {}

    /** The kind of a cause. */
    static Fault of(Exception cause) {
        return switch (cause) {
            case LogDamage damage -> new Damaged(damage.fromOffset());
            case IOException _, UncheckedIOException _ -> new Unwritable();
            default -> new Mistake();
        };
    }
}
