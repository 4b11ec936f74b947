package io.tombolo.region.plan;

import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What regions hold, as far as a topology file can say it. Immutable.
 *
 * @param regions by name; one that is not here was not asked
 */
public record World(SortedMap<String, Holding> regions) {

    public World {
        regions = Collections.unmodifiableSortedMap(new TreeMap<>(regions));
    }

    /**
     * What one region holds.
     *
     * @param brokersActive that can be given replicas now
     * @param topics by name, internal ones as well
     * @param links by name, those that begin here as well as those that end here
     */
    public record Holding(
            int brokersActive, SortedMap<String, Topic> topics, SortedMap<String, Link> links) {

        public Holding {
            topics = Collections.unmodifiableSortedMap(new TreeMap<>(topics));
            links = Collections.unmodifiableSortedMap(new TreeMap<>(links));
        }
    }

    /**
     * A topic.
     *
     * @param replicas the most that any partition has
     * @param configs that are set for this topic, by Kafka's names
     * @param mirrorOf the link that writes it
     * @param ownedBy another region that has taken it over
     */
    public record Topic(
            int partitions,
            int replicas,
            SortedMap<String, String> configs,
            Optional<LinkName> mirrorOf,
            Optional<Owner> ownedBy) {

        public Topic {
            configs = Collections.unmodifiableSortedMap(new TreeMap<>(configs));
        }

        /** One that clients of its region write. */
        public Topic(int partitions, int replicas, SortedMap<String, String> configs) {
            this(partitions, replicas, configs, Optional.empty(), Optional.empty());
        }
    }

    /** The region that owns a topic by an ownership record. */
    public record Owner(RegionId region, DomainName domain, long epoch) {}

    /** A link as a region's metadata define it. */
    public record Link(RegionId from, RegionId to, List<String> topics, List<String> groups) {

        public Link {
            topics = List.copyOf(topics);
            groups = List.copyOf(groups);
        }
    }

    /** A topic of a region; empty when there is none, or the region was not asked. */
    public Optional<Topic> topic(RegionId region, String name) {
        return Optional.ofNullable(regions.get(region.name()))
                .flatMap(holding -> Optional.ofNullable(holding.topics().get(name)));
    }

    /** The same world, but for one topic, which is then like this or gone. */
    World with(RegionId region, String name, Optional<Topic> topic) {
        Holding before = regions.get(region.name());
        if (before == null) {
            throw new IllegalArgumentException("region " + region + " was not asked");
        }
        var topics = new TreeMap<>(before.topics());
        topic.ifPresentOrElse(now -> topics.put(name, now), () -> topics.remove(name));
        var all = new TreeMap<>(regions);
        all.put(region.name(), new Holding(before.brokersActive(), topics, before.links()));
        return new World(all);
    }
}
