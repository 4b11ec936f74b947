package io.tombolo.network;

import io.netty.util.internal.PlatformDependent;

/**
 * What received frames may take of the memory outside the heap.
 *
 * @param loopBytes how many bytes of received frames one loop may hold, at least 64 KiB
 * @param largeFrameBytesMax how large the one frame may be that is let beyond that limit; there is
 *     one for all loops together. No larger frame is taken at all
 */
public record FrameMemory(long loopBytes, int largeFrameBytesMax) {

    /** Below this there is no room for a single frame of a usual size beside everything else. */
    public static final long DIRECT_BYTES_MIN = 16L << 20;

    private static final long LOOP_BYTES_MIN = 64 * 1024;
    private static final long LOOP_BYTES_MAX = 128L << 20;
    private static final int FOR_ALL_LOOPS = 4;
    private static final int FOR_THE_LARGE_FRAME = 2;

    public FrameMemory {
        if (loopBytes < LOOP_BYTES_MIN) {
            throw new IllegalArgumentException(
                    "a budget of %d bytes is below %d".formatted(loopBytes, LOOP_BYTES_MIN));
        }
        if (largeFrameBytesMax < 1) {
            throw new IllegalArgumentException("frames of at most " + largeFrameBytesMax);
        }
    }

    /**
     * The shares that fit into so much memory whatever arrives: a quarter for the loops together,
     * half for the one large frame. The last quarter is for what is not counted: answers on their
     * way out, and what the allocator keeps for later.
     */
    public static FrameMemory within(long directBytes, int loopCount) {
        long ofOneLoop = directBytes / FOR_ALL_LOOPS / loopCount;
        return new FrameMemory(
                Math.clamp(ofOneLoop, LOOP_BYTES_MIN, LOOP_BYTES_MAX),
                Math.toIntExact(
                        Math.clamp(directBytes / FOR_THE_LARGE_FRAME, 1, Integer.MAX_VALUE)));
    }

    /** How much memory outside the heap this JVM grants at most. */
    public static long directBytesOfThisProcess() {
        return PlatformDependent.maxDirectMemory();
    }
}
