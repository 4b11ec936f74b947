package io.tombolo.region.topology.file;

import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.LinkSpec.Gap;
import io.tombolo.region.link.LinkSpec.Recreate;
import io.tombolo.region.link.LinkSpec.Renaming;
import io.tombolo.region.link.LinkSpec.Selection;
import io.tombolo.region.link.LinkSpec.Start;
import io.tombolo.region.link.NameFilter;
import io.tombolo.region.topology.LinkEntry;

import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code links:}. */
final class LinksReader {

    private static final Duration OFFSETS_MIN = Duration.ofMillis(100);
    private static final Duration OFFSETS_MAX = Duration.ofHours(1);
    private static final Duration LAG_MAX = Duration.ofDays(365);

    private LinksReader() {}

    static Map<LinkName, LinkEntry> read(Section file, Names names, Shortfalls notes) {
        var links = new LinkedHashMap<LinkName, LinkEntry>();
        for (Value entry : file.get("links").map(Value::entries).orElse(List.of())) {
            Optional<LinkName> name = Names.idOf(entry, LinkName::new);
            Section section =
                    entry.section(
                            "from",
                            "to",
                            "topics",
                            "rename",
                            "start",
                            "gap",
                            "recreate",
                            "groups",
                            "sync",
                            "limits",
                            "reverse");
            Optional<LinkEntry> link =
                    link(name.orElse(new LinkName("unnamed")), section, names, notes);
            if (name.isPresent() && link.isPresent()) {
                links.put(name.get(), link.get());
            }
        }
        return links;
    }

    private static Optional<LinkEntry> link(
            LinkName name, Section section, Names names, Shortfalls notes) {
        Optional<RegionId> from = section.require("from", "eu").flatMap(names::region);
        Optional<RegionId> to =
                section.require("to", "us")
                        .flatMap(value ->
                                names.hostedRegion(
                                        value, "the target of a link needs our brokers"));
        NameFilter topics =
                section.require("topics", "[\"*\"]")
                        .map(Patterns::topics)
                        .orElse(NameFilter.of("*"));
        NameFilter groups = section.get("groups").map(Patterns::groups).orElse(NameFilter.of("*"));
        Renaming renaming =
                section.get("rename").flatMap(LinksReader::renaming).orElse(Renaming.NONE);
        Start start = section.get("start").flatMap(LinksReader::start).orElse(new Start.Earliest());
        Gap gap = section.get("gap").flatMap(value -> value.word(Gap.class)).orElse(Gap.FAIL);
        Recreate recreate =
                section.get("recreate")
                        .flatMap(value -> value.word(Recreate.class))
                        .orElse(Recreate.FAIL);
        LinkEntry.Sync sync =
                section.get("sync")
                        .map(value -> sync(value, notes))
                        .orElse(LinkEntry.Sync.STANDARD);
        LinkEntry.Limits limits =
                section.get("limits").map(LinksReader::limits).orElse(LinkEntry.Limits.NONE);
        LinkEntry.Reverse reverse = reverse(section, notes);
        if (from.isEmpty() || to.isEmpty()) {
            return Optional.empty();
        }
        var route = new LinkEntry.Route(from.get(), to.get(), reverse);
        var selection = new Selection(topics, groups, renaming, start, gap, recreate);
        return Optional.of(new LinkEntry(name, route, selection, sync, limits));
    }

    private static Optional<Renaming> renaming(Value value) {
        Optional<String> template = value.text();
        Optional<Renaming> renaming = template.flatMap(Renaming::of);
        if (template.isPresent() && renaming.isEmpty()) {
            value.problem(
                            Rule.OUT_OF_RANGE,
                            value.path()
                                    + " must be {topic} once, with what a name may have around it")
                    .seen(value.node().kind())
                    .fix("rename: \"eu.{topic}\"");
        }
        return renaming;
    }

    /** A word, or a moment as ISO 8601 has it. */
    private static Optional<Start> start(Value value) {
        Optional<String> text = value.text();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        switch (text.get()) {
            case "earliest" -> {
                return Optional.of(new Start.Earliest());
            }
            case "latest" -> {
                return Optional.of(new Start.Latest());
            }
            default -> {
                try {
                    return Optional.of(new Start.At(OffsetDateTime.parse(text.get()).toInstant()));
                } catch (DateTimeParseException | IllegalArgumentException unreadable) {
                    value.problem(
                                    Rule.OUT_OF_RANGE,
                                    value.path()
                                            + " must be earliest, latest, or a time with its zone")
                            .seen(value.node().kind())
                            .fix("start: latest", "start: 2026-11-01T00:00:00Z");
                    return Optional.empty();
                }
            }
        }
    }

    private static LinkEntry.Sync sync(Value value, Shortfalls notes) {
        Section section = value.section("configs", "acls", "offsets");
        boolean acls = section.isTrue("acls");
        if (acls) {
            section.get("acls").ifPresent(notes::aclSync);
        }
        boolean never = section.get("offsets").filter(LinksReader::isNever).isPresent();
        Optional<Duration> offsets =
                never
                        ? Optional.empty()
                        : section.get("offsets")
                                .flatMap(it -> it.duration(OFFSETS_MIN, OFFSETS_MAX))
                                .or(LinkEntry.Sync.STANDARD::offsets);
        boolean configs =
                section.get("configs")
                        .flatMap(Value::flag)
                        .orElse(LinkEntry.Sync.STANDARD.configs());
        return new LinkEntry.Sync(configs, acls, offsets);
    }

    private static boolean isNever(Value value) {
        return value.node() instanceof YamlNode.Scalar scalar && scalar.text().equals("never");
    }

    private static LinkEntry.Limits limits(Value value) {
        Section section = value.section("rate", "maxLag");
        return new LinkEntry.Limits(
                section.get("rate").flatMap(Value::rate),
                section.get("maxLag").flatMap(it -> it.duration(Duration.ofMillis(1), LAG_MAX)));
    }

    private static LinkEntry.Reverse reverse(Section section, Shortfalls notes) {
        LinkEntry.Reverse reverse =
                section.get("reverse")
                        .flatMap(value -> value.word(LinkEntry.Reverse.class))
                        .orElse(LinkEntry.Reverse.NONE);
        if (reverse == LinkEntry.Reverse.STANDBY) {
            section.get("reverse").ifPresent(notes::standbyReverse);
        }
        return reverse;
    }
}
