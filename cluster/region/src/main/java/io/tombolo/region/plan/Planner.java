package io.tombolo.region.plan;

import io.tombolo.region.RegionId;
import io.tombolo.region.plan.Plan.Finding;
import io.tombolo.region.plan.Plan.Kind;
import io.tombolo.region.plan.World.Topic;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Topics;
import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.Topology.Guarantee;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Compares a file with the world. Who owns a value decides what becomes of a difference:
 *
 * <pre>
 * owner     how one knows                                      a difference is
 * file      the file says it                                   changed to what the file says
 * file      it was applied with the file, which says it no     taken back: a config goes to its
 *           more                                               default, a topic is deleted if allowed
 * link      the topic is a mirror                              none: the link follows the source
 * default   nothing sets it                                    none
 * runtime   set, and the file never said it                    kept, and told
 * </pre>
 *
 * Pure; deterministic.
 */
public final class Planner {

    private static final String MIN_ISR = "min.insync.replicas";

    private final Topology file;
    private final Declared before;
    private final World world;
    private final Set<String> deletable;
    private final List<Change> changes = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();

    private Planner(Topology file, Declared before, World world, Set<String> deletable) {
        this.file = file;
        this.before = before;
        this.world = world;
        this.deletable = Set.copyOf(deletable);
    }

    /**
     * @param before what the file was responsible for when it was applied last
     * @param world all regions of the file whose brokers are ours
     * @param deletable the objects that may be deleted, such as {@code topic:orders}
     */
    public static Plan plan(Topology file, Declared before, World world, Set<String> deletable) {
        var planner = new Planner(file, before, world, deletable);
        file.topics().declared().values().forEach(planner::topic);
        planner.removedTopics();
        var links = new LinkPlanner(file, before, world, planner.deletable);
        links.plan();
        planner.changes.addAll(links.changes());
        planner.findings.addAll(links.findings());
        return new Plan(
                planner.changes,
                planner.findings,
                planner.unmanaged(),
                file.links().values().stream().map(link -> guarantee(file, link)).toList());
    }

    private void topic(Topics.Topic wanted) {
        var region = new RegionId(wanted.in());
        World.Holding holding = world.regions().get(wanted.in());
        if (holding == null) {
            return;
        }
        Optional<Topic> there = world.topic(region, wanted.name());
        if (there.isEmpty()) {
            create(wanted, region, holding);
        } else if (there.get().mirrorOf().isPresent()) {
            blocked(
                    wanted,
                    "",
                    "it is a mirror of link %s there, which alone writes it"
                            .formatted(there.get().mirrorOf().get()),
                    "declare it in the region that the link reads");
        } else if (there.get().ownedBy().isPresent()) {
            ownedElsewhere(wanted, there.get(), there.get().ownedBy().get());
        } else {
            alter(wanted, region, there.get());
        }
    }

    private void create(Topics.Topic wanted, RegionId region, World.Holding holding) {
        if (wanted.replicas() > holding.brokersActive()) {
            blocked(
                    wanted,
                    "replicas",
                    "%d replicas are asked for, and %d brokers are there"
                            .formatted(wanted.replicas(), holding.brokersActive()),
                    "tombolo broker list --region " + region);
            return;
        }
        changes.add(
                new Change.CreateTopic(
                        region,
                        wanted.name(),
                        wanted.partitions(),
                        wanted.replicas(),
                        new TreeMap<>(wanted.config())));
    }

    /** Its owner's copy is the one that counts, and the file still says where it used to be. */
    private void ownedElsewhere(Topics.Topic wanted, Topic there, World.Owner owner) {
        boolean differs =
                there.partitions() != wanted.partitions()
                        || wanted.config().entrySet().stream()
                                .anyMatch(one ->
                                        !Change.sameValue(
                                                one.getKey(),
                                                Optional.of(one.getValue()),
                                                Optional.ofNullable(
                                                        there.configs().get(one.getKey()))));
        findings.add(
                new Finding(
                        differs ? Kind.BLOCKED : Kind.WARNING,
                        name(wanted.name(), wanted.in()),
                        path(wanted, "in"),
                        "region %s owns it, with %s since ownership epoch %d"
                                .formatted(owner.region(), owner.domain(), owner.epoch()),
                        "in: " + owner.region()));
    }

    private void alter(Topics.Topic wanted, RegionId region, Topic there) {
        if (wanted.partitions() > there.partitions()) {
            changes.add(
                    new Change.GrowTopic(
                            region, wanted.name(), there.partitions(), wanted.partitions()));
        } else if (wanted.partitions() < there.partitions()) {
            blocked(
                    wanted,
                    "partitions",
                    "it has %d partitions, and none can be taken away"
                            .formatted(there.partitions()),
                    "partitions: " + there.partitions());
        }
        if (wanted.replicas() != there.replicas()) {
            blocked(
                    wanted,
                    "replicas",
                    "it has %d replicas, and this release moves none by itself"
                            .formatted(there.replicas()),
                    "kafka-reassign-partitions, or replicas: " + there.replicas());
        }
        wanted.config().forEach((key, value) -> config(wanted, region, there, key, value));
        there.configs()
                .forEach((key, value) -> {
                    if (!wanted.config().containsKey(key)) {
                        surplus(wanted, region, key, value);
                    }
                });
    }

