package io.tombolo.network;

/**
 * How the loops of a process are made.
 *
 * @param name the beginning of the threads' names
 * @param loopCount how many loops, at least 1; normally the number of cores
 * @param frameBytesBudget how many bytes of received frames one loop may hold, at least 64 KiB;
 *     beyond it the loop reads no more than is needed to finish one frame
 * @param nativeTransport whether to use epoll where this machine has it
 */
public record LoopSettings(
        String name, int loopCount, long frameBytesBudget, boolean nativeTransport) {

    private static final long BUDGET_BYTES_MIN = 64 * 1024;

    public LoopSettings {
        if (loopCount < 1) {
            throw new IllegalArgumentException("at least one loop is needed, not " + loopCount);
        }
        if (frameBytesBudget < BUDGET_BYTES_MIN) {
            throw new IllegalArgumentException(
                    "a budget of %d bytes is below %d"
                            .formatted(frameBytesBudget, BUDGET_BYTES_MIN));
        }
    }
}
