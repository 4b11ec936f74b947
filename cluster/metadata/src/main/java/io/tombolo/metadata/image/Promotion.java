package io.tombolo.metadata.image;

import io.tombolo.metadata.record.LinkRecord.ClampedPosition;
import io.tombolo.metadata.record.LinkRecord.CopyEnd;

import org.pcollections.PSortedMap;
import org.pcollections.TreePMap;

import java.util.List;
import java.util.Optional;

/**
 * How far the taking over of one mirror topic is, or what it left behind once the topic is
 * writable.
 *
 * @param ownershipEpoch under which it is taken over; 0 for none so far
 * @param ends by partition, where its copy ended
 * @param clamped by partition of {@code __consumer_offsets}: its groups are within those ends, and
 *     these are the positions that were not; of a topic that is writable only those with any
 */
public record Promotion(
        long ownershipEpoch,
        PSortedMap<Integer, CopyEnd> ends,
        PSortedMap<Integer, List<ClampedPosition>> clamped) {

    /** Nothing has been taken over. */
    public static final Promotion NONE = new Promotion(0, TreePMap.empty(), TreePMap.empty());

    /** Where the copy of a partition ended. */
    public Optional<CopyEnd> endOf(int index) {
        return Optional.ofNullable(ends.get(index));
    }

    Promotion settled(long epoch, int index, CopyEnd end) {
        Promotion begun = epoch > ownershipEpoch ? NONE : this;
        return new Promotion(epoch, begun.ends.plus(index, end), begun.clamped);
    }

    Promotion clamped(int offsetsPartition, List<ClampedPosition> positions) {
        return new Promotion(ownershipEpoch, ends, clamped.plus(offsetsPartition, positions));
    }

    /** What is worth keeping. */
    Promotion finished() {
        PSortedMap<Integer, List<ClampedPosition>> moved = clamped;
        for (var entry : clamped.entrySet()) {
            if (entry.getValue().isEmpty()) {
                moved = moved.minus(entry.getKey());
            }
        }
        return new Promotion(ownershipEpoch, ends, moved);
    }
}
