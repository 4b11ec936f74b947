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
        var topology =
                switch (TopologyFile.parse(
                        "test.yaml",
                        "tombolo: 1\nregions: { eu: { brokers: %d } }".formatted(count))) {
                    case TopologyFile.Valid valid -> valid.topology();
                    case TopologyFile.Invalid(var violations) ->
                            throw new IllegalStateException(violations.toString());
                };
        Region.Hosted eu = topology.hostedRegions().getFirst();
        return eu.brokers().stream()
                .map(broker -> Member.of(topology, eu, broker, folder))
                .toList();
    }
}
