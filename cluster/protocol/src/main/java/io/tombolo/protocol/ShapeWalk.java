package io.tombolo.protocol;

import io.tombolo.protocol.Shape.Prefix;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.Map;

/**
 * Walks over the bytes of one message and decides whether it may be built: every length fits the
 * bytes that are left, every number of elements could fit, and the estimated cost stays within the
 * limits. Builds nothing itself. Used once.
 */
final class ShapeWalk {

    private static final int NULL = -1;
    private static final int UNREADABLE = -2;

    /** A string or an array of bytes, besides its content. */
    private static final int SIZED_BYTES = 48;

    /** An element of an array, besides its fields: the reference, a boxed number. */
    private static final int ELEMENT_BYTES = 24;

    private final ByteBuffer buffer;
    private final DecodeLimits limits;
    private final int elementsMax;
    private int position;
    private int end;
    private long heapBytes;
    private int unknownTags;
    private @Nullable String fault;
    private boolean costly;

    ShapeWalk(ByteBuffer buffer, DecodeLimits limits, int elementsMax) {
        this.buffer = buffer;
        this.limits = limits;
        this.elementsMax = elementsMax;
        this.position = buffer.position();
        this.end = buffer.limit();
    }

    /** Walks from the buffer's position; false when there is a {@link #fault}. */
    boolean passes(Shape shape) {
        return switch (shape) {
            case Shape.Fixed(int bytes) -> advance(bytes);
            case Shape.Sized sized -> passesSized(sized);
            case Shape.Array array -> passesArray(array);
            case Shape.Struct struct -> passesStruct(struct);
        };
    }

    /** What is wrong; null when nothing is. */
    @Nullable String fault() {
        return fault;
    }

    /** Whether the fault is that a limit was reached. */
    boolean costly() {
        return costly;
    }

    /** The index after what was walked over. */
    int position() {
        return position;
    }

    private boolean passesSized(Shape.Sized sized) {
        int length = length(sized.prefix());
        if (length == UNREADABLE) {
            return fail("a length is cut short or out of range");
        }
        if (length == NULL) {
            return sized.nullable() || fail("null where none is allowed");
        }
        return advance(length) && charge(SIZED_BYTES + (sized.copied() ? length : 0L));
    }

    private boolean passesArray(Shape.Array array) {
        int count = length(array.prefix());
        if (count == UNREADABLE) {
            return fail("a number of elements is cut short or out of range");
        }
        if (count == NULL) {
            return array.nullable() || fail("null where none is allowed");
        }
        Shape element = array.element();
        if ((long) count * element.bytesMin() > end - position) {
            return fail("more elements than the remaining bytes can hold");
        }
        if (count > elementsMax) {
            return failCostly("too many elements in one array");
        }
        if (!charge(SIZED_BYTES + (long) count * ELEMENT_BYTES)) {
            return false;
        }
        if (element instanceof Shape.Fixed(int bytes)) {
            return advance(count * bytes);
        }
        for (int left = count; left > 0; left--) {
            if (!passes(element)) {
                return false;
            }
        }
        return true;
    }

    private boolean passesStruct(Shape.Struct struct) {
        if (struct.nullable()) {
            if (position >= end) {
                return fail("the message is cut short");
            }
            if (buffer.get(position++) < 0) {
                return true;
            }
        }
        if (!charge(struct.heapBytes())) {
            return false;
        }
        for (Shape field : struct.fields()) {
            if (!passes(field)) {
                return false;
            }
        }
        Map<Integer, Shape> tagged = struct.tagged();
        return tagged == null || passesTags(tagged);
    }

    private boolean passesTags(Map<Integer, Shape> known) {
        int count = unsignedVarint();
        // A tagged field takes at least its tag and its size.
        if (count < 0 || count * 2L > end - position) {
            return fail("more tagged fields than the remaining bytes can hold");
        }
        for (int left = count; left > 0; left--) {
            int tag = unsignedVarint();
            int size = unsignedVarint();
            if (tag < 0 || size < 0 || size > end - position) {
                return fail("a tagged field is cut short or out of range");
            }
            Shape shape = known.get(tag);
            if (!(shape == null ? skipUnknown(size) : passesTagged(shape, size))) {
                return false;
            }
        }
        return true;
    }

    private boolean skipUnknown(int size) {
        if (++unknownTags > limits.unknownTagsMax()) {
            return failCostly("too many unknown tagged fields");
        }
        return advance(size);
    }

    /** A known field must fill its size exactly: the builder would not notice if it did not. */
    private boolean passesTagged(Shape shape, int size) {
        int messageEnd = end;
        end = position + size;
        boolean passed = passes(shape);
        boolean filled = position == end;
        end = messageEnd;
        return passed && (filled || fail("a tagged field is shorter than its size"));
    }

    private boolean advance(int bytes) {
        if (bytes > end - position) {
            return fail("the message is cut short");
        }
        position += bytes;
        return true;
    }

    private boolean charge(long bytes) {
        heapBytes += bytes;
        return heapBytes <= limits.heapBytesMax()
                || failCostly("the message would take too much memory");
    }

    /** A length or number of elements, {@link #NULL}, or {@link #UNREADABLE}. */
    private int length(Prefix prefix) {
        if (prefix == Prefix.COMPACT) {
            int raw = unsignedVarint();
            return raw < 0 ? UNREADABLE : raw - 1;
        }
        if (end - position < prefix.bytesMin) {
            return UNREADABLE;
        }
        int length = prefix == Prefix.INT16 ? buffer.getShort(position) : buffer.getInt(position);
        position += prefix.bytesMin;
        return Math.max(NULL, length);
    }

    /** Up to five bytes with a value below 2^31, or a negative number. */
    private int unsignedVarint() {
        long value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            if (position >= end) {
                return UNREADABLE;
            }
            byte next = buffer.get(position++);
            value |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return value <= Integer.MAX_VALUE ? (int) value : UNREADABLE;
            }
        }
        return UNREADABLE;
    }

    private boolean fail(String what) {
        if (fault == null) {
            fault = what;
        }
        return false;
    }

    private boolean failCostly(String what) {
        costly = true;
        return fail(what);
    }
}
