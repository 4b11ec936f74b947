package io.tombolo.cli.kafka;

import io.tombolo.cli.admin.OwnedTopics;
import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.topology.Region;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;

/** Which region a command talks to. */
public final class RegionChoice {

    private RegionChoice() {}

    /** One region of the file. */
    public static KafkaRegion one(Shell shell, LoadedFile file, String region) {
        return new KafkaRegion(shell, file, file.hosted(region));
    }

    /** A cluster that runs elsewhere; one that the file names. */
    public static KafkaRegion foreign(Shell shell, LoadedFile file, Region.Foreign region) {
        return new KafkaRegion(shell, file, region);
    }

    /** The region chosen, or all of the file. */
    public static List<KafkaRegion> oneOrAll(Shell shell, @Nullable String chosen) {
        LoadedFile file = LoadedFile.of(shell);
        return file.hostedOrAll(Optional.ofNullable(chosen)).stream()
                .map(region -> new KafkaRegion(shell, file, region))
                .toList();
    }

    /**
     * The region chosen; otherwise the one that owns the topic, by what the regions say of its
     * link; otherwise the one the file declares it in; otherwise the first.
     */
    public static KafkaRegion forTopic(Shell shell, @Nullable String chosen, String topic) {
        LoadedFile file = LoadedFile.of(shell);
        List<Region.Hosted> regions = file.hostedOrAll(Optional.ofNullable(chosen));
        if (regions.size() == 1) {
            return new KafkaRegion(shell, file, regions.getFirst());
        }
        String owner = OwnedTopics.ownerOf(shell, file, topic);
        shell.note("asking region " + owner);
        return new KafkaRegion(shell, file, file.hosted(owner));
    }
}
