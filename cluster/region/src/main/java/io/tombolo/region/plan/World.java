package io.tombolo.region.plan;

import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.LinkEntry.Ends;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

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
     * @param knows the regions that its brokers know the addresses of
     */
    public record Holding(
            int brokersActive,
            SortedMap<String, Topic> topics,
            SortedMap<String, Link> links,
            SortedSet<String> knows) {

        public Holding {
            topics = Collections.unmodifiableSortedMap(new TreeMap<>(topics));
            links = Collections.unmodifiableSortedMap(new TreeMap<>(links));
            knows = Collections.unmodifiableSortedSet(new TreeSet<>(knows));
        }

        /** The mirror topics of a link that it alone may write; none of the brokers' own. */
        public List<String> mirrorsOf(String link) {
            return topics.entrySet().stream()
                    .filter(one -> !one.getKey().startsWith("__"))
                    .filter(one ->
                            one.getValue()
                                    .mirrorOf()
                                    .filter(name -> name.name().equals(link))
                                    .isPresent())
                    .map(Map.Entry::getKey)
                    .toList();
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

    /**
     * A link as a region's metadata define it.
     *
     * @param settings as {@link LinkEntry#settings} names them
     */
    public record Link(Ends ends, SortedMap<String, String> settings, Condition condition) {

        public Link {
            settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
        }
    }

    /**
     * What has become of a link that no file says.
     *
     * @param paused by an operator
     * @param retired removed; its name stays with its ends, because mirror topics of it are left
     * @param moving a failover or failback of its topics is under way
     * @param owner of its topics, when that is known
     */
    public record Condition(
            boolean paused, boolean retired, boolean moving, Optional<RegionId> owner) {

        /** It runs, and nothing is known of its owner. */
        public static final Condition RUNNING =
                new Condition(false, false, false, Optional.empty());
    }

    /** A link of a region, unless it was removed; empty when the region was not asked. */
    public Optional<Link> link(RegionId region, LinkName name) {
        return Optional.ofNullable(regions.get(region.name()))
                .flatMap(holding -> Optional.ofNullable(holding.links().get(name.name())))
                .filter(link -> !link.condition().retired());
    }

    /** A topic of a region; empty when there is none, or the region was not asked. */
    public Optional<Topic> topic(RegionId region, String name) {
        return Optional.ofNullable(regions.get(region.name()))
                .flatMap(holding -> Optional.ofNullable(holding.topics().get(name)));
    }

    /** The same world, but for one topic, which is then like this or gone. */
    World with(RegionId region, String name, Optional<Topic> topic) {
        Holding before = holding(region);
        var topics = new TreeMap<>(before.topics());
        topic.ifPresentOrElse(now -> topics.put(name, now), () -> topics.remove(name));
        return with(
                region,
                new Holding(before.brokersActive(), topics, before.links(), before.knows()));
    }

    /** The same world, but for one link, which is then like this or gone. */
    World with(RegionId region, LinkName name, Optional<Link> link) {
        Holding before = holding(region);
        var links = new TreeMap<>(before.links());
        link.ifPresentOrElse(now -> links.put(name.name(), now), () -> links.remove(name.name()));
        return with(
                region,
                new Holding(before.brokersActive(), before.topics(), links, before.knows()));
    }

    private Holding holding(RegionId region) {
        Holding holding = regions.get(region.name());
        if (holding == null) {
            throw new IllegalArgumentException("region " + region + " was not asked");
        }
        return holding;
    }

    private World with(RegionId region, Holding holding) {
        var all = new TreeMap<>(regions);
        all.put(region.name(), holding);
        return new World(all);
    }
}
