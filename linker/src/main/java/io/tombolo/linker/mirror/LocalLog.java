package io.tombolo.linker.mirror;

import io.tombolo.region.link.MirrorLog;

import java.util.ArrayList;
import java.util.List;

/**
 * What a {@link MirrorPartition} knows of its log here, as far as answers have come. Mutable; owned
 * by the loop of the link. The copy counts as far as it is safe, which is up to the high watermark;
 * when that lags behind the end, it is waited for.
 */
final class LocalLog {

    private final LagMeter meter;
    private MirrorLog.Position position = new MirrorLog.Position(-1, -1, -1, -1, -1);
    private boolean awaited;

    LocalLog(LagMeter meter) {
        this.meter = meter;
    }

    /** −1 everywhere before the first answer. */
    MirrorLog.Position position() {
        return position;
    }

    /** The log was asked where it stands. */
    void adopt(MirrorLog.Position read) {
        awaited &= read.leaderEpoch() == position.leaderEpoch();
        position = read;
        meter.reached(read.highWatermark());
    }

    /** An append was answered. */
    void reached(long end, long highWatermark, int lastEpoch) {
        position =
                new MirrorLog.Position(
                        position.logStartOffset(),
                        highWatermark,
                        end,
                        lastEpoch,
                        position.leaderEpoch());
        meter.reached(highWatermark);
    }

    /** The log start was raised. */
    void startsAt(long start) {
        position =
                new MirrorLog.Position(
                        start,
                        position.highWatermark(),
                        position.endOffset(),
                        position.lastEpoch(),
                        position.leaderEpoch());
    }

    /** The high watermark of this very leadership has moved. */
    void safeUpTo(long highWatermark) {
        awaited = false;
        long safe = Math.clamp(highWatermark, position.highWatermark(), position.endOffset());
        reached(position.endOffset(), safe, position.lastEpoch());
    }

    /** The effects, and the one that waits for the high watermark when it is due. */
    List<PartitionEffect> withAwaited(List<PartitionEffect> effects) {
        if (awaited || position.highWatermark() >= position.endOffset()) {
            return effects;
        }
        awaited = true;
        var all = new ArrayList<>(effects);
        all.add(
                new PartitionEffect.AwaitHighWatermark(
                        position.leaderEpoch(), position.endOffset()));
        return all;
    }
}
