package io.tombolo.region.topology.file;

import io.tombolo.region.RegionId;
import io.tombolo.region.link.NameFilter;
import io.tombolo.region.topology.LaterSections;
import io.tombolo.region.topology.LaterSections.Grant;
import io.tombolo.region.topology.LaterSections.Mirror;
import io.tombolo.region.topology.LaterSections.MirrorOffsets;
import io.tombolo.region.topology.LaterSections.PromoteObservers;
import io.tombolo.region.topology.LaterSections.Stretch;
import io.tombolo.region.topology.LaterSections.User;
import io.tombolo.region.topology.LaterSections.Verb;
import io.tombolo.region.topology.Secret;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads {@code stretch:}, {@code mirrors:} and {@code users:} for their shape. */
final class LaterReader {

    private static final int VOTERS_MAX = 9;
    private static final Set<String> SECRET_MECHANISMS =
            Set.of("scram-sha-256", "scram-sha-512", "plain");
    private static final Set<String> OPEN_MECHANISMS = Set.of("mtls", "oauth");

    private LaterReader() {}

    static LaterSections read(Section file, Names names, Shortfalls notes) {
        return new LaterSections(
                entries(file, "stretch", "stretch-cluster", notes, LaterReader::stretch),
                entries(file, "mirrors", "mirror", notes, value -> mirror(value, names)),
                entries(file, "users", "security", notes, value -> Optional.of(user(value))));
    }

    /** The names of stretch clusters, which topics may refer to. */
    static Set<String> stretchNames(Section file) {
        var names = new LinkedHashSet<String>();
        if (file.get("stretch").map(Value::node).orElse(null) instanceof YamlNode.Mapping mapping) {
            mapping.entries().forEach(entry -> names.add(entry.key().text()));
        }
        return names;
    }

    private static <T> Map<String, T> entries(
            Section file,
            String section,
            String module,
            Shortfalls notes,
            Function<Value, Optional<T>> read) {
        var entries = new LinkedHashMap<String, T>();
        Optional<Value> value = file.get(section);
        for (Value entry : value.map(Value::entries).orElse(List.of())) {
            read.apply(entry).ifPresent(item -> entries.put(entry.name(), item));
        }
        value.filter(given -> !given.isNull())
                .ifPresent(given -> notes.section(given, section, module, entries.size()));
        return entries;
    }

    private static Optional<Stretch> stretch(Value entry) {
        Section section = entry.section("regions", "observers", "promoteObserversWhen");
        Map<String, Integer> voters =
                section.require("regions", "{ eu: 2, us: 2, ap: 1 }")
                        .map(LaterReader::counts)
                        .orElse(Map.of());
        Map<String, Integer> observers =
                section.get("observers").map(LaterReader::counts).orElse(Map.of());
        PromoteObservers promotion =
                section.get("promoteObserversWhen")
                        .flatMap(value -> value.word(PromoteObservers.class))
                        .orElse(PromoteObservers.NEVER);
        return Optional.of(new Stretch(voters, observers, promotion));
    }

    private static Map<String, Integer> counts(Value map) {
        var counts = new LinkedHashMap<String, Integer>();
        for (Value entry : map.entries()) {
            Names.idOf(entry, RegionId::new);
            entry.integer(0, VOTERS_MAX).ifPresent(count -> counts.put(entry.name(), count));
        }
        return counts;
    }

    private static Optional<Mirror> mirror(Value entry, Names names) {
        Section section = entry.section("from", "to", "topics", "groups", "rename", "offsets");
        Optional<RegionId> from = section.require("from", "legacy").flatMap(names::region);
        Optional<RegionId> to = section.require("to", "eu").flatMap(names::region);
        NameFilter topics =
                section.require("topics", "[\"inventory.*\"]")
                        .map(Patterns::topics)
                        .orElse(NameFilter.of("*"));
        NameFilter groups = section.get("groups").map(Patterns::groups).orElse(NameFilter.of("*"));
        String rename = section.get("rename").flatMap(LaterReader::rename).orElse("{topic}");
        MirrorOffsets offsets =
                section.get("offsets")
                        .flatMap(value -> value.word(MirrorOffsets.class))
                        .orElse(MirrorOffsets.NONE);
        if (from.isEmpty() || to.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Mirror(from.get(), to.get(), topics, groups, rename, offsets));
    }

    private static Optional<String> rename(Value value) {
        Optional<String> template = value.text();
        if (template.isPresent() && !template.get().contains("{topic}")) {
            value.problem(Rule.PATTERN, value.path() + " does not say where the name goes")
                    .why("all topics would get the same name")
                    .fix("rename: \"" + template.get() + "{topic}\"");
        }
        return template;
    }

    private static User user(Value entry) {
        Section section = entry.section("auth", "can");
        var credentials = new LinkedHashMap<String, String>();
        var secrets = new LinkedHashMap<String, Secret>();
        for (Value way : section.get("auth").map(Value::entries).orElse(List.of())) {
            if (SECRET_MECHANISMS.contains(way.name())) {
                way.secret().ifPresent(secret -> secrets.put(way.name(), secret));
            } else if (OPEN_MECHANISMS.contains(way.name())) {
                way.text().ifPresent(text -> credentials.put(way.name(), text));
            } else {
                way.document().hide(way.node().span());
                way.problemWithName(
                                Rule.UNKNOWN_KEY, "'" + way.name() + "' is no way to authenticate")
                        .fix("use one of mtls, oauth, plain, scram-sha-256, scram-sha-512");
            }
        }
        var grants = new ArrayList<Grant>();
        for (Value line : section.get("can").map(Value::items).orElse(List.of())) {
            grant(line).ifPresent(grants::add);
        }
        return new User(credentials, secrets, grants);
    }

    /** {@code verb pattern... [as group pattern]}. */
    private static Optional<Grant> grant(Value line) {
        Optional<String> text = line.text();
        if (text.isEmpty()) {
            return Optional.empty();
        }
        List<String> words = Arrays.asList(text.get().strip().split("\\s+"));
        Optional<Verb> verb =
                Stream.of(Verb.values())
                        .filter(known -> Value.wordOf(known).equals(words.getFirst()))
                        .findFirst();
        int as = words.indexOf("as");
        List<String> resources = words.subList(1, as < 0 ? words.size() : as);
        boolean groupGiven = as >= 0 && as == words.size() - 3 && words.get(as + 1).equals("group");
        if (verb.isEmpty() || resources.isEmpty() || as >= 0 && !groupGiven) {
            String verbs =
                    Stream.of(Verb.values()).map(Value::wordOf).collect(Collectors.joining(", "));
            line.problem(Rule.OUT_OF_RANGE, line.path() + " is not a right that can be granted")
                    .seen(line.node().kind())
                    .why("a right is a verb (" + verbs + ") and patterns")
                    .fix("- write orders.*", "- read orders.* as group billing-*");
            return Optional.empty();
        }
        Optional<String> group = groupGiven ? Optional.of(words.getLast()) : Optional.empty();
        return Optional.of(new Grant(verb.get(), resources, group));
    }
}
