package io.tombolo.cli.fleet;

import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.file.TopologyFile;

import java.nio.file.Path;
import java.util.List;

/** Brokers of a file that exists only here. */
final class Members {

    private Members() {}

    /** A region {@code eu} of some brokers, whose data would be in this folder. */
    static List<Member> of(Path folder, int count) {
        return of(folder, "brokers: " + count);
    }

    /** The same for a region with these keys. */
    static List<Member> of(Path folder, String keys) {
        var topology =
                switch (TopologyFile.parse(
                        "test.yaml", "tombolo: 1\nregions: { eu: { %s } }".formatted(keys))) {
                    case TopologyFile.Valid valid -> valid.topology();
                    case TopologyFile.Invalid(var violations) ->
                            throw new IllegalStateException(violations.toString());
                };
        Region.Hosted eu = topology.hostedRegions().getFirst();
        return eu.nodes().all().stream()
                .map(node -> Member.of(topology, eu, node, folder))
                .toList();
    }
}
