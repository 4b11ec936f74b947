package io.tombolo.coordinator.group.consumer;

import org.apache.kafka.common.Uuid;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Gives every member as many partitions as the others as far as their subscriptions let it, and
 * moves as few as that takes: members keep what they had, what is free goes to whoever has least,
 * and only then partitions move from members with more to members with less.
 */
final class UniformAssignor implements Assignor {

    static final String NAME = "uniform";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Map<String, Assignment> assign(
            SortedMap<String, Reader> readers, SortedMap<Uuid, Integer> partitionCounts) {
        return new Round(readers, partitionCounts).run();
    }

    /** One assignment in the making. Mutable. */
    private static final class Round {

        private final SortedMap<String, Reader> readers;
        private final SortedMap<Uuid, Integer> partitionCounts;
        private final Map<Uuid, List<String>> readersByTopic = new TreeMap<>();
        private final Map<String, Map<Uuid, SortedSet<Integer>>> held = new TreeMap<>();
        private final Map<String, Integer> loads = new TreeMap<>();

        Round(SortedMap<String, Reader> readers, SortedMap<Uuid, Integer> partitionCounts) {
            this.readers = readers;
            this.partitionCounts = partitionCounts;
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
                int partition = holding(most, topic).last();
                holding(most, topic).remove(partition);
                loads.merge(most, -1, Integer::sum);
                add(least, topic, partition);
                moved = true;
            }
            return moved;
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
