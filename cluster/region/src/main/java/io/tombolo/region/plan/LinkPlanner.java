package io.tombolo.region.plan;

import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.plan.Change.SetLink;
import io.tombolo.region.plan.Plan.Finding;
import io.tombolo.region.plan.Plan.Kind;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * What has to change so that regions have the links of a file, with their failover policies. Both
 * regions of a link keep it, each for itself; in which order they learn of a change does not
 * matter. Nobody but a plan changes a link's settings, so all of them are the file's; whether it is
 * paused is decided at run time.
 */
final class LinkPlanner {

    private static final int NAMED_MAX = 3;

    private final Topology file;
    private final Declared before;
    private final World world;
    private final Set<String> deletable;
    private final List<Change> changes = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();

    LinkPlanner(Topology file, Declared before, World world, Set<String> deletable) {
        this.file = file;
        this.before = before;
        this.world = world;
        this.deletable = deletable;
    }

    void plan() {
        for (LinkEntry link : file.links().values()) {
            check(link, link.from());
            check(link, link.to());
        }
        world.regions()
                .forEach((region, holding) ->
                        holding.links()
                                .forEach((name, there) -> {
                                    var link = new LinkName(name);
                                    if (!file.links().containsKey(link)
                                            && !there.condition().retired()) {
                                        surplus(link, new RegionId(region), there);
                                    }
                                }));
    }

    List<Change> changes() {
        return changes;
    }

    List<Finding> findings() {
        return findings;
    }

    private void check(LinkEntry link, RegionId region) {
        World.Holding holding = world.regions().get(region.name());
        if (holding == null) {
            return;
        }
        SortedMap<String, String> wanted = link.settings(file.policiesOf(link.name()));
        World.Link known = holding.links().get(link.name().name());
        if (known != null && !known.ends().equals(link.ends())) {
            blocked(
                    link.name(),
                    region,
                    "",
                    "there it goes %s, and where a link goes never changes".formatted(known.ends()),
                    "give the other link another name");
            return;
        }
        Optional<World.Link> there = world.link(region, link.name());
        if (there.isEmpty()) {
            add(link, region, holding, wanted);
        } else if (!there.get().settings().equals(wanted)) {
            alter(link, region, there.get(), wanted);
        }
        there.filter(running -> running.condition().paused()).ifPresent(_ -> paused(link, region));
        if (region.equals(link.to())) {
            copies(link, region, holding);
        }
    }

    private void add(
            LinkEntry link,
            RegionId region,
            World.Holding holding,
            SortedMap<String, String> wanted) {
        String source = link.from().name();
        if (!holding.knows().isEmpty() && !holding.knows().contains(source)) {
            blocked(
                    link.name(),
                    region,
                    "from",
                    "the brokers of %s know no region %s".formatted(region, source),
                    "give them this file: tombolo region restart %s --rolling".formatted(region));
            return;
        }
        changes.add(
                new SetLink(
                        region, link.name(), link.ends(), Optional.empty(), Optional.of(wanted)));
    }

    private void alter(
            LinkEntry link, RegionId region, World.Link there, SortedMap<String, String> wanted) {
        boolean selects =
                !Objects.equals(
                        wanted.get(LinkEntry.TOPICS), there.settings().get(LinkEntry.TOPICS));
        Optional<RegionId> owner =
                there.condition().owner().filter(now -> !now.equals(link.from()));
        if (selects && (owner.isPresent() || there.condition().moving())) {
            blocked(
                    link.name(),
                    region,
                    LinkEntry.TOPICS,
                    owner.map(now -> "its topics were taken over by " + now)
                            .orElse("a failover of its topics is under way"),
                    "bring them back first: tombolo failback " + link.name());
            return;
        }
        String renamed = there.settings().get(LinkEntry.RENAME);
        if (!Objects.equals(wanted.get(LinkEntry.RENAME), renamed)) {
            blocked(
                    link.name(),
                    region,
                    LinkEntry.RENAME,
                    "there it is %s, and what copies are called never changes"
                            .formatted(renamed == null ? "not given" : "\"" + renamed + "\""),
                    "give the link another name");
            return;
        }
        changes.add(
                new SetLink(
                        region,
                        link.name(),
                        link.ends(),
                        Optional.of(there.settings()),
                        Optional.of(wanted)));
    }

