package io.tombolo.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.coordinator.group.consumer.Assignor.Racks;
import io.tombolo.coordinator.group.consumer.Assignor.Reader;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;

/** What racks change about assignments, and what they leave alone, over random groups. */
class RackTest {

    private static final int GROUPS = 2_000;
    private static final List<String> NAMES = List.of("north", "south", "west");

    private final Assignor uniform = new UniformAssignor();
    private final Assignor range = new RangeAssignor();

    @Test
    void racksCostNeitherBalanceNorAFurtherMove() {
        int nearer = 0;
        for (int seed = 0; seed < GROUPS; seed++) {
            var group = new Group(seed);
            Map<String, Assignment> blind = group.assigned(uniform, Racks.UNKNOWN);
            Map<String, Assignment> aware = group.assigned(uniform, group::racksOf);

            assertThat(group.all(aware)).as("seed %d", seed).isEqualTo(group.all(blind));
            blind.forEach((member, target) ->
                    assertThat(aware.get(member).count()).isEqualTo(target.count()));
            assertThat(group.kept(aware)).isGreaterThanOrEqualTo(group.kept(blind));
            nearer += group.near(aware) - group.near(blind);
        }
        assertThat(nearer).isPositive();
    }

    @Test
    void anAssignmentThatIsBalancedStaysAsItIsWhateverTheRacks() {
        for (int seed = 0; seed < GROUPS; seed++) {
            var group = new Group(seed);
            Map<String, Assignment> first = group.assigned(uniform, group::racksOf);

            assertThat(group.after(first).assigned(uniform, group::racksOf))
                    .as("seed %d", seed)
                    .isEqualTo(first);
        }
    }

    @Test
    void rangesStayRangesWhoeverGetsThem() {
        int nearer = 0;
        for (int seed = 0; seed < GROUPS; seed++) {
            var group = new Group(seed);
            Map<String, Assignment> blind = group.assigned(range, Racks.UNKNOWN);
            Map<String, Assignment> aware = group.assigned(range, group::racksOf);

            assertThat(aware.values())
                    .as("seed %d", seed)
                    .containsExactlyInAnyOrderElementsOf(blind.values());
            nearer += group.near(aware) - group.near(blind);
        }
        assertThat(nearer).isPositive();
    }

    @Test
    void whoeverCanReadsNearAllOfIt() {
        var group = new Group(1);
        group.readers.clear();
        group.counts.clear();
        Uuid topic = new Uuid(1, 1);
        group.counts.put(topic, 12);
        for (String name : NAMES) {
            var topics = new TreeSet<>(Set.of(topic));
            group.readers.put("in " + name, new Reader(name, name, topics, Assignment.NONE));
        }
        Racks inTurn = (_, partition) -> Set.of(NAMES.get(partition / 4));

        for (Assignor assignor : List.of(uniform, range)) {
            group.assigned(assignor, inTurn)
                    .forEach((member, target) ->
                            target.forEach((id, partition, _) ->
                                    assertThat(member)
                                            .endsWith(inTurn.of(id, partition).iterator().next())));
        }
    }

    /** Members of which some have had partitions, with or without racks. */
    private static final class Group {

        private final SortedMap<Uuid, Integer> counts = new TreeMap<>();
        private final SortedMap<String, Reader> readers = new TreeMap<>();
        private final long seed;

        Group(long seed) {
            this.seed = seed;
            var random = new SplittableRandom(seed);
            for (int topic = 0; topic <= random.nextInt(3); topic++) {
                counts.put(new Uuid(1, topic), 1 + random.nextInt(12));
            }
            boolean alike = random.nextBoolean();
            var free = new ArrayList<Map.Entry<Uuid, Integer>>();
            counts.forEach((topic, count) -> {
                for (int partition = 0; partition < count; partition++) {
                    free.add(Map.entry(topic, partition));
                }
            });
            for (int member = 0; member <= random.nextInt(6); member++) {
                var topics = new TreeSet<>(counts.keySet());
                if (!alike) {
                    topics.removeIf(_ -> random.nextInt(3) == 0);
                }
                Assignment before = Assignment.NONE;
                for (int i = random.nextInt(6); i > 0 && !free.isEmpty(); i--) {
                    var had = free.remove(random.nextInt(free.size()));
                    before = before.plus(had.getKey(), had.getValue(), 0);
                }
                String rack = random.nextInt(4) == 0 ? "" : NAMES.get(random.nextInt(3));
                readers.put("m" + member, new Reader("m" + member, rack, topics, before));
            }
        }

        Set<String> racksOf(Uuid topic, int partition) {
            var random = new SplittableRandom(seed * 1_000_003 + topic.hashCode() + partition);
            var racks = new TreeSet<String>();
            for (int replica = 0; replica <= random.nextInt(2); replica++) {
                racks.add(NAMES.get(random.nextInt(3)));
            }
            return racks;
        }

        Map<String, Assignment> assigned(Assignor assignor, Racks racks) {
            return assignor.assign(readers, counts, racks);
        }

        Group after(Map<String, Assignment> targets) {
            var later = new Group(seed);
            targets.forEach((member, target) -> {
                Reader was = readers.get(member);
                later.readers.put(
                        member, new Reader(was.sortKey(), was.rack(), was.topics(), target));
            });
            return later;
        }

        Set<String> all(Map<String, Assignment> targets) {
            var all = new TreeSet<String>();
            targets.values()
                    .forEach(target ->
                            target.forEach((topic, partition, _) ->
                                    assertThat(all.add(topic + "-" + partition)).isTrue()));
            return all;
        }

        int kept(Map<String, Assignment> targets) {
            int kept = 0;
            for (var target : targets.entrySet()) {
                Reader reader = readers.get(target.getKey());
                kept += reader.before().among(target.getValue(), true).count();
            }
            return kept;
        }

        int near(Map<String, Assignment> targets) {
            var near = new int[1];
            targets.forEach((member, target) ->
                    target.forEach((topic, partition, _) -> {
                        String rack = readers.get(member).rack();
                        near[0] += racksOf(topic, partition).contains(rack) ? 1 : 0;
                    }));
            return near[0];
        }
    }
}
