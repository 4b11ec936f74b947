package io.tombolo.chaos;

import java.util.List;

/**
 * What one reader saw of one partition without ever jumping, in the order in which it saw it.
 *
 * @param reader who read
 * @param committedOnly whether it asked for what no transaction can take back
 */
record Reading(String reader, int partition, boolean committedOnly, List<Seen> seen) {

    /** A value at an offset. */
    record Seen(long offset, Value value) {}

    Reading {
        seen = List.copyOf(seen);
    }
}