    private void config(
            Topics.Topic wanted, RegionId region, Topic there, String key, String value) {
        Optional<String> now = Optional.ofNullable(there.configs().get(key));
        if (Change.sameValue(key, now, Optional.of(value))) {
            return;
        }
        if (key.equals(MIN_ISR) && Integer.parseInt(value) > there.replicas()) {
            blocked(
                    wanted,
                    "config." + key,
                    "no write with acks=all would be taken: it has %d replicas"
                            .formatted(there.replicas()),
                    MIN_ISR + ": " + there.replicas());
            return;
        }
        changes.add(new Change.SetConfig(region, wanted.name(), key, now, Optional.of(value)));
    }

    /** A config that is set and that the file does not name. */
    private void surplus(Topics.Topic wanted, RegionId region, String key, String value) {
        if (before.has(region, wanted.name(), key)) {
            changes.add(
                    new Change.SetConfig(
                            region, wanted.name(), key, Optional.of(value), Optional.empty()));
            return;
        }
        findings.add(
                new Finding(
                        Kind.KEPT,
                        name(wanted.name(), wanted.in()),
                        path(wanted, "config." + key),
                        "%s is %s, set at run time".formatted(key, value),
                        "write it in the file to take it over"));
    }

    private void removedTopics() {
        Declared now = Declared.by(file);
        world.regions()
                .forEach((name, holding) -> {
                    var region = new RegionId(name);
                    holding.topics()
                            .forEach((topic, there) -> {
                                boolean removed =
                                        before.has(region, topic) && !now.has(region, topic);
                                boolean here =
                                        there.mirrorOf().isEmpty() && there.ownedBy().isEmpty();
                                if (removed && here) {
                                    delete(new Change.DeleteTopic(region, topic, there));
                                }
                            });
                });
    }

    private void delete(Change.DeleteTopic change) {
        if (deletable.contains(change.object())) {
            changes.add(change);
            return;
        }
        findings.add(
                new Finding(
                        Kind.BLOCKED,
                        name(change.topic(), change.region().name()),
                        "topics." + change.topic(),
                        "owned by this file, removed from it; deletes are off",
                        "add --allow-delete=" + change.object()));
    }

    private SortedMap<String, Integer> unmanaged() {
        Declared now = Declared.by(file);
        var counts = new TreeMap<String, Integer>();
        world.regions()
                .forEach((name, holding) -> {
                    var region = new RegionId(name);
                    int count = 0;
                    for (var one : holding.topics().entrySet()) {
                        boolean known =
                                one.getKey().startsWith("__")
                                        || one.getValue().mirrorOf().isPresent()
                                        || now.has(region, one.getKey())
                                        || before.has(region, one.getKey());
                        count += known ? 0 : 1;
                    }
                    counts.put(name, count);
                });
        return counts;
    }

    private static Plan.Guarantee guarantee(Topology file, LinkEntry link) {
        // Nobody but the source itself could keep a foreign source from writing.
        return file.guarantee() instanceof Guarantee.Quorum quorum
                        && file.hosted(link.from()).isPresent()
                ? agreed(link, quorum)
                : confirmed(link);
    }

    private static Plan.Guarantee confirmed(LinkEntry link) {
        return new Plan.Guarantee(
                link.name().name(),
                "manual",
                ("an operator confirms that %s takes over; %s is fenced when it hears of the newer"
                                + " epoch")
                        .formatted(link.to(), link.from()));
    }

    private static Plan.Guarantee agreed(LinkEntry link, Guarantee.Quorum quorum) {
        int sites = quorum.sites().size();
        return new Plan.Guarantee(
                link.name().name(),
                "quorum",
                ("%d of %s agree who writes, for %d s at a time; cut off from them, %s and %s take"
                                + " no writes")
                        .formatted(
                                sites / 2 + 1,
                                quorum.sites().stream()
                                        .map(RegionId::name)
                                        .collect(Collectors.joining(", ")),
                                quorum.terms().length().toSeconds(),
                                link.from(),
                                link.to()));
    }

    private void blocked(Topics.Topic wanted, String field, String seen, String fix) {
        findings.add(
                new Finding(
                        Kind.BLOCKED,
                        name(wanted.name(), wanted.in()),
                        path(wanted, field),
                        seen,
                        fix));
    }

    private static String name(String topic, String region) {
        return "topic:%s @%s".formatted(topic, region);
    }

    private static String path(Topics.Topic wanted, String field) {
        return "topics." + wanted.name() + (field.isEmpty() ? "" : "." + field);
    }
}
