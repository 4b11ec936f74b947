package io.tombolo.coordinator.group.consumer;

import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Gives every member as many partitions as the others as far as their subscriptions let it, and
 * moves as few as that takes: members keep what they had, what is free goes to whoever has least,
 * and only then partitions move from members with more to members with less. Racks decide no more
 * than which partitions these are: they cost neither balance nor a further move.
 */
final class UniformAssignor implements Assignor {

    static final String NAME = "uniform";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, Assignment> assign(
            SortedMap<String, Reader> readers,
            SortedMap<Uuid, Integer> partitionCounts,
            Racks racks) {
        return new Round(readers, partitionCounts, racks).run();
    }

    /** One assignment in the making. Mutable. */
    private static final class Round {

        private final SortedMap<String, Reader> readers;
        private final SortedMap<Uuid, Integer> partitionCounts;
        private final Racks racks;
        private final boolean racksMatter;
        private final Map<Uuid, List<String>> readersByTopic = new TreeMap<>();
        private final Map<String, Map<Uuid, SortedSet<Integer>>> held = new TreeMap<>();
        private final Map<String, Integer> loads = new TreeMap<>();

        Round(
                SortedMap<String, Reader> readers,
                SortedMap<Uuid, Integer> partitionCounts,
                Racks racks) {
            this.readers = readers;
            this.partitionCounts = partitionCounts;
            this.racks = racks;
            racksMatter = readers.values().stream().anyMatch(reader -> !reader.rack().isEmpty());
            readers.forEach((member, reader) -> {
                held.put(member, new TreeMap<>());
                loads.put(member, 0);
                reader.topics()
                        .forEach(topic ->
                                readersByTopic
                                        .computeIfAbsent(topic, _ -> new ArrayList<>())
                                        .add(member));
            });
        }

        Map<String, Assignment> run() {
            var topics = new ArrayList<>(partitionCounts.keySet());
            // Topics that few can read first: who can read many can do with others later.
            topics.sort(
                    Comparator.comparingInt((Uuid topic) -> readersOf(topic).size())
                            .thenComparing(Comparator.naturalOrder()));
            for (Uuid topic : topics) {
                keep(topic);
            }
            for (Uuid topic : topics) {
                give(topic);
            }
            boolean moved = true;
            while (moved) {
                moved = false;
                for (Uuid topic : topics) {
                    moved |= balance(topic);
                }
            }
            if (racksMatter) {
                topics.forEach(this::dealByRack);
            }
            return targets();
        }

        private List<String> readersOf(Uuid topic) {
            return readersByTopic.getOrDefault(topic, List.of());
        }

        private void keep(Uuid topic) {
            int count = partitionCounts.getOrDefault(topic, 0);
            var taken = new TreeSet<Integer>();
            for (String member : readersOf(topic)) {
                Reader reader = readers.get(member);
                if (reader == null) {
                    continue;
                }
                for (int partition : reader.before().of(topic).keySet()) {
                    if (partition < count && taken.add(partition)) {
                        add(member, topic, partition);
                    }
                }
            }
        }

        private void give(Uuid topic) {
            List<String> members = readersOf(topic);
            if (members.isEmpty()) {
                return;
            }
            var taken = new TreeSet<Integer>();
            members.forEach(member -> taken.addAll(holding(member, topic)));
            for (int partition = 0;
                    partition < partitionCounts.getOrDefault(topic, 0);
                    partition++) {
                if (!taken.contains(partition)) {
                    add(least(members), topic, partition);
                }
            }
        }

        /** Moves partitions of one topic until none of its readers could do with one less. */
        private boolean balance(Uuid topic) {
            List<String> members = readersOf(topic);
            Map<String, TreeSet<Integer>> remote = remoteOf(topic);
            boolean moved = false;
            while (members.size() > 1) {
                String most = null;
                for (String member : members) {
                    boolean has = !holding(member, topic).isEmpty();
                    if (has && (most == null || load(member) > load(most))) {
                        most = member;
                    }
                }
                String least = least(members);
                if (most == null || load(most) - load(least) < 2) {
                    return moved;
                }
                TreeSet<Integer> rather = remote.getOrDefault(most, new TreeSet<>());
                int partition = rather.isEmpty() ? holding(most, topic).last() : rather.last();
                rather.remove(partition);
                holding(most, topic).remove(partition);
                loads.merge(most, -1, Integer::sum);
                add(least, topic, partition);
                moved = true;
            }
            return moved;
        }

