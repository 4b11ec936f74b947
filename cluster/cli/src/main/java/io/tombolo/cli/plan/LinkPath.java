package io.tombolo.cli.plan;

import io.tombolo.region.LinkName;
import io.tombolo.region.plan.World;
import io.tombolo.region.topology.FailoverPolicy;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Topology;

import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A path below {@code links.} or {@code failover.}, as a setting of a link. Names may have dots:
 * the longest one that is known counts.
 *
 * @param written the link as the file has it
 * @param link whose setting it is
 * @param setting as {@link LinkEntry#settings} names it, or {@code from} or {@code to}
 */
record LinkPath(Topology file, Optional<LinkEntry> written, LinkName link, String setting) {

    private static final String LINKS = "links.";
    private static final String FAILOVER = "failover.";

    /** Empty when the path is of something else. */
    static Optional<LinkPath> of(Topology file, String path) {
        if (path.startsWith(LINKS)) {
            String rest = path.substring(LINKS.length());
            return longest(file.links().keySet().stream().map(LinkName::name), rest)
                    .map(name -> {
                        var link = new LinkName(name);
                        return new LinkPath(
                                file,
                                Optional.ofNullable(file.links().get(link)),
                                link,
                                rest.substring(name.length() + 1));
                    });
        }
        if (path.startsWith(FAILOVER)) {
            String rest = path.substring(FAILOVER.length());
            Stream<String> names = file.failover().keySet().stream().map(policy -> policy.name());
            return longest(names, rest)
                    .flatMap(name ->
                            file.failover().values().stream()
                                    .filter(policy -> policy.name().name().equals(name))
                                    .findFirst())
                    .map(policy -> of(file, policy, path));
        }
        return Optional.empty();
    }

    private static LinkPath of(Topology file, FailoverPolicy policy, String path) {
        return new LinkPath(
                file,
                Optional.ofNullable(file.links().get(policy.follows())),
                policy.follows(),
                path);
    }

    private static Optional<String> longest(Stream<String> names, String rest) {
        return names.filter(name -> rest.startsWith(name + "."))
                .max(Comparator.comparingInt(String::length));
    }

    /** What the file says, defaults filled in. */
    Optional<String> inFile() {
        return written.flatMap(entry ->
                switch (setting) {
                    case "from" -> Optional.of(entry.from().name());
                    case "to" -> Optional.of(entry.to().name());
                    default ->
                            Optional.ofNullable(entry.settings(file.policiesOf(link)).get(setting));
                });
    }

    /** What a region has. */
    Optional<String> in(World.Holding holding) {
        return Optional.ofNullable(holding.links().get(link.name()))
                .flatMap(there ->
                        switch (setting) {
                            case "from" -> Optional.of(there.ends().from().name());
                            case "to" -> Optional.of(there.ends().to().name());
                            default -> Optional.ofNullable(there.settings().get(setting));
                        });
    }
}
