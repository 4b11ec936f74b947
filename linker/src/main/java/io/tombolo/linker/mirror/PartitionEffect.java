package io.tombolo.linker.mirror;

import io.tombolo.region.link.MirrorTopic;

import java.nio.ByteBuffer;

/** What a {@link MirrorPartition} wants done; the shell does it, in order. */
public sealed interface PartitionEffect {

    /** Read the position of the local log. */
    record ReadPosition() implements PartitionEffect {}

    /**
     * Ask the source for its log start, its end, and the end of an epoch.
     *
     * @param epoch the highest epoch copied, −1 when there is none to compare
     */
    record AskOrigin(int attempt, int epoch) implements PartitionEffect {}

    /** Raise the local log start. */
    record RaiseLogStart(long offset) implements PartitionEffect {}

    /**
     * Append these batches to the local log.
     *
     * @param sourceEpoch the highest among the batches
     * @param leaderEpoch of the leadership here whose position is counted on
     */
    record Append(ByteBuffer batches, int sourceEpoch, long expectedEndOffset, int leaderEpoch)
            implements PartitionEffect {}

    /** Tell when the high watermark here has reached an offset, or the leadership is over. */
    record AwaitHighWatermark(int leaderEpoch, long offset) implements PartitionEffect {}

    /** Have the leader epoch of the partition raised here. */
    record RaiseEpoch(int atLeast) implements PartitionEffect {}

    /**
     * Have it written down what is missing in the copy.
     *
     * @param attempt the number that the answer is to carry
     */
    record RecordGap(int attempt, MirrorTopic.Gap gap) implements PartitionEffect {}

    /** Wake the partition later; {@code failures} in a row decide how much later. */
    record RetryAfter(int attempt, int failures) implements PartitionEffect {}

    /** Look up soon who leads the partition at the source. */
    record RefreshMetadata() implements PartitionEffect {}

    /** Nothing is in flight, and nothing will be appended any more. */
    record Settled() implements PartitionEffect {}
}
