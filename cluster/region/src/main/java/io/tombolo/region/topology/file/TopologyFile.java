package io.tombolo.region.topology.file;

import io.tombolo.region.LinkName;
import io.tombolo.region.PolicyName;
import io.tombolo.region.RegionId;
import io.tombolo.region.diagnosis.Violation;
import io.tombolo.region.diagnosis.Where;
import io.tombolo.region.topology.FailoverPolicy;
import io.tombolo.region.topology.LaterSections;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topics;
import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.Topology.Guarantee;
import io.tombolo.region.topology.file.YamlNode.Span;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a topology file turns out to be. */
public sealed interface TopologyFile {

    /** The only version of the format so far. */
    String FORMAT = "1";

    /**
     * A topology that is free of contradictions.
     *
     * @param warnings what the user should know; nothing is refused because of it
     * @param unavailableSections sections and keys that are understood and not acted upon, in file
     *     order; with one of severity REFUSE no broker may start
     * @param places where the value of each path given in the file stands
     */
    record Valid(
            Topology topology,
            List<Violation> warnings,
            List<NotYet> unavailableSections,
            Map<String, Where> places)
            implements TopologyFile {

        public Valid {
            warnings = List.copyOf(warnings);
            unavailableSections = List.copyOf(unavailableSections);
            places = Map.copyOf(places);
        }

        /** The notes because of which brokers do not start. */
        public List<Violation> refusals() {
            return notes(NotYet.Severity.REFUSE);
        }

        /** The notes that brokers print once and go on. */
        public List<Violation> reservations() {
            return notes(NotYet.Severity.WARN);
        }

        /** Where a value stands, such as {@code links.eu-to-us.topics}; empty for a default. */
        public Optional<Where> where(String path) {
            return Optional.ofNullable(places.get(path));
        }

        private List<Violation> notes(NotYet.Severity severity) {
            return unavailableSections.stream()
                    .filter(note -> note.severity() == severity)
                    .map(NotYet::note)
                    .toList();
        }
    }

    /**
     * A file that nothing may be started from.
     *
     * @param violations at least one, in file order; after a syntax error there is only that one,
     *     otherwise every fault of the file, at most 100
     */
    record Invalid(List<Violation> violations) implements TopologyFile {

        public Invalid {
            violations = List.copyOf(violations);
        }
    }

    /**
     * Reads a topology. Pure: no file, address or environment variable is looked at, and no text
     * makes it throw.
     *
     * @param name of the file, for messages
     * @param text YAML 1.2
     */
    static TopologyFile parse(String name, String text) {
        var document = new Document(name, text);
        Optional<YamlNode.Mapping> root = YamlTree.read(document, text);
        if (root.isEmpty()) {
            return new Invalid(document.violations());
        }
        var notes = new Shortfalls(document);
        Topology topology = read(document, root.get(), notes);
        return document.valid()
                ? new Valid(topology, document.warnings(), notes.inFileOrder(), document.places())
                : new Invalid(document.violations());
    }

    private static Topology read(Document document, YamlNode.Mapping root, Shortfalls notes) {
        var nameless = new YamlNode.Scalar("", false, root.span());
        Section file =
                new Value(document, "", nameless, root)
                        .section(
                                "tombolo",
                                "name",
                                "defaults",
                                "regions",
                                "stretch",
                                "links",
                                "mirrors",
                                "topics",
                                "users",
                                "failover",
                                "ownership");
        checkFormat(document, file);
        var regions = RegionsReader.read(file, notes);
        var names = new Names(regions, LaterReader.stretchNames(file));
        LaterSections later = LaterReader.read(file, names, notes);
        Map<LinkName, LinkEntry> links = LinksReader.read(file, names, notes);
        Topics topics = TopicsReader.read(file, names);
        Map<PolicyName, FailoverPolicy> failover =
                FailoverReader.read(file, names, later, links, notes);
        var checks = new LinkChecks(document, links);
        checks.run();
        topics.declared().values().forEach(checks::checkTopic);
        failover.values().forEach(checks::checkPolicy);
        Guarantee guarantee = FailoverReader.ownership(file, names, links);
        String name = file.get("name").flatMap(Value::text).orElse("tombolo");
        Map<RegionId, Region> filled = withReplicas(regions, topics.defaults().replicas());
        return new Topology(name, filled, links, topics, failover, guarantee, later);
    }

    private static Map<RegionId, Region> withReplicas(Map<RegionId, Region> regions, int replicas) {
        var filled = new LinkedHashMap<>(regions);
        filled.replaceAll((_, region) ->
                region instanceof Region.Hosted hosted ? hosted.withReplicas(replicas) : region);
        return filled;
    }

    private static void checkFormat(Document document, Section file) {
        Optional<Value> format = file.get("tombolo");
        if (format.isEmpty()) {
            document.problem(
                            Rule.FORMAT_VERSION,
                            Span.BEGINNING,
                            "tombolo",
                            "the file does not say that it is a topology file")
                    .why("the version of the format decides how every other key is read")
                    .fix("tombolo: 1        as the first line");
            return;
        }
        Optional<String> version = format.flatMap(Value::text);
        if (version.isPresent() && !version.get().equals(FORMAT)) {
            format.get()
                    .problem(
                            Rule.FORMAT_VERSION,
                            "format version " + version.get() + " is not known to this release")
                    .fix("tombolo: 1");
        }
    }
}
