package io.tombolo.cli.plan;

import io.tombolo.region.LinkName;
import io.tombolo.region.link.LinkSpec.Gap;
import io.tombolo.region.link.LinkSpec.Recreate;
import io.tombolo.region.link.LinkSpec.Renaming;
import io.tombolo.region.link.LinkSpec.Start;
import io.tombolo.region.link.NameFilter;
import io.tombolo.region.plan.World;
import io.tombolo.region.topology.FailoverPolicy;
import io.tombolo.region.topology.LinkEntry;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The file that would produce a world. Regions and whatever else cannot be seen from outside stay
 * as the present file has them, word for word; links, failover policies and topics are those that
 * are there. Pure.
 */
final class Export {

    private static final Pattern SECTION = Pattern.compile("([A-Za-z][A-Za-z0-9]*):.*");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9._-]*");
    private static final Set<String> WORDS = Set.of("null", "true", "false", "yes", "no");
    private static final Set<String> WRITTEN = Set.of("defaults", "links", "failover", "topics");

    private final World world;
    private final List<String> lines = new ArrayList<>();
    private final Map<String, LinkEntry> links = new TreeMap<>();
    private final Map<String, FailoverPolicy> policies = new TreeMap<>();

    private Export(World world) {
        this.world = world;
    }

    /** What comes of it. */
    sealed interface Result {

        /** The text of a file. */
        record File(String text) implements Result {}

        /** The world does not fit into one. */
        record Impossible(String why) implements Result {}
    }

    /**
     * @param text the present file
     */
    static Result of(String text, World world) {
        return new Export(world).result(text);
    }

    private Result result(String text) {
        if (text.lines().noneMatch(line -> SECTION.matcher(line).matches())) {
            return new Result.Impossible("the present file is one flow mapping: { … }");
        }
        List<String> differing = gatherLinks();
        if (!differing.isEmpty()) {
            return new Result.Impossible(
                    "regions define link %s differently".formatted(differing.getFirst()));
        }
        keep(text);
        addLinks();
        addPolicies();
        List<String> twice = addTopics();
        return twice.isEmpty()
                ? new Result.File(String.join("\n", lines) + "\n")
                : new Result.Impossible(
                        "several regions have topics of their own named "
                                + String.join(", ", twice));
    }

    /** Returns the links that their two regions do not know alike. */
    private List<String> gatherLinks() {
        var seen = new TreeMap<String, World.Link>();
        var differing = new ArrayList<String>();
        for (World.Holding holding : world.regions().values()) {
            holding.links()
                    .forEach((name, link) -> {
                        if (link.condition().retired()) {
                            return;
                        }
                        World.Link other = seen.putIfAbsent(name, link);
                        if (other != null
                                && !(other.ends().equals(link.ends())
                                        && other.settings().equals(link.settings()))) {
                            differing.add(name);
                        }
                    });
        }
        seen.forEach((name, link) -> {
            var id = new LinkName(name);
            links.put(name, LinkEntry.of(id, link.ends(), link.settings()));
            FailoverPolicy.following(id, link.settings())
                    .forEach(policy -> policies.put(policy.name().name(), policy));
        });
        return differing;
    }

    /** The sections that are not written anew, with what stands above them. */
    private void keep(String text) {
        boolean kept = true;
        for (String line : text.lines().toList()) {
            var section = SECTION.matcher(line);
            if (section.matches()) {
                kept = !WRITTEN.contains(section.group(1));
            }
            if (kept) {
                lines.add(line);
            }
        }
        while (!lines.isEmpty() && lines.getLast().isBlank()) {
            lines.removeLast();
        }
    }

    private void addLinks() {
        if (!links.isEmpty()) {
            lines.add("links:");
        }
        links.forEach((name, link) -> {
            lines.add("  %s:".formatted(word(name)));
            lines.add("    from: " + word(link.from().name()));
            lines.add("    to: " + word(link.to().name()));
            lines.add("    topics: " + list(link.topics().patterns()));
            if (!link.selection().renaming().equals(Renaming.NONE)) {
                lines.add("    rename: " + quoted(link.selection().renaming().toString()));
            }
            if (!(link.selection().start() instanceof Start.Earliest)) {
                lines.add("    start: " + quoted(link.selection().start().toString()));
            }
            if (link.selection().gap() == Gap.JUMP) {
                lines.add("    gap: jump");
            }
            if (link.selection().recreate() == Recreate.RESTART) {
                lines.add("    recreate: restart");
            }
            lines.add("    groups: " + list(link.groups().patterns()));
            if (!link.sync().equals(LinkEntry.Sync.STANDARD)) {
                lines.add("    sync: " + sync(link.sync()));
            }
            if (!link.limits().equals(LinkEntry.Limits.NONE)) {
                lines.add("    limits: " + limits(link.limits()));
            }
            if (link.route().reverse() == LinkEntry.Reverse.STANDBY) {
                lines.add("    reverse: standby");
            }
        });
    }

    private void addPolicies() {
        if (!policies.isEmpty()) {
            lines.add("failover:");
        }
        policies.forEach(
                (name, policy) -> lines.add("  %s: %s".formatted(word(name), policy(policy))));
    }

    private static String policy(FailoverPolicy policy) {
        var fields = new ArrayList<String>();
        fields.add("follows: " + word(policy.follows().name()));
        if (!policy.groups().equals(NameFilter.of("*"))) {
            fields.add("groups: " + list(policy.groups().patterns()));
        }
        if (policy.moves() == FailoverPolicy.Moves.CLIENTS) {
            fields.add("moves: clients");
        }
        if (policy.fence() == FailoverPolicy.Fence.ACLS) {
            fields.add("fence: acls");
        }
        FailoverPolicy.RefuseIf refuse = policy.refuseIf();
        if (!refuse.equals(FailoverPolicy.RefuseIf.STANDARD)) {
            fields.add(
                    "refuseIf: { %ssourceReachableAndWriting: %s }"
                            .formatted(
                                    refuse.lagOver()
                                            .map(lag -> "lagOver: %dms, ".formatted(lag.toMillis()))
                                            .orElse(""),
                                    refuse.sourceReachableAndWriting()));
        }
        return "{ " + String.join(", ", fields) + " }";
    }

    private static String limits(LinkEntry.Limits limits) {
        var fields = new ArrayList<String>();
        if (limits.bytesPerSecondMax() > 0) {
            fields.add("rate: %dB/s".formatted(limits.bytesPerSecondMax()));
        }
        limits.maxLag().ifPresent(lag -> fields.add("maxLag: %dms".formatted(lag.toMillis())));
        return "{ " + String.join(", ", fields) + " }";
    }

    private static String sync(LinkEntry.Sync sync) {
        return "{ configs: %s, acls: %s, offsets: %s }"
                .formatted(
                        sync.configs(),
                        sync.acls(),
                        sync.offsets().map(every -> every.toMillis() + "ms").orElse("never"));
    }

    /** Returns the names that two regions have each for itself. */
    private List<String> addTopics() {
        var topics = new TreeMap<String, String>();
        var twice = new ArrayList<String>();
        world.regions()
                .forEach((region, holding) ->
                        holding.topics()
                                .forEach((name, topic) -> {
                                    boolean own =
                                            !name.startsWith("__")
                                                    && topic.mirrorOf().isEmpty()
                                                    && !brought(region, name);
                                    if (own && topics.put(name, topic(region, topic)) != null) {
                                        twice.add(name);
                                    }
                                }));
        if (!topics.isEmpty()) {
            lines.add("topics:");
        }
        topics.forEach((name, text) -> lines.add("  %s: %s".formatted(word(name), text)));
        return twice;
    }

    /** What a link brings is declared where the link reads it, also after a takeover. */
    private boolean brought(String region, String topic) {
        return links.values().stream()
                .filter(link -> link.to().name().equals(region))
                .anyMatch(link -> link.copies().includes(topic));
    }

    private static String topic(String region, World.Topic topic) {
        String configs =
                topic.configs().entrySet().stream()
                        .map(one -> "%s: %s".formatted(one.getKey(), quoted(one.getValue())))
                        .collect(Collectors.joining(", "));
        return "{ in: %s, partitions: %d, replicas: %d%s }"
                .formatted(
                        word(region),
                        topic.partitions(),
                        topic.replicas(),
                        configs.isEmpty() ? "" : ", config: { " + configs + " }");
    }

    private static String list(List<String> texts) {
        return texts.stream().map(Export::quoted).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String word(String text) {
        return PLAIN.matcher(text).matches() && !WORDS.contains(text) ? text : quoted(text);
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
