package io.tombolo.cli.plan;

import io.tombolo.region.LinkName;
import io.tombolo.region.link.NameFilter;
import io.tombolo.region.plan.World;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Topology;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The file that would produce a world. Regions, policies and whatever else cannot be seen from
 * outside stay as the present file has them, word for word; links and topics are those that are
 * there. Pure.
 */
final class Export {

    private static final Pattern SECTION = Pattern.compile("([A-Za-z][A-Za-z0-9]*):.*");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9._-]*");
    private static final Set<String> WORDS = Set.of("null", "true", "false", "yes", "no");
    private static final Set<String> WRITTEN = Set.of("defaults", "links", "topics");

    private final Topology file;
    private final World world;
    private final List<String> lines = new ArrayList<>();
    private final Map<String, World.Link> links = new TreeMap<>();

    private Export(Topology file, World world) {
        this.file = file;
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
     * @param text the present file, which {@code file} was read from
     */
    static Result of(String text, Topology file, World world) {
        return new Export(file, world).result(text);
    }

    private Result result(String text) {
        if (text.lines().noneMatch(line -> SECTION.matcher(line).matches())) {
            return new Result.Impossible("the present file is one flow mapping: { … }");
        }
        for (World.Holding holding : world.regions().values()) {
            for (var link : holding.links().entrySet()) {
                World.Link other = links.putIfAbsent(link.getKey(), link.getValue());
                if (other != null && !other.equals(link.getValue())) {
                    return new Result.Impossible(
                            "regions define link %s differently".formatted(link.getKey()));
                }
            }
        }
        keep(text);
        addLinks();
        List<String> twice = addTopics();
        return twice.isEmpty()
                ? new Result.File(String.join("\n", lines) + "\n")
                : new Result.Impossible(
                        "several regions have topics of their own named "
                                + String.join(", ", twice));
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
            lines.add("    topics: " + list(link.topics()));
            lines.add("    groups: " + list(link.groups()));
            LinkEntry known = file.links().get(new LinkName(name));
            if (known != null && !known.sync().equals(LinkEntry.Sync.STANDARD)) {
                lines.add("    sync: " + sync(known.sync()));
            }
        });
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
                .anyMatch(link -> new NameFilter(link.topics()).includes(topic));
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
