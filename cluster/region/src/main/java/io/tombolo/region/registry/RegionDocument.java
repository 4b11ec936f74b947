package io.tombolo.region.registry;

import io.tombolo.environment.Endpoint;
import io.tombolo.region.BrokerId;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.Lag;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.ownership.Ownership;

import java.util.List;
import java.util.Optional;

/**
 * What one region says about itself. Only the region itself writes it, so that two documents of one
 * region never contradict each other: the one with the higher version is the truth. Documents of
 * one version differ at most in how far links are, and how brokers are.
 *
 * @param ownerships every record in the region's metadata log
 * @param links the links that this region runs, that is those that copy into it
 * @param topology the fingerprint of the file that it runs; empty when it does not tell
 */
public record RegionDocument(
        RegionId region,
        Version version,
        List<Broker> brokers,
        List<Ownership> ownerships,
        List<LinkProgress> links,
        String topology) {

    /** As a release tells it that does not know of {@code topology}. */
    public RegionDocument(
            RegionId region,
            Version version,
            List<Broker> brokers,
            List<Ownership> ownerships,
            List<LinkProgress> links) {
        this(region, version, brokers, ownerships, links, "");
    }

    public RegionDocument {
        brokers = List.copyOf(brokers);
        ownerships = List.copyOf(ownerships);
        links = List.copyOf(links);
    }

    /**
     * Orders the documents of one region: it is the place in the region's metadata log that the
     * document was made from, so that all brokers of a region count alike.
     *
     * @param incarnation the epoch of the last record; 0 or more
     * @param sequence its offset; 0 or more
     */
    public record Version(long incarnation, long sequence) implements Comparable<Version> {

        public Version {
            if (incarnation < 0 || sequence < 0) {
                throw new IllegalArgumentException(
                        "no document version %d.%d".formatted(incarnation, sequence));
            }
        }

        @Override
        public int compareTo(Version other) {
            int byIncarnation = Long.compare(incarnation, other.incarnation);
            return byIncarnation != 0 ? byIncarnation : Long.compare(sequence, other.sequence);
        }
    }

    /**
     * A broker that is up, and where it listens.
     *
     * @param standing how it is; empty when whoever made the document has not heard it lately
     */
    public record Broker(BrokerId id, Endpoint kafka, Endpoint admin, Optional<Standing> standing) {

        /** One of which nothing more is known. */
        public Broker(BrokerId id, Endpoint kafka, Endpoint admin) {
            this(id, kafka, admin, Optional.empty());
        }
    }

    /**
     * How a broker is, by its own word.
     *
     * @param state a word of its life, such as {@code serving}
     * @param connections of clients that are open; 0 or more
     * @param groups that it coordinates; 0 or more
     * @param members of these groups; 0 or more
     */
    public record Standing(String state, int connections, int groups, int members) {

        public Standing {
            if (!state.matches("[a-z ]{1,40}") || connections < 0 || groups < 0 || members < 0) {
                throw new IllegalArgumentException("no standing of a broker: " + state);
            }
        }
    }

    /** How far a link is. */
    public record LinkProgress(LinkName link, LinkStatus.State state, Lag lag) {}
}
