package io.tombolo.replication.follower;

import io.tombolo.storage.log.AppendResult;
import io.tombolo.storage.log.ChangeResult;
import io.tombolo.storage.log.EpochEnd;
import io.tombolo.storage.log.PartitionLog;

/**
 * The log of a follower: made equal to its leader's, answer by answer. Mutable through its log,
 * confined to the loop of its partition, which keeps the high watermark.
 */
public final class FollowedLog {

    private final PartitionLog log;
    private final CopiedBatches copied;
    private final TruncationRule rule;

    public FollowedLog(PartitionLog log, TruncationRule rule) {
        this.log = log;
        this.copied = new CopiedBatches(log);
        this.rule = rule;
    }

    /**
     * To be called when following begins: an epoch that was begun here without a record never was.
     */
    public void begin() {
        log.truncateTo(log.endOffset());
    }

    /** From where to fetch. The epoch is that of the last record, not one that wrote nothing. */
    public FetchPosition position(int leaderEpoch) {
        long end = log.endOffset();
        int last = end > log.startOffset() ? log.epochAt(end - 1).orElse(-1) : -1;
        return new FetchPosition(leaderEpoch, end, last, log.startOffset());
    }

    /** Appends what the leader of an epoch gave; no batch may be of a later one. */
    public FollowerOutcome append(LeaderAnswer.Records records, int leaderEpoch) {
        if (!records.batches().hasRemaining()) {
            return new FollowerOutcome.Advanced(log.endOffset(), false);
        }
        int highest = CopiedBatches.highestEpoch(records.batches());
        if (highest > leaderEpoch) {
            return new FollowerOutcome.Refused(
                    "a batch has leader epoch %d, its leader %d".formatted(highest, leaderEpoch));
        }
        return switch (copied.append(records.batches())) {
            case AppendResult.Appended appended ->
                    new FollowerOutcome.Advanced(appended.lastOffset() + 1, true);
            case AppendResult.NoRoom(Exception cause) -> {
                log.fail(cause); // until there is room its leader goes on without it
                yield new FollowerOutcome.Offline();
            }
            case AppendResult.Failed _ -> new FollowerOutcome.Offline();
            case AppendResult refused -> new FollowerOutcome.Refused(refused.toString());
        };
    }

    /** Cuts off what the leader does not have. */
    public FollowerOutcome truncate(LeaderAnswer.Diverging answer, long highWatermark) {
        if (answer.leaderEpoch() < 0 || answer.endOffset() < 0) {
            return new FollowerOutcome.Refused("the leader diverges without saying where");
        }
        var end = new EpochEnd(answer.leaderEpoch(), answer.endOffset());
        return cutAt(rule.target(log, end, highWatermark));
    }

    /** Goes to where the leader's log is. */
    public FollowerOutcome moveInto(LeaderAnswer.OutOfRange leader) {
        if (leader.startOffset() > log.endOffset()) {
            long from = log.endOffset();
            return result(log.truncateFullyAndStartAt(leader.startOffset()), from);
        }
        return leader.endOffset() < log.endOffset()
                ? cutAt(leader.endOffset())
                : new FollowerOutcome.Advanced(log.endOffset(), false);
    }

    /** Cuts off what lies at or above an offset; below the start, the log begins there anew. */
    public FollowerOutcome cutAt(long offset) {
        long from = log.endOffset();
        return result(
                offset < log.startOffset()
                        ? log.truncateFullyAndStartAt(offset)
                        : log.truncateTo(offset),
                from);
    }

    private static FollowerOutcome result(ChangeResult change, long from) {
        return switch (change) {
            case ChangeResult.Changed(long _, long end) -> new FollowerOutcome.Truncated(from, end);
            case ChangeResult.OutOfRange _ ->
                    throw new IllegalStateException("a cut between start and end is in range");
            case ChangeResult.Failed _ -> new FollowerOutcome.Offline();
        };
    }

    /** Raises the log start to the leader's, as far as the high watermark allows. */
    public void raiseStart(long leaderStartOffset, long highWatermark) {
        long target = Math.min(leaderStartOffset, highWatermark);
        if (target > log.startOffset()) {
            log.deleteRecordsBefore(target, highWatermark);
        }
    }
}
