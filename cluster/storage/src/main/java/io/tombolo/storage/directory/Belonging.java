package io.tombolo.storage.directory;

import io.tombolo.environment.Disk;
import io.tombolo.environment.DiskFile;
import io.tombolo.storage.log.DirectoryIdentity;
import io.tombolo.storage.log.LogName;
import io.tombolo.storage.segment.PartitionMetadata;
import io.tombolo.storage.segment.PropertyFile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Whether the directories of a node belong together, read before anything in them is touched: the
 * ids of cluster and node follow from names, which two installations may share.
 *
 * <p>The metadata log is only where it is expected, and all have the same {@link
 * DirectoryIdentity#installation}. One that has none takes it over if it holds no logs, or if those
 * that ran together have written down that it was among them.
 *
 * @param home the one where the metadata log is expected
 * @param others that can be read
 */
record Belonging(Look home, List<Look> others) {

    /**
     * What a directory says of itself.
     *
     * @param known which directories it has run with, if the metadata log was in it
     */
    record Look(
            Path path,
            Optional<UUID> id,
            Optional<UUID> installation,
            Optional<LogName> log,
            Optional<Path> metadata,
            Map<Path, UUID> known) {

        static Look at(Path path, Disk disk) throws IOException {
            Path meta = path.resolve(DirectoryIdentity.FILE);
            Map<String, String> pairs =
                    disk.exists(meta)
                            ? PropertyFile.decode(disk.readAll(meta), "=").orElse(Map.of())
                            : Map.of();
            return new Look(
                    path,
                    PartitionMetadata.parse(pairs.getOrDefault(DirectoryIdentity.DIRECTORY, "")),
                    PartitionMetadata.parse(pairs.getOrDefault(DirectoryIdentity.INSTALLATION, "")),
                    disk.list(path).stream().flatMap(it -> LogName.parse(it).stream()).findFirst(),
                    metadata(path.resolve(DirectoryPaths.METADATA_FOLDER), disk),
                    KnownDirectories.read(disk, path));
        }

        /** One without a byte in it is left of a start that came to nothing. */
        private static Optional<Path> metadata(Path folder, Disk disk) throws IOException {
            for (String log : disk.list(folder)) {
                if (LogName.parse(log).isEmpty()) {
                    continue;
                }
                for (String file : disk.list(folder.resolve(log))) {
                    if (file.endsWith(".checkpoint")
                            || file.endsWith(".log")
                                    && hasBytes(folder.resolve(log).resolve(file), disk)) {
                        return Optional.of(folder);
                    }
                }
            }
            return Optional.empty();
        }

        private static boolean hasBytes(Path path, Disk disk) throws IOException {
            try (DiskFile file = disk.openForReading(path)) {
                return file.size() > 0;
            }
        }
    }

    static Belonging of(DirectoryPaths paths, Disk disk) throws IOException {
        var others = new ArrayList<Look>();
        for (Path path : paths.all()) {
            if (!path.equals(paths.metadata())) {
                try {
                    others.add(Look.at(path, disk));
                } catch (IOException unreadable) {
                    continue; // opening it tells
                }
            }
        }
        return new Belonging(Look.at(paths.metadata(), disk), List.copyOf(others));
    }

    /** Those of the last start. */
    Map<Path, UUID> known() {
        return home.known;
    }

    /** The one that they have; empty when none has one. */
    Optional<UUID> installation() {
        return Stream.concat(Stream.of(home), others.stream())
                .flatMap(it -> it.installation.stream())
                .findFirst();
    }

    /** Why they do not belong together, and what to do. */
    Optional<String> contradiction() {
        return others.stream()
                .flatMap(it -> misplaced(it).stream())
                .findFirst()
                .or(() -> others.stream().flatMap(it -> foreign(it).stream()).findFirst());
    }

    private Optional<String> misplaced(Look other) {
        Path expected = home.path.resolve(DirectoryPaths.METADATA_FOLDER);
        return other.metadata.map(found ->
                home.metadata.isPresent()
                        ? ("there are two metadata logs, in %s, where it is expected, and in %s; if"
                                        + " %s belongs to another installation, take it out of the"
                                        + " directories of this one, and if not, keep the one that"
                                        + " is right and move the other folder away")
                                .formatted(expected, found, other.path)
                        : ("the metadata log is in %s, and is expected in %s, the first directory"
                                        + " or the one of metadata.log.dir; keep the directories in"
                                        + " the order they had, or move the folder %s to %s")
                                .formatted(found, expected, found, expected));
    }

    private Optional<String> foreign(Look other) {
        boolean ours =
                other.installation.isPresent()
                        ? other.installation.equals(installation())
                        : other.log.isEmpty() || ranWithHome(other);
        return ours
                ? Optional.empty()
                : Optional.of(
                        ("the directories %s and %s do not belong to the same installation (%s in"
                                        + " %s is %s and %s)%s; name only directories that ran"
                                        + " together, or empty ones")
                                .formatted(
                                        home.path,
                                        other.path,
                                        DirectoryIdentity.INSTALLATION,
                                        DirectoryIdentity.FILE,
                                        text(installation()),
                                        text(other.installation),
                                        other.log
                                                .map(it -> ", and there are logs, such as " + it)
                                                .orElse("")));
    }

    /** As those of installations did that were begun when none had an id. */
    private boolean ranWithHome(Look other) {
        if (home.id.isEmpty()) {
            return installation().isEmpty();
        }
        return other.id.isPresent()
                && Stream.concat(Stream.of(home), others.stream())
                        .filter(it -> it == home || names(it, home.id))
                        .anyMatch(it -> names(it, other.id));
    }

    private static boolean names(Look one, Optional<UUID> id) {
        return id.filter(one.known::containsValue).isPresent();
    }

    private static String text(Optional<UUID> id) {
        return id.map(PartitionMetadata::text).orElse("missing");
    }
}