        /** What members hold of a topic that has no replica in their racks. */
        private Map<String, TreeSet<Integer>> remoteOf(Uuid topic) {
            Map<String, TreeSet<Integer>> remote = new TreeMap<>();
            for (String member : racksMatter ? readersOf(topic) : List.<String>of()) {
                var partitions = new TreeSet<>(holding(member, topic));
                partitions.removeIf(
                        partition -> racks.of(topic, partition).contains(rackOf(member)));
                remote.put(member, partitions);
            }
            return remote;
        }

        /**
         * Deals anew what changes hands of a topic: each member gets as many as before, and where
         * it can such that have a replica in its rack.
         */
        private void dealByRack(Uuid topic) {
            Map<String, Integer> places = new TreeMap<>();
            Map<Integer, Set<String>> homes = new TreeMap<>();
            takeBack(topic, places)
                    .forEach(partition -> homes.put(partition, racks.of(topic, partition)));
            var dealt = new ArrayList<>(homes.entrySet());
            // Those that are near to few first.
            dealt.sort(Comparator.comparingInt(home -> home.getValue().size()));
            var rest = new ArrayList<Integer>();
            for (var home : dealt) {
                String near = roomiest(places, member -> home.getValue().contains(rackOf(member)));
                if (near == null) {
                    rest.add(home.getKey());
                } else {
                    places.merge(near, -1, Integer::sum);
                    holding(near, topic).add(home.getKey());
                }
            }
            for (int partition : rest) {
                String any = Objects.requireNonNull(roomiest(places, _ -> true));
                places.merge(any, -1, Integer::sum);
                holding(any, topic).add(partition);
            }
        }

        /** Takes what is new from all readers of a topic, and notes how much each had of it. */
        private List<Integer> takeBack(Uuid topic, Map<String, Integer> places) {
            var all = new ArrayList<Integer>();
            for (String member : readersOf(topic)) {
                Set<Integer> before = before(member, topic);
                var fresh = new TreeSet<>(holding(member, topic));
                fresh.removeAll(before);
                holding(member, topic).removeAll(fresh);
                all.addAll(fresh);
                places.put(member, fresh.size());
            }
            return all;
        }

        private Set<Integer> before(String member, Uuid topic) {
            Reader reader = readers.get(member);
            return reader == null ? Set.of() : reader.before().of(topic).keySet();
        }

        /**
         * The member with the most places left, of those that are wanted; null when all are full.
         */
        private static @Nullable String roomiest(
                Map<String, Integer> places, Predicate<String> wanted) {
            String found = null;
            int most = 0;
            for (var place : places.entrySet()) {
                if (place.getValue() > most && wanted.test(place.getKey())) {
                    found = place.getKey();
                    most = place.getValue();
                }
            }
            return found;
        }

        private String rackOf(String member) {
            Reader reader = readers.get(member);
            return reader == null ? "" : reader.rack();
        }

        private String least(List<String> members) {
            String least = members.getFirst();
            for (String member : members) {
                if (load(member) < load(least)) {
                    least = member;
                }
            }
            return least;
        }

        private int load(String member) {
            return loads.getOrDefault(member, 0);
        }

        private SortedSet<Integer> holding(String member, Uuid topic) {
            return held.computeIfAbsent(member, _ -> new TreeMap<>())
                    .computeIfAbsent(topic, _ -> new TreeSet<>());
        }

        private void add(String member, Uuid topic, int partition) {
            holding(member, topic).add(partition);
            loads.merge(member, 1, Integer::sum);
        }

        private Map<String, Assignment> targets() {
            Map<String, Assignment> targets = new TreeMap<>();
            held.forEach((member, topics) -> {
                Assignment target = Assignment.NONE;
                for (var topic : topics.entrySet()) {
                    for (int partition : topic.getValue()) {
                        target = target.plus(topic.getKey(), partition, 0);
                    }
                }
                targets.put(member, target);
            });
            return targets;
        }
    }
}
