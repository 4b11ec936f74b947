package io.tombolo.region.plan;

import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.config.ConfigCatalogue;
import io.tombolo.region.plan.World.Condition;
import io.tombolo.region.plan.World.Link;
import io.tombolo.region.plan.World.Topic;
import io.tombolo.region.topology.LinkEntry.Ends;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One step from what is to what shall be. It knows what was there when it was thought of, so that
 * it can tell whether it is done already, may still be done, or rests on what is not so any more.
 * Carrying out one that is done changes nothing.
 */
public sealed interface Change {

    RegionId region();

    /** Where it stands in a world. */
    Standing in(World world);

    /** The world after it; the same world unless it is pending there. */
    World after(World world);

    /** What takes it back; empty when nothing does. */
    Optional<Change> undo();

    /** As people and {@code --allow-delete} name it. */
    String object();

    /** One that concerns a topic. */
    sealed interface OfTopic extends Change {

        String topic();

        @Override
        default String object() {
            return "topic:" + topic();
        }
    }

    /** Where a change stands. */
    sealed interface Standing {

        /** Nothing is left to do. */
        record Done() implements Standing {}

        /** What it begins from is there. */
        record Pending() implements Standing {}

        /**
         * Neither: somebody else has changed it.
         *
         * @param seen what is there instead
         */
        record Moved(String seen) implements Standing {}

        Standing DONE = new Done();
        Standing PENDING = new Pending();
    }

    /** A topic that is not there is made. */
    record CreateTopic(
            RegionId region,
            String topic,
            int partitions,
            int replicas,
            SortedMap<String, String> configs)
            implements OfTopic {

        public CreateTopic {
            configs = Collections.unmodifiableSortedMap(new TreeMap<>(configs));
        }

        @Override
        public Standing in(World world) {
            Optional<Topic> now = world.topic(region, topic);
            if (now.isEmpty()) {
                return Standing.PENDING;
            }
            boolean same =
                    now.get().partitions() == partitions
                            && now.get().mirrorOf().isEmpty()
                            && configs.keySet().stream()
                                    .allMatch(key ->
                                            sameValue(
                                                    key,
                                                    value(configs, key),
                                                    value(now.get().configs(), key)));
            return same
                    ? Standing.DONE
                    : new Standing.Moved(
                            "it is there with %d partitions and %s"
                                    .formatted(now.get().partitions(), now.get().configs()));
        }

        @Override
        public World after(World world) {
            return in(world).equals(Standing.PENDING)
                    ? world.with(
                            region, topic, Optional.of(new Topic(partitions, replicas, configs)))
                    : world;
        }

        @Override
        public Optional<Change> undo() {
            return Optional.of(
                    new DeleteTopic(region, topic, new Topic(partitions, replicas, configs)));
        }
    }

    /**
     * A config of a topic is set, or goes back to its default.
     *
     * @param before empty when it was not set
     * @param after empty when it shall not be
     */
    record SetConfig(
            RegionId region,
            String topic,
            String key,
            Optional<String> before,
            Optional<String> after)
            implements OfTopic {

        @Override
        public Standing in(World world) {
            Optional<Topic> now = world.topic(region, topic);
            if (now.isEmpty()) {
                return new Standing.Moved("the topic is gone");
            }
            Optional<String> value = value(now.get().configs(), key);
            if (sameValue(key, value, after)) {
                return Standing.DONE;
            }
            return sameValue(key, value, before)
                    ? Standing.PENDING
                    : new Standing.Moved(key + " is " + value.orElse("not set"));
        }

        @Override
        public World after(World world) {
            Optional<Topic> now = world.topic(region, topic);
            if (now.isEmpty() || !in(world).equals(Standing.PENDING)) {
                return world;
            }
            var configs = new TreeMap<>(now.get().configs());
            after.ifPresentOrElse(value -> configs.put(key, value), () -> configs.remove(key));
            return world.with(
                    region,
                    topic,
                    Optional.of(new Topic(now.get().partitions(), now.get().replicas(), configs)));
        }

        @Override
        public Optional<Change> undo() {
            return Optional.of(new SetConfig(region, topic, key, after, before));
        }
    }

    /** A topic gets more partitions. */
    record GrowTopic(RegionId region, String topic, int before, int after) implements OfTopic {

        @Override
        public Standing in(World world) {
            int now = world.topic(region, topic).map(Topic::partitions).orElse(0);
            if (now == after) {
                return Standing.DONE;
            }
            return now == before
                    ? Standing.PENDING
                    : new Standing.Moved(
                            now == 0 ? "the topic is gone" : "it has " + now + " partitions");
        }

