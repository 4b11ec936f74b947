package io.tombolo.controller.command;

import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.RegionRecord.Audited;
import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.ownership.Lineage.PartitionEnd;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The handing over of a domain by the region that owns it. It begins with a claim of that region in
 * mode HANDOVER, and ends with {@link HandOver} or with a claim that takes the domain back: both
 * name the epoch of the handover, so that the log has only one of them. What is so already succeeds
 * and changes nothing.
 */
public sealed interface HandoverCommand<A> extends Command<A> {

    /**
     * Where partitions end that nobody writes to any more, each told by its leader. What is no news
     * is passed over, and so is a leader of another epoch than the one in force. Refused with
     * INVALID_REQUEST unless the domain is handed over under this epoch.
     */
    record FencePartitions(
            DomainName domain, long ownershipEpoch, SortedMap<PartitionId, Fenced> partitions)
            implements HandoverCommand<Applied> {

        public FencePartitions {
            partitions = Collections.unmodifiableSortedMap(new TreeMap<>(partitions));
        }
    }

    /**
     * What a leader has found.
     *
     * @param leaderEpoch of the leadership that tells
     */
    record Fenced(int leaderEpoch, PartitionEnd end) {}

    /**
     * Gives the domain to the other region. Refused with INVALID_REQUEST unless that region has
     * everything up to the fence of every partition, and the handover of this epoch is under way.
     *
     * @param copies where the partitions end in the other region, told by their leaders there under
     *     the epoch of the handover
     * @param cause for people: who and why
     */
    record HandOver(
            DomainName domain,
            RegionId to,
            long ownershipEpoch,
            SortedMap<PartitionId, PartitionEnd> copies,
            String cause)
            implements HandoverCommand<Applied> {

        public HandOver {
            copies = Collections.unmodifiableSortedMap(new TreeMap<>(copies));
        }
    }

    /** Keeps in the history what people did. */
    record Audit(Audited entry) implements HandoverCommand<Applied> {}
}
