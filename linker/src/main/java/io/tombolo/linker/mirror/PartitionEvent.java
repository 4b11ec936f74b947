package io.tombolo.linker.mirror;

import io.tombolo.region.link.MirrorLog;
import io.tombolo.region.link.Reason;

/** What can happen to a {@link MirrorPartition}. */
public sealed interface PartitionEvent {

    /** This broker has become responsible for the partition. */
    record Started() implements PartitionEvent {}

    /** The local log answered where it stands. */
    record PositionRead(MirrorLog.Position position) implements PartitionEvent {}

    /** The local log could not answer. */
    record PositionUnavailable(String detail) implements PartitionEvent {}

    /**
     * The source told where its log stands.
     *
     * @param attempt the number that the question carried
     */
    record OriginKnown(int attempt, Origin origin) implements PartitionEvent {}

    /** A fetch was answered without an error for this partition. */
    record SourceAnswered(FetchedSlice slice) implements PartitionEvent {}

    /**
     * The source does not know what was copied last: its log has the given end for that epoch.
     *
     * @param fetchOffset the offset that was asked for
     */
    record SourceDiverged(long fetchOffset, int epoch, long endOffset) implements PartitionEvent {}

    /** The source has no such offset; which side of it is missing has to be asked. */
    record OffsetOutOfRange(long fetchOffset) implements PartitionEvent {}

    /** The source, or its broker for this partition, cannot be used at the moment. */
    record SourceFailed(Reason reason) implements PartitionEvent {}

    /** An append was answered. */
    record AppendAnswered(MirrorLog.AppendAnswer answer) implements PartitionEvent {}

    /** The high watermark here has reached what was waited for, or this broker leads no more. */
    record HighWatermarkReached(MirrorLog.PositionAnswer answer) implements PartitionEvent {}

    /** Raising the log start was answered. */
    record LogStartAnswered(MirrorLog.AppendAnswer answer) implements PartitionEvent {}

    /** The leader epoch here is high enough now. */
    record EpochRaised() implements PartitionEvent {}

    /** The leader epoch could not be raised. */
    record EpochNotRaised(String detail) implements PartitionEvent {}

    /**
     * Whether the copy may go on behind records that the source deleted before they were copied;
     * until it is told, it may not.
     */
    record JumpAllowed(boolean allowed) implements PartitionEvent {}

    /**
     * What is missing is written down.
     *
     * @param attempt the number that {@link PartitionEffect.RecordGap} carried
     */
    record GapRecorded(int attempt) implements PartitionEvent {}

    /** It could not be written down. */
    record GapNotRecorded(int attempt, String detail) implements PartitionEvent {}

    /** The topic as a whole cannot be followed. */
    record TopicLost(Reason reason) implements PartitionEvent {}

    /**
     * The topic is there.
     *
     * @param byId whether it is known to be the one that was copied; otherwise only its name is
     */
    record TopicFound(boolean byId) implements PartitionEvent {}

    /** Nothing is to be copied for now. */
    record Paused() implements PartitionEvent {}

    /** Copying is to go on, failed partitions included. */
    record Resumed() implements PartitionEvent {}

    /** Time to measure the distance while paused. */
    record MeasureDue() implements PartitionEvent {}

    /**
     * A delay is over.
     *
     * @param attempt the number that {@link PartitionEffect.RetryAfter} carried
     */
    record RetryDue(int attempt) implements PartitionEvent {}

    /** Nothing is to be copied ever again. */
    record Stopped() implements PartitionEvent {}
}