        @Override
        public World after(World world) {
            Optional<Topic> now = world.topic(region, topic);
            return now.isPresent() && in(world).equals(Standing.PENDING)
                    ? world.with(
                            region,
                            topic,
                            Optional.of(
                                    new Topic(after, now.get().replicas(), now.get().configs())))
                    : world;
        }

        /** Partitions are never taken away. */
        @Override
        public Optional<Change> undo() {
            return Optional.empty();
        }
    }

    /** A topic is deleted with everything in it. */
    record DeleteTopic(RegionId region, String topic, Topic before) implements OfTopic {

        @Override
        public Standing in(World world) {
            Optional<Topic> now = world.topic(region, topic);
            if (now.isEmpty()) {
                return Standing.DONE;
            }
            return now.get().equals(before)
                    ? Standing.PENDING
                    : new Standing.Moved("it was changed since: " + now.get());
        }

        @Override
        public World after(World world) {
            return in(world).equals(Standing.PENDING)
                    ? world.with(region, topic, Optional.empty())
                    : world;
        }

        /** The topic comes back, its records do not. */
        @Override
        public Optional<Change> undo() {
            return Optional.of(
                    new CreateTopic(
                            region,
                            topic,
                            before.partitions(),
                            before.replicas(),
                            before.configs()));
        }
    }

    /**
     * A link is made, gets other settings while it runs, or is removed, in one of the regions that
     * it joins. A removed link leaves its mirror topics where they are, read-only.
     *
     * @param before its settings; empty when it was not there
     * @param after empty when it shall not be
     */
    record SetLink(
            RegionId region,
            LinkName link,
            Ends ends,
            Optional<SortedMap<String, String>> before,
            Optional<SortedMap<String, String>> after)
            implements Change {

        public SetLink {
            before = before.map(SetLink::copy);
            after = after.map(SetLink::copy);
        }

        private static SortedMap<String, String> copy(SortedMap<String, String> settings) {
            return Collections.unmodifiableSortedMap(new TreeMap<>(settings));
        }

        @Override
        public String object() {
            return "link:" + link;
        }

        @Override
        public Standing in(World world) {
            Optional<Link> now = world.link(region, link);
            if (now.isPresent() && !now.get().ends().equals(ends)) {
                return new Standing.Moved("it goes " + now.get().ends());
            }
            Optional<SortedMap<String, String>> settings = now.map(Link::settings);
            if (settings.equals(after)) {
                return Standing.DONE;
            }
            return settings.equals(before)
                    ? Standing.PENDING
                    : new Standing.Moved(
                            settings.map(seen -> "it is there with " + seen).orElse("it is gone"));
        }

        @Override
        public World after(World world) {
            return in(world).equals(Standing.PENDING)
                    ? world.with(
                            region,
                            link,
                            after.map(settings ->
                                    new Link(
                                            ends,
                                            settings,
                                            world.link(region, link)
                                                    .map(Link::condition)
                                                    .orElse(Condition.RUNNING))))
                    : world;
        }

        @Override
        public Optional<Change> undo() {
            return Optional.of(new SetLink(region, link, ends, after, before));
        }

        /** The settings that differ, by name. */
        public SortedSet<String> fields() {
            var keys = new TreeSet<String>();
            before.ifPresent(settings -> keys.addAll(settings.keySet()));
            after.ifPresent(settings -> keys.addAll(settings.keySet()));
            keys.removeIf(key -> setting(before, key).equals(setting(after, key)));
            return keys;
        }

        /** A setting of one side of the change. */
        public static Optional<String> setting(
                Optional<SortedMap<String, String>> settings, String key) {
            return settings.map(all -> all.get(key));
        }
    }

    private static Optional<String> value(SortedMap<String, String> configs, String key) {
        return Optional.ofNullable(configs.get(key));
    }

    /** Whether two texts stand for one value of a topic config, such as 7 and 07. */
    static boolean sameValue(String key, Optional<String> one, Optional<String> other) {
        return one.map(text -> canonical(key, text))
                .equals(other.map(text -> canonical(key, text)));
    }

    private static String canonical(String key, String text) {
        return ConfigCatalogue.TOPIC
                .find(key)
                .filter(definition -> definition.check(text).isEmpty())
                .map(definition -> definition.canonical(text))
                .orElse(text);
    }
}
