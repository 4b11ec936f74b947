package io.tombolo.region.topology.file;

import io.tombolo.region.LinkName;
import io.tombolo.region.PolicyName;
import io.tombolo.region.RegionId;
import io.tombolo.region.lease.Lease;
import io.tombolo.region.link.LinkSpec.Renaming;
import io.tombolo.region.link.NameFilter;
import io.tombolo.region.topology.FailoverPolicy;
import io.tombolo.region.topology.LaterSections;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology.Guarantee;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code failover:} and {@code ownership:}: who takes over, and on whose word. */
final class FailoverReader {

    private static final Duration DURATION_MAX = Duration.ofDays(365);
    private static final Pattern WITNESSES =
            Pattern.compile("([0-9]{1,3}) of \\[\\s*([^\\[\\]]*?)\\s*]");

    private static final String QUORUM_EXAMPLE = "{ guarantee: quorum, sites: [eu, us, witness] }";

    private final Shortfalls notes;
    private final Map<LinkName, LinkEntry> links;
    private final Names names;
    private final Set<String> witnesses;

    private FailoverReader(
            Shortfalls notes, Map<LinkName, LinkEntry> links, Names names, Set<String> witnesses) {
        this.notes = notes;
        this.links = links;
        this.names = names;
        this.witnesses = witnesses;
    }

    static Map<PolicyName, FailoverPolicy> read(
            Section file,
            Names names,
            LaterSections later,
            Map<LinkName, LinkEntry> links,
            Shortfalls notes) {
        Set<String> witnesses = new TreeSet<>(names.regionNames());
        later.stretch().values().forEach(cluster -> witnesses.addAll(cluster.voters().keySet()));
        var reader = new FailoverReader(notes, links, names, witnesses);
        var policies = new LinkedHashMap<PolicyName, FailoverPolicy>();
        for (Value entry : file.get("failover").map(Value::entries).orElse(List.of())) {
            Optional<PolicyName> name = Names.idOf(entry, PolicyName::new);
            Optional<FailoverPolicy> policy =
                    reader.policy(name.orElse(new PolicyName("unnamed")), entry);
            if (name.isPresent() && policy.isPresent()) {
                policies.put(name.get(), policy.get());
            }
        }
        return policies;
    }

    private Optional<FailoverPolicy> policy(PolicyName name, Value entry) {
        Section section =
                entry.section("follows", "groups", "moves", "fence", "refuseIf", "automatic");
        Optional<LinkName> follows = section.require("follows", "eu-to-us").flatMap(this::link);
        NameFilter groups = section.get("groups").map(Patterns::groups).orElse(NameFilter.of("*"));
        if (follows.isPresent()) {
            section.get("follows").ifPresent(value -> checkWhole(value, follows.get()));
        }
        FailoverPolicy.Moves moves =
                section.get("moves")
                        .flatMap(value -> value.word(FailoverPolicy.Moves.class))
                        .orElse(FailoverPolicy.Moves.NOTHING);
        if (moves == FailoverPolicy.Moves.CLIENTS && follows.isPresent()) {
            section.get("moves").ifPresent(value -> checkMoves(value, follows.get()));
        }
        FailoverPolicy.Fence fence =
                section.get("fence")
                        .flatMap(value -> value.word(FailoverPolicy.Fence.class))
                        .orElse(FailoverPolicy.Fence.REFUSE);
        if (fence == FailoverPolicy.Fence.ACLS && follows.isPresent()) {
            section.get("fence").ifPresent(value -> checkFence(value, follows.get()));
        }
        FailoverPolicy.RefuseIf refuseIf =
                section.get("refuseIf")
                        .map(FailoverReader::refuseIf)
                        .orElse(FailoverPolicy.RefuseIf.STANDARD);
        FailoverPolicy.Automatic automatic =
                section.get("automatic")
                        .flatMap(this::automatic)
                        .orElse(new FailoverPolicy.Automatic.Never());
        return follows.map(
                link -> new FailoverPolicy(name, link, groups, moves, fence, refuseIf, automatic));
    }

