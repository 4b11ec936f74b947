package io.tombolo.region.plan;

import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.topology.Topics;
import io.tombolo.region.topology.Topology;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a file has taken responsibility for. What was declared when the file was applied last, and
 * is not any more, was removed from the file; everything else that the file does not say belongs to
 * whoever set it.
 *
 * @param topics by {@code region/topic}: the configs that are the file's
 * @param links by name
 */
public record Declared(SortedMap<String, SortedSet<String>> topics, SortedSet<String> links) {

    /** Of a file that was never applied. */
    public static final Declared NOTHING =
            new Declared(Collections.emptySortedMap(), Collections.emptySortedSet());

    public Declared {
        topics = Collections.unmodifiableSortedMap(new TreeMap<>(topics));
        links = Collections.unmodifiableSortedSet(new TreeSet<>(links));
    }

    /** What a file declares. */
    public static Declared by(Topology topology) {
        var topics = new TreeMap<String, SortedSet<String>>();
        for (Topics.Topic topic : topology.topics().declared().values()) {
            topics.put(
                    key(new RegionId(topic.in()), topic.name()),
                    new TreeSet<>(topic.config().keySet()));
        }
        var links = new TreeSet<String>();
        topology.links().keySet().forEach(link -> links.add(link.name()));
        return new Declared(topics, links);
    }

    /** Whether a link is the file's. */
    boolean hasLink(LinkName link) {
        return links.contains(link.name());
    }

    /** Whether a topic is the file's. */
    boolean has(RegionId region, String topic) {
        return topics.containsKey(key(region, topic));
    }

    /** Whether a config of a topic is the file's. */
    public boolean has(RegionId region, String topic, String config) {
        return topics.getOrDefault(key(region, topic), Collections.emptySortedSet())
                .contains(config);
    }

    /**
     * What the file is responsible for once it is applied as far as this world shows: what it
     * declares, and what it declared before and is still there.
     */
    public Declared then(Declared now, World world) {
        var all = new TreeMap<String, SortedSet<String>>();
        topics.forEach((key, configs) -> {
            int slash = key.indexOf('/');
            world.topic(new RegionId(key.substring(0, slash)), key.substring(slash + 1))
                    .ifPresent(there -> {
                        var set = new TreeSet<>(configs);
                        set.retainAll(there.configs().keySet());
                        all.put(key, set);
                    });
        });
        now.topics()
                .forEach((key, configs) ->
                        all.computeIfAbsent(key, _ -> new TreeSet<>()).addAll(configs));
        var left = new TreeSet<>(now.links());
        links.stream()
                .filter(link ->
                        world.regions().keySet().stream()
                                .anyMatch(region ->
                                        world.link(new RegionId(region), new LinkName(link))
                                                .isPresent()))
                .forEach(left::add);
        return new Declared(all, left);
    }

    private static String key(RegionId region, String topic) {
        return region.name() + "/" + topic;
    }
}
