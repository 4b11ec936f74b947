package io.tombolo.environment.simulated;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * What has happened in a simulation, folded into one number, with the last events kept for people.
 * Two runs of one seed must end with the same number.
 */
public final class Trace {

    private static final int KEPT = 256;

    private final @Nullable Entry[] last = new @Nullable Entry[KEPT];
    private long hash = 0xCBF2_9CE4_8422_2325L;
    private long eventCount;

    /**
     * Adds one happening.
     *
     * @param actor the node or component it happened to
     * @param what the kind of event
     * @param first a number that belongs to it
     * @param second another
     */
    public void add(long nanos, String actor, String what, long first, long second) {
        last[(int) (eventCount % KEPT)] = new Entry(nanos, actor, what, first, second);
        eventCount++;
        fold(nanos);
        fold(actor.hashCode());
        fold(what.hashCode());
        fold(first);
        fold(second);
    }

    private void fold(long value) {
        hash = (Long.rotateLeft(hash, 23) ^ value) * 0x9E37_79B9_7F4A_7C15L;
        hash ^= hash >>> 29;
    }

    /** A checksum of the remaining bytes, to stand for them in a trace. */
    static long sumOf(ByteBuffer bytes) {
        var sum = new CRC32C();
        sum.update(bytes.duplicate());
        return sum.getValue();
    }

    /** One number for everything so far, its order included. */
    public long hash() {
        return hash;
    }

    /** How many events there have been. */
    public long eventCount() {
        return eventCount;
    }

    /** The last events, oldest first, one line each; at most 256. */
    public List<String> last() {
        var lines = new ArrayList<String>();
        for (long index = Math.max(0, eventCount - KEPT); index < eventCount; index++) {
            Entry entry = last[(int) (index % KEPT)];
            if (entry != null) {
                lines.add(index + " " + entry);
            }
        }
        return lines;
    }

    private record Entry(long nanos, String actor, String what, long first, long second) {
        @Override
        public String toString() {
            return "%.6fs %s %s %d %d".formatted(nanos / 1e9, actor, what, first, second);
        }
    }
}