    /** Copies of other names, or of some records only, do not become the topics. */
    private void checkWhole(Value value, LinkName follows) {
        LinkEntry link = links.get(follows);
        if (link == null || link.selection().whole()) {
            return;
        }
        boolean renames = !link.selection().renaming().equals(Renaming.NONE);
        value.problem(
                        Rule.PARTIAL_COPY,
                        renames
                                ? "link %s renames what it copies, so %s cannot take over"
                                        .formatted(follows, link.to())
                                : "link %s copies later records only, so %s cannot take over"
                                        .formatted(follows, link.to()))
                .seen(
                        renames
                                ? "links.%s.rename = \"%s\""
                                        .formatted(follows, link.selection().renaming())
                                : "links.%s.start = %s"
                                        .formatted(follows, link.selection().start()))
                .why(
                        renames
                                ? "clients would not find their topics there"
                                : "what %s does not have would be gone for its readers, and for %s on the way back"
                                        .formatted(link.to(), link.from()))
                .fix(
                        "remove the policy: the copies stay read-only",
                        "or a link without %s".formatted(renames ? "rename" : "start"));
    }

    /** Whoever sends clients elsewhere is one of our brokers. */
    private void checkMoves(Value value, LinkName follows) {
        LinkEntry link = links.get(follows);
        if (link != null && names.regions().get(link.from()) instanceof Region.Foreign) {
            notes.movedFromElsewhere(value, link.from());
        }
    }

    /** Whoever fences itself needs no rules. */
    private void checkFence(Value value, LinkName follows) {
        LinkEntry link = links.get(follows);
        if (link != null && names.regions().get(link.from()) instanceof Region.Hosted) {
            value.problem(
                            Rule.OUT_OF_RANGE,
                            "%s fences itself, by the epochs of its topics".formatted(link.from()))
                    .seen(value.node().kind())
                    .why("rules are for a source that is Apache Kafka")
                    .fix("remove it");
        }
    }

    private Optional<LinkName> link(Value value) {
        Optional<String> name = value.text();
        Optional<LinkName> known =
                links.keySet().stream()
                        .filter(link -> name.isPresent() && link.name().equals(name.get()))
                        .findFirst();
        if (name.isPresent() && known.isEmpty()) {
            List<String> names = links.keySet().stream().map(LinkName::name).toList();
            Names.unknown(value, "link", name.get(), names);
        }
        return known;
    }

    private static FailoverPolicy.RefuseIf refuseIf(Value value) {
        Section section = value.section("lagOver", "sourceReachableAndWriting");
        return new FailoverPolicy.RefuseIf(
                section.get("lagOver").flatMap(it -> it.duration(Duration.ZERO, DURATION_MAX)),
                section.get("sourceReachableAndWriting").flatMap(Value::flag).orElse(true));
    }

    private Optional<FailoverPolicy.Automatic> automatic(Value value) {
        if (!value.isMapping()) {
            Optional<String> word = value.text();
            if (word.isPresent() && !word.get().equals("never")) {
                value.problem(
                                Rule.OUT_OF_RANGE,
                                value.path() + " must be never, or a map with after and witnesses")
                        .seen(value.node().kind())
                        .fix("automatic: never", "automatic: { after: 90s }");
            }
            return Optional.of(new FailoverPolicy.Automatic.Never());
        }
        notes.automaticFailover(value);
        Section section = value.section("after", "witnesses");
        Optional<Duration> after =
                section.require("after", "90s")
                        .flatMap(it -> it.duration(Duration.ofSeconds(1), DURATION_MAX));
        Optional<FailoverPolicy.Automatic.After> asked =
                section.get("witnesses").flatMap(this::witnesses);
        return after.map(silence ->
                new FailoverPolicy.Automatic.After(
                        silence,
                        asked.map(FailoverPolicy.Automatic.After::witnessesNeeded).orElse(0),
                        asked.map(FailoverPolicy.Automatic.After::witnesses).orElse(List.of())));
    }