    /** What becomes of topics that are at the destination already. */
    private void copies(LinkEntry link, RegionId region, World.Holding holding) {
        List<String> leftOut =
                holding.mirrorsOf(link.name().name()).stream()
                        .filter(topic -> !link.selection().copies(topic))
                        .toList();
        if (!leftOut.isEmpty()) {
            warning(
                    link.name(),
                    region,
                    "%s mirrored before and left out by the filter: read-only as they are"
                            .formatted(named(leftOut)),
                    "tombolo topic delete --region %s %s".formatted(region, leftOut.getFirst()));
        }
        List<String> own =
                holding.topics().entrySet().stream()
                        .filter(one -> isOwn(one.getValue()))
                        .map(Map.Entry::getKey)
                        .filter(topic -> !before.has(region, topic))
                        .filter(topic -> hasSource(link, topic))
                        .toList();
        boolean owned =
                world.link(region, link.name())
                        .flatMap(there -> there.condition().owner())
                        .filter(region::equals)
                        .isPresent();
        if (!own.isEmpty() && !owned) {
            warning(
                    link.name(),
                    region,
                    "%s made there and not by the link: writable, and not copied"
                            .formatted(named(own)),
                    "delete or rename one of the two, or exclude it: \"!%s\""
                            .formatted(own.getFirst()));
        }
    }

    /** Whether the source has the topic that this would be the copy of. */
    private boolean hasSource(LinkEntry link, String copy) {
        return link.selection()
                .renaming()
                .sourceOf(copy)
                .filter(link.topics()::includes)
                .flatMap(source -> world.topic(link.from(), source))
                .isPresent();
    }

    private static boolean isOwn(World.Topic topic) {
        return topic.mirrorOf().isEmpty() && topic.ownedBy().isEmpty();
    }

    private void paused(LinkEntry link, RegionId region) {
        findings.add(
                new Finding(
                        Kind.KEPT,
                        name(link.name(), region),
                        path(link.name(), ""),
                        "it is paused, set at run time",
                        "tombolo link resume " + link.name()));
    }

    /** A link that is there and that the file does not name. */
    private void surplus(LinkName link, RegionId region, World.Link there) {
        if (!before.hasLink(link)) {
            findings.add(
                    new Finding(
                            Kind.KEPT,
                            name(link, region),
                            path(link, ""),
                            "the file does not have it",
                            "write it in the file to take it over"));
            return;
        }
        String fate = fate(link, region, there);
        if (there.condition().moving()) {
            blocked(
                    link,
                    region,
                    "",
                    "a failover or failback of its topics is under way",
                    "tombolo failover %s goes on with it".formatted(link));
        } else if (deletable.contains("link:" + link)) {
            changes.add(
                    new SetLink(
                            region,
                            link,
                            there.ends(),
                            Optional.of(there.settings()),
                            Optional.empty()));
            warning(link, region, fate, "brokers that start with a file that has it make it anew");
        } else {
            blocked(
                    link,
                    region,
                    "",
                    "owned by this file, removed from it; deletes are off. Then " + fate,
                    "add --allow-delete=link:" + link);
        }
    }

    /** What becomes of the topics of a link that is removed. */
    private String fate(LinkName link, RegionId region, World.Link there) {
        if (region.equals(there.ends().from())) {
            return "its topics there stay as they are, and follow no link";
        }
        List<String> mirrors =
                Optional.ofNullable(world.regions().get(region.name())).stream()
                        .flatMap(holding -> holding.mirrorsOf(link.name()).stream())
                        .toList();
        return mirrors.isEmpty()
                ? "no topic there is its mirror"
                : "%s there stay read-only until deleted; a failover before makes them writable"
                        .formatted(named(mirrors));
    }

    private static String named(List<String> topics) {
        String names =
                String.join(", ", topics.subList(0, Math.min(NAMED_MAX, topics.size())))
                        + (topics.size() > NAMED_MAX ? ", …" : "");
        return "%d topic%s (%s)".formatted(topics.size(), topics.size() == 1 ? "" : "s", names);
    }

    private void blocked(LinkName link, RegionId region, String field, String seen, String fix) {
        findings.add(new Finding(Kind.BLOCKED, name(link, region), path(link, field), seen, fix));
    }

    private void warning(LinkName link, RegionId region, String seen, String fix) {
        findings.add(new Finding(Kind.WARNING, name(link, region), path(link, ""), seen, fix));
    }

    private static String name(LinkName link, RegionId region) {
        return "link:%s @%s".formatted(link, region);
    }

    private static String path(LinkName link, String field) {
        return "links." + link + (field.isEmpty() ? "" : "." + field);
    }
}
