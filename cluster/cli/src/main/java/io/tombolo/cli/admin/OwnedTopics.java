package io.tombolo.cli.admin;

import io.tombolo.cli.admin.RegionSnapshots.Snapshot;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topics;

import java.util.List;
import java.util.Optional;

/** Finds the region that owns a topic. */
public final class OwnedTopics {

    private OwnedTopics() {}

    /**
     * The owner that the regions name with the highest epoch, when a link copies the topic;
     * otherwise the region the file declares the topic in, or the first one.
     */
    public static String ownerOf(Shell shell, LoadedFile file, String topic) {
        List<LinkEntry> links =
                file.topology().links().values().stream()
                        .filter(link -> link.topics().includes(topic))
                        .filter(link -> file.topology().hosted(link.from()).isPresent())
                        .toList();
        List<Region.Hosted> regions = file.topology().hostedRegions();
        Topics.Topic declared = file.topology().topics().declared().get(topic);
        String fallback =
                declared != null
                                && regions.stream()
                                        .anyMatch(
                                                region -> region.id().name().equals(declared.in()))
                        ? declared.in()
                        : links.isEmpty()
                                ? regions.getFirst().id().name()
                                : links.getFirst().from().name();
        if (links.isEmpty()) {
            return fallback;
        }
        String domain = links.getFirst().domain().name();
        return newest(RegionSnapshots.of(shell, regions), domain)
                .filter(owner ->
                        file.topology().hostedRegions().stream()
                                .anyMatch(region -> region.id().name().equals(owner)))
                .orElse(fallback);
    }

    private static Optional<String> newest(List<Snapshot> snapshots, String domain) {
        long epoch = -1;
        Optional<String> owner = Optional.empty();
        for (Snapshot snapshot : snapshots) {
            for (Tree ownership : snapshot.status().at("ownership").items()) {
                boolean same = ownership.at("domain").text().equals(domain);
                Tree taken = ownership.at("takenOver");
                if (same && taken.present()) {
                    return Optional.of(taken.at("owner").text());
                }
                if (same && ownership.at("epoch").number(-1) > epoch) {
                    epoch = ownership.at("epoch").number(-1);
                    owner = Optional.of(ownership.at("owner").text());
                }
            }
        }
        return owner;
    }
}
