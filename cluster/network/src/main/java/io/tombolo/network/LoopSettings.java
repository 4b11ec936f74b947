package io.tombolo.network;

/**
 * How the loops of a process are made.
 *
 * @param name the beginning of the threads' names
 * @param loopCount how many loops, at least 1; normally the number of cores
 * @param memory what received frames may take; beyond it the loops read no more than is needed to
 *     finish one frame
 * @param nativeTransport whether to use epoll where this machine has it
 */
public record LoopSettings(
        String name, int loopCount, FrameMemory memory, boolean nativeTransport) {

    public LoopSettings {
        if (loopCount < 1) {
            throw new IllegalArgumentException("at least one loop is needed, not " + loopCount);
        }
    }

    /**
     * Loops of which each may hold so many bytes of received frames, at least 64 KiB, and beyond
     * that a frame of any size.
     */
    public LoopSettings(
            String name, int loopCount, long frameBytesBudget, boolean nativeTransport) {
        this(
                name,
                loopCount,
                new FrameMemory(frameBytesBudget, Integer.MAX_VALUE),
                nativeTransport);
    }
}
