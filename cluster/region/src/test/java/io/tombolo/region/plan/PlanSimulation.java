package io.tombolo.region.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.region.plan.Change.SetLink;
import io.tombolo.region.topology.Topics;
import io.tombolo.region.topology.Topology;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Random files and worlds from a seed: a plan that is carried out, in any order and with any
 * interruption, leads to where nothing is left to do. {@code -Dseeds=n} tries more, {@code
 * -Dseed=n} repeats one.
 */
class PlanSimulation {

    private static final List<String> NAMES = List.of("a", "b", "c", "d", "e");
    private static final List<String> LINKS = List.of("l", "m");
    private static final List<String> KEYS =
            List.of("retention.ms", "max.message.bytes", "segment.ms");

    @Test
    void whatIsCarriedOutLeavesNothingToDo() {
        seeds().forEach(seed -> converges(seed, changes -> changes));
    }

    @Test
    void anyOrderAndAnyInterruptionLeadToTheSameWorld() {
        seeds().forEach(seed -> interrupted(seed));
    }

    @Test
    void whatIsTakenBackIsAsItWasUnlessItCannotBe() {
        seeds().forEach(PlanSimulation::takenBack);
    }

    @Test
    void whatTheFileDoesNotOwnIsNeverTouched() {
        seeds().forEach(PlanSimulation::leavesOthersAlone);
    }

    /** A planner that forgets a part of its changes does not converge. */
    @Test
    void aPlanThatForgetsAChangeIsCaught() {
        long caught =
                seeds().filter(
                                seed -> {
                                    try {
                                        converges(
                                                seed,
                                                changes ->
                                                        changes.isEmpty()
                                                                ? changes
                                                                : changes.subList(
                                                                        1, changes.size()));
                                        return false;
                                    } catch (AssertionError noticed) {
                                        return true;
                                    }
                                })
                        .count();

        assertThat(caught).isPositive();
    }

    private static void converges(long seed, UnaryOperator<List<Change>> distortion) {
        var random = new Random(seed);
        Topology file = file(random);
        World world = world(random);
        Declared before = Declared.by(file(random));
        Plan plan = Planner.plan(file, before, world, allowed());

        World after = world;
        for (Change change : distortion.apply(plan.changes())) {
            after = change.after(after);
        }

        Plan next = Planner.plan(file, before.then(Declared.by(file), after), after, allowed());
        assertThat(next.changes()).as("seed " + seed).isEmpty();
    }

    /** Each step may be made twice, and the process may die after any. */
    private static void interrupted(long seed) {
        var random = new Random(seed);
        Topology file = file(random);
        World world = world(random);
        Declared before = Declared.by(file(random));
        List<Change> changes = Planner.plan(file, before, world, allowed()).changes();
        World straight = world;
        for (Change change : changes) {
            straight = change.after(straight);
        }

        var shuffled = new ArrayList<>(changes);
        Collections.shuffle(shuffled, random);
        int interruptedAfter = random.nextInt(changes.size() + 1);
        World now = world;
        for (Change change : shuffled.subList(0, interruptedAfter)) {
            now = change.after(now);
        }
        for (Change change : changes) {
            assertThat(change.in(now))
                    .as("seed %d: %s", seed, change)
                    .isNotInstanceOf(Change.Standing.Moved.class);
            now = change.after(now);
            assertThat(change.in(now)).isEqualTo(Change.Standing.DONE);
            now = change.after(now);
        }

        assertThat(now).as("seed " + seed).isEqualTo(straight);
    }

    private static void takenBack(long seed) {
        var random = new Random(seed);
        Topology file = file(random);
        World world = world(random);
        List<Change> changes =
                Planner.plan(file, Declared.by(file(random)), world, allowed()).changes();
        for (Change change : changes) {
            World after = change.after(world);
            change.undo()
                    .ifPresent(undo ->
                            assertThat(undo.after(after))
                                    .as("seed %d: %s", seed, change)
                                    .isEqualTo(world));
        }
    }