    /** {@code "2 of [us, ap-witness]"}; the duration is filled in by the caller. */
    private Optional<FailoverPolicy.Automatic.After> witnesses(Value value) {
        Optional<String> text = value.text();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Matcher matcher = WITNESSES.matcher(text.get().strip());
        List<String> named =
                matcher.matches() ? List.of(matcher.group(2).split("\\s*,\\s*")) : List.of();
        int needed = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
        if (needed < 1 || needed > named.size()) {
            value.problem(
                            Rule.OUT_OF_RANGE,
                            value.path() + " must say how many of which sites agree")
                    .seen(value.node().kind())
                    .fix("witnesses: \"2 of [us, ap-witness]\"");
            return Optional.empty();
        }
        for (String site : named) {
            if (!witnesses.contains(site)) {
                Names.unknown(value, "region or witness site", site, witnesses);
            }
        }
        return Optional.of(new FailoverPolicy.Automatic.After(Duration.ZERO, needed, named));
    }

    // --- what keeps two regions from writing

    private enum Kind {
        MANUAL,
        QUORUM
    }

    /** What {@code ownership:} says. */
    static Guarantee ownership(Section file, Names names, Map<LinkName, LinkEntry> links) {
        Optional<Value> given = file.get("ownership").filter(value -> !value.isNull());
        if (given.isEmpty()) {
            return new Guarantee.Manual();
        }
        Section section = given.get().section("guarantee", "sites", "lease");
        Kind kind =
                section.require("guarantee", "quorum")
                        .flatMap(value -> value.word(Kind.class))
                        .orElse(Kind.MANUAL);
        if (kind == Kind.MANUAL) {
            refuse(section, "sites");
            refuse(section, "lease");
            return new Guarantee.Manual();
        }
        Lease.Terms terms =
                section.get("lease")
                        .flatMap(value ->
                                value.duration(Lease.Terms.LENGTH_MIN, Lease.Terms.LENGTH_MAX))
                        .map(Lease.Terms::new)
                        .orElse(Lease.Terms.STANDARD);
        Optional<Value> sites = section.require("sites", "[eu, us, witness]");
        List<RegionId> named = sites.map(value -> sites(value, names)).orElse(List.of());
        if (sites.isEmpty() || !complete(sites.get(), named, names, links)) {
            return new Guarantee.Manual();
        }
        return new Guarantee.Quorum(named, terms);
    }

    private static void refuse(Section section, String key) {
        section.get(key)
                .ifPresent(value ->
                        value.problemWithName(
                                        Rule.EXCLUSIVE_KEYS,
                                        key + " goes with guarantee: quorum only")
                                .fix("remove it", "ownership: " + QUORUM_EXAMPLE));
    }

    private static List<RegionId> sites(Value value, Names names) {
        var sites = new ArrayList<RegionId>();
        for (Value item : value.items()) {
            names.hostedRegion(item, "a site has a voter on one of its brokers")
                    .ifPresent(region -> {
                        if (sites.contains(region)) {
                            item.problem(Rule.OUT_OF_RANGE, region + " is named twice")
                                    .fix("name each site once");
                        } else {
                            sites.add(region);
                        }
                    });
        }
        return sites;
    }

    private static boolean complete(
            Value sites, List<RegionId> named, Names names, Map<LinkName, LinkEntry> links) {
        if (named.size() < Guarantee.Quorum.SITES_MIN
                || named.size() > Guarantee.Quorum.SITES_MAX) {
            sites.problemWithName(
                            Rule.OUT_OF_RANGE,
                            "%d sites, a quorum has %d to %d"
                                    .formatted(
                                            named.size(),
                                            Guarantee.Quorum.SITES_MIN,
                                            Guarantee.Quorum.SITES_MAX))
                    .why(
                            "two sites that do not reach each other cannot tell who of them is cut"
                                    + " off")
                    .fix(
                            "add a region that no link touches, as a witness: one small broker",
                            "ownership: { guarantee: manual }");
            return false;
        }
        for (LinkEntry link : links.values()) {
            for (RegionId end : List.of(link.from(), link.to())) {
                boolean ours = names.regions().get(end) instanceof Region.Hosted;
                if (ours && !named.contains(end)) {
                    sites.problemWithName(
                                    Rule.OUT_OF_RANGE,
                                    "link %s joins %s, which is no site"
                                            .formatted(link.name(), end))
                            .why("a region that asks nobody would write without a lease")
                            .fix("add " + end + " to sites:");
                    return false;
                }
            }
        }
        return true;
    }
}
