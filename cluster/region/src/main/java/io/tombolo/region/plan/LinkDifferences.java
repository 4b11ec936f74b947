package io.tombolo.region.plan;

import io.tombolo.region.RegionId;
import io.tombolo.region.plan.Plan.Finding;
import io.tombolo.region.plan.Plan.Kind;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Topology;

import java.util.List;

/**
 * What regions hold of the links of a file. Brokers take links from their own file when they start,
 * so a difference is told together with whom to restart, and never changed from outside.
 */
final class LinkDifferences {

    private final Topology file;
    private final World world;
    private final List<Finding> findings;

    LinkDifferences(Topology file, World world, List<Finding> findings) {
        this.file = file;
        this.world = world;
        this.findings = findings;
    }

    void find() {
        for (LinkEntry link : file.links().values()) {
            check(link, link.from());
            check(link, link.to());
        }
        world.regions()
                .forEach((region, holding) ->
                        holding.links().keySet().stream()
                                .filter(name ->
                                        file.links().keySet().stream()
                                                .noneMatch(known -> known.name().equals(name)))
                                .forEach(name -> unknown(name, region)));
    }

    private void check(LinkEntry link, RegionId region) {
        World.Holding holding = world.regions().get(region.name());
        if (holding == null) {
            return;
        }
        World.Link there = holding.links().get(link.name().name());
        if (there == null) {
            differs(link, region, "", "it does not know the link");
            return;
        }
        if (!there.from().equals(link.from()) || !there.to().equals(link.to())) {
            differs(link, region, "", "there it goes %s → %s".formatted(there.from(), there.to()));
        }
        if (!there.topics().equals(link.topics().patterns())) {
            differs(link, region, "topics", was(there.topics(), link.topics().patterns()));
        }
        if (!there.groups().equals(link.groups().patterns())) {
            differs(link, region, "groups", was(there.groups(), link.groups().patterns()));
        }
    }

    private static String was(List<String> there, List<String> here) {
        return "%s → %s".formatted(there, here);
    }

    private void differs(LinkEntry link, RegionId region, String field, String seen) {
        findings.add(
                new Finding(
                        Kind.BLOCKED,
                        "link:%s @%s".formatted(link.name(), region),
                        "links." + link.name() + (field.isEmpty() ? "" : "." + field),
                        seen,
                        "tombolo region restart %s        brokers read links from this file when they start"
                                .formatted(region)));
    }

    private void unknown(String name, String region) {
        findings.add(
                new Finding(
                        Kind.KEPT,
                        "link:%s @%s".formatted(name, region),
                        "links." + name,
                        "the file does not have it; its mirrors stay read-only",
                        "write it in the file to take it over"));
    }
}