    private static void leavesOthersAlone(long seed) {
        var random = new Random(seed);
        Topology file = file(random);
        World world = world(random);
        Declared before = Declared.by(file(random));
        Set<String> theFiles =
                file.topics().declared().values().stream()
                        .map(Topics.Topic::name)
                        .collect(Collectors.toSet());

        for (Change change : Planner.plan(file, before, world, allowed()).changes()) {
            boolean own =
                    switch (change) {
                        case Change.OfTopic of ->
                                theFiles.contains(of.topic())
                                        || before.has(of.region(), of.topic());
                        case SetLink of ->
                                file.links().containsKey(of.link()) || before.hasLink(of.link());
                    };
            assertThat(own).as("seed %d: %s", seed, change).isTrue();
            if (change instanceof Change.SetConfig set && set.after().isEmpty()) {
                assertThat(before.has(set.region(), set.topic(), set.key())).isTrue();
            }
        }
        assertThat(Planner.plan(file, before, world, Set.of()).changes())
                .noneMatch(Change.DeleteTopic.class::isInstance)
                .noneMatch(change -> change instanceof SetLink set && set.after().isEmpty());
    }

    private static Set<String> allowed() {
        return Stream.concat(
                        NAMES.stream().map(name -> "topic:" + name),
                        LINKS.stream().map(name -> "link:" + name))
                .collect(Collectors.toSet());
    }

    private static Topology file(Random random) {
        var text = new StringBuilder("tombolo: 1\nregions: { eu: { brokers: 3 }, us: {} }\n");
        text.append("topics:\n  z: { in: eu }\n");
        for (String name : NAMES) {
            if (random.nextBoolean()) {
                text.append(
                        "  %s: { in: %s, partitions: %d, replicas: 1, config: %s }\n"
                                .formatted(
                                        name,
                                        random.nextInt(3) > 0 ? "eu" : "us",
                                        1 + random.nextInt(3),
                                        configs(random).toString().replace("=", ": ")));
            }
        }
        addLinks(text, random);
        return PlannerTest.topology(text.toString());
    }

    /** Links that differ in what they copy never meet. */
    private static void addLinks(StringBuilder text, Random random) {
        var policies = new StringBuilder();
        text.append("links:\n  z: { from: us, to: eu, topics: [zz] }\n");
        for (String name : LINKS) {
            if (random.nextBoolean()) {
                text.append(
                        "  %s: { from: eu, to: us, topics: [\"%s-%s\"], groups: [\"g%d\"], sync: { offsets: %ds } }\n"
                                .formatted(
                                        name,
                                        name,
                                        random.nextBoolean() ? "*" : "a",
                                        random.nextInt(2),
                                        1 + random.nextInt(2)));
                if (random.nextBoolean()) {
                    policies.append("  p-%s: { follows: %s }\n".formatted(name, name));
                }
            }
        }
        if (!policies.isEmpty()) {
            text.append("failover:\n").append(policies);
        }
    }

    private static World world(Random random) {
        var regions = new TreeMap<String, World.Holding>();
        for (String region : List.of("eu", "us")) {
            var topics = new TreeMap<String, World.Topic>();
            for (String name : NAMES) {
                if (random.nextBoolean()) {
                    topics.put(name, new World.Topic(1 + random.nextInt(3), 1, configs(random)));
                }
            }
            regions.put(region, new World.Holding(3, topics, links(random), new TreeSet<>()));
        }
        return new World(regions);
    }

    private static TreeMap<String, World.Link> links(Random random) {
        var links = new TreeMap<String, World.Link>();
        Topology file = file(random);
        file.links().values().stream()
                .filter(link -> LINKS.contains(link.name().name()))
                .forEach(link ->
                        links.put(
                                link.name().name(),
                                new World.Link(
                                        link.ends(),
                                        link.settings(file.policiesOf(link.name())),
                                        World.Condition.RUNNING)));
        return links;
    }

    private static TreeMap<String, String> configs(Random random) {
        var configs = new TreeMap<String, String>();
        for (String key : KEYS) {
            if (random.nextBoolean()) {
                configs.put(key, Integer.toString(1_000_000 + random.nextInt(2)));
            }
        }
        return configs;
    }

    private static LongStream seeds() {
        Long one = Long.getLong("seed");
        return one != null
                ? LongStream.of(one)
                : LongStream.rangeClosed(1, Long.getLong("seeds", 300));
    }
}
