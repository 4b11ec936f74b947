package io.tombolo.region.registry;

import io.tombolo.environment.Endpoint;
import io.tombolo.region.BrokerId;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.Lag;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.ownership.Ownership;

import java.util.List;

/**
 * What one region says about itself. Only the region itself writes it, so that two documents of one
 * region never contradict each other: the one with the higher version is the truth.
 *
 * @param ownerships every record in the region's metadata log
 * @param links the links that this region runs, that is those that copy into it
 */
public record RegionDocument(
        RegionId region,
        Version version,
        List<Broker> brokers,
        List<Ownership> ownerships,
        List<LinkProgress> links) {

    public RegionDocument {
        brokers = List.copyOf(brokers);
        ownerships = List.copyOf(ownerships);
        links = List.copyOf(links);
    }

    /**
     * Orders the documents of one region.
     *
     * @param incarnation grows with every start of the region, such as the epoch of its metadata
     *     leader; 0 or more
     * @param sequence grows with every document of one incarnation; 0 or more
     */
    public record Version(long incarnation, long sequence) implements Comparable<Version> {

        public Version {
            if (incarnation < 0 || sequence < 0) {
                throw new IllegalArgumentException(
                        "no document version %d.%d".formatted(incarnation, sequence));
            }
        }

        /** The version of the next document of the same incarnation. */
        public Version next() {
            return new Version(incarnation, sequence + 1);
        }

        @Override
        public int compareTo(Version other) {
            int byIncarnation = Long.compare(incarnation, other.incarnation);
            return byIncarnation != 0 ? byIncarnation : Long.compare(sequence, other.sequence);
        }
    }

    /** A broker that is up, and where it listens. */
    public record Broker(BrokerId id, Endpoint kafka, Endpoint admin) {}

    /** How far a link is. */
    public record LinkProgress(LinkName link, LinkStatus.State state, Lag lag) {}
}
