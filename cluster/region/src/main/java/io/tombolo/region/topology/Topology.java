package io.tombolo.region.topology;

import io.tombolo.region.LinkName;
import io.tombolo.region.PolicyName;
import io.tombolo.region.RegionId;
import io.tombolo.region.lease.Lease;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that one topology file says, checked and with defaults filled in. Maps keep the order
 * of the file.
 *
 * @param name of the whole; {@code tombolo} when the file has none
 * @param regions in file order
 * @param guarantee what keeps two regions from writing to one topic
 * @param later sections that are understood but that no module of this release acts on
 */
public record Topology(
        String name,
        Map<RegionId, Region> regions,
        Map<LinkName, LinkEntry> links,
        Topics topics,
        Map<PolicyName, FailoverPolicy> failover,
        Guarantee guarantee,
        LaterSections later) {

    private static final int FINGERPRINT_DIGITS = 12;

    public Topology {
        regions = inOrder(regions);
        links = inOrder(links);
        failover = inOrder(failover);
    }

    /** The regions whose brokers are ours, in file order. */
    public List<Region.Hosted> hostedRegions() {
        return regions.values().stream()
                .filter(Region.Hosted.class::isInstance)
                .map(Region.Hosted.class::cast)
                .toList();
    }

    /** The region of this name, when its brokers are ours. */
    public Optional<Region.Hosted> hosted(RegionId region) {
        return regions.get(region) instanceof Region.Hosted hosted
                ? Optional.of(hosted)
                : Optional.empty();
    }

    /**
     * Whether the brokers of a region share a registry: there must be several of them, and another
     * region that tells something.
     */
    public boolean sharesRegistry(Region.Hosted region) {
        return region.brokers().size() > 1 && hostedRegions().size() > 1;
    }

    /**
     * A short text that two files have in common when they say the same, whatever their layout and
     * comments. It means nothing between different releases.
     */
    public String fingerprint() {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, FINGERPRINT_DIGITS);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The links that copy into this region, in file order. */
    public List<LinkEntry> linksInto(RegionId region) {
        return links.values().stream().filter(link -> link.to().equals(region)).toList();
    }

    /**
     * Whether a link may carry on what another one brings: the regions before its source write to
     * the topics then, whoever takes over with it.
     */
    public boolean carriesOn(LinkEntry link) {
        return linksInto(link.from()).stream()
                .filter(other -> !other.from().equals(link.to()))
                .anyMatch(other -> other.copies().meets(link.topics()));
    }

    /** The failover policies that follow a link, in file order. */
    public List<FailoverPolicy> policiesOf(LinkName link) {
        return failover.values().stream().filter(policy -> policy.follows().equals(link)).toList();
    }

    static <K, V> Map<K, V> inOrder(Map<K, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    /** What keeps two regions from writing to one topic; {@code ownership:} of the file. */
    public sealed interface Guarantee {

        /**
         * An operator says that the other region is gone; that one is fenced when it hears of it.
         */
        record Manual() implements Guarantee {}

        /**
         * Three or more regions agree on who may write, and for how long.
         *
         * @param sites in file order; one that no link touches is a witness
         */
        record Quorum(List<RegionId> sites, Lease.Terms terms) implements Guarantee {

            /** With fewer, the loss of one would leave no majority. */
            public static final int SITES_MIN = 3;

            /** More would make nothing safer, and every renewal slower. */
            public static final int SITES_MAX = 7;

            public Quorum {
                sites = List.copyOf(sites);
                if (sites.size() < SITES_MIN || sites.size() > SITES_MAX) {
                    throw new IllegalArgumentException(sites.size() + " sites");
                }
            }
        }
    }
}
