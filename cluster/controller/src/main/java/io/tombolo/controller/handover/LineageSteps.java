package io.tombolo.controller.handover;

import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.LinkRecord.LineageExtended;
import io.tombolo.metadata.record.LinkRecord.Reign;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.region.RegionId;

import java.util.List;

/** What a change of owner adds to the lineage of a partition. */
public final class LineageSteps {

    private LineageSteps() {}

    /**
     * The records that add a reign. With the first one comes the reign that it ends, which nobody
     * has written down: until then it was the only one.
     *
     * @param before the region that wrote before the partition ever changed hands; when it is the
     *     one that begins, the partition changed hands before anybody remembered, and the first
     *     reign stays unknown
     * @param beforeOffset of the first record of that
     * @return none when the reign, or a later one, is known
     */
    public static List<MetadataRecord> extend(
            PartitionId id, RegionId before, long beforeOffset, Reign next, MetadataImage tip) {
        List<Reign> known = tip.links().lineageOf(id);
        if (known.isEmpty() && !before.equals(next.region())) {
            return List.of(
                    extended(id, new Reign(Reign.FIRST, before, beforeOffset, -1)),
                    extended(id, next));
        }
        return known.isEmpty() || known.getLast().ownershipEpoch() < next.ownershipEpoch()
                ? List.of(extended(id, next))
                : List.of();
    }

    private static LineageExtended extended(PartitionId id, Reign reign) {
        return new LineageExtended(id.topicId(), id.index(), reign);
    }
}
