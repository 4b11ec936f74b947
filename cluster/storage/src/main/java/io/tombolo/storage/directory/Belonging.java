package io.tombolo.storage.directory;

import io.tombolo.environment.Disk;
import io.tombolo.environment.Disk.LockHeld;
import io.tombolo.storage.log.DirectoryIdentity;
import io.tombolo.storage.log.DirectoryIdentity.Refusal;
import io.tombolo.storage.log.LogName;
import io.tombolo.storage.segment.PartitionMetadata;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Whether the directories of a node are its own, belong together, and have the metadata log where
 * it is expected: decided by reading alone, before anything in any of them is touched, so that a
 * start that is refused leaves them as they were.
 *
 * <p>The ids of cluster and node follow from names, which two installations may share. So all have
 * the same {@link DirectoryIdentity#installation}; one that has none takes it over if it holds no
 * logs, or if those that ran together have written down that it was among them.
 *
 * @param home the one where the metadata log is expected
 * @param others that can be read
 * @param unseen why the rest cannot: whose they are is not known, so they must not be opened
 * @param former those that had the metadata log once and are none of these, if it is there still
 */
record Belonging(
        DirectoryPaths paths,
        DirectoryIdentity identity,
        Look home,
        List<Look> others,
        Map<Path, IOException> unseen,
        List<Look> former) {

    private static final String TOGETHER = "name only directories that ran together, or empty ones";

    /** Looks at all of them. */
    static Belonging of(DirectoryPaths paths, DirectoryIdentity identity, Disk disk)
            throws IOException {
        var others = new ArrayList<Look>();
        var unseen = new TreeMap<Path, IOException>();
        for (Path path : paths.all()) {
            if (!path.equals(paths.metadata())) {
                try {
                    others.add(Look.at(path, disk));
                } catch (IOException unreadable) {
                    unseen.put(path, unreadable);
                }
            }
        }
        Look home = Look.at(paths.metadata(), disk);
        return new Belonging(
                paths,
                identity,
                home,
                List.copyOf(others),
                Map.copyOf(unseen),
                former(paths, home, others, disk));
    }

    private static List<Look> former(
            DirectoryPaths paths, Look home, List<Look> others, Disk disk) {
        List<Path> named = paths.all().stream().map(KnownDirectories::normal).toList();
        var former = new ArrayList<Look>();
        Stream.concat(Stream.of(home), others.stream())
                .flatMap(it -> it.metadataElsewhere().stream())
                .distinct()
                .filter(it -> !named.contains(it))
                .forEach(path -> {
                    try {
                        former.add(Look.at(path, disk));
                    } catch (IOException unreadable) {
                        return; // as good as not there: what was in it may be lost, see lost()
                    }
                });
        return List.copyOf(former);
    }

    /** Those of the last start. */
    Map<Path, UUID> known() {
        return home.known();
    }

    /** The one that they have; empty when none has one. */
    Optional<UUID> installation() {
        return all().flatMap(it -> it.installation().stream()).findFirst();
    }

    private Stream<Look> all() {
        return Stream.concat(Stream.of(home), others.stream());
    }

    /** Why they cannot be used as they are, and what to do. */
    Optional<Refusal> refusal() {
        return first(all(), it -> it.begun() ? identity.objection(it.path(), it.pairs()) : none())
                .or(() -> first(others.stream(), this::misplaced))
                .or(() -> first(others.stream(), this::foreign))
                .or(this::logsWhereNoneBelong)
                .or(this::movedAway)
                .or(this::lost);
    }

    private static Optional<Refusal> first(
            Stream<Look> looks, Function<Look, Optional<Refusal>> rule) {
        return looks.flatMap(it -> rule.apply(it).stream()).findFirst();
    }

    private static Optional<Refusal> none() {
        return Optional.empty();
    }

    /**
     * Whether another process uses one that was begun; looked for last, as it opens their locks.
     */
    Optional<Refusal> inUse(Disk disk) {
        for (Look one : all().filter(Look::begun).toList()) {
            Path lock = one.path().resolve(DirectoryIdentity.LOCK);
            try {
                if (disk.exists(lock)) {
                    disk.lock(lock).close();
                }
            } catch (LockHeld held) {
                return Optional.of(Refusal.inUse(one.path(), held));
            } catch (IOException broken) {
                continue; // opening it takes the lock, or fails
            }
        }
        return Optional.empty();
    }

    private Optional<Refusal> misplaced(Look other) {
        if (!other.hasMetadata()) {
            return Optional.empty();
        }
        Path expected = home.metadataFolder();
        Path found = other.metadataFolder();
        return Optional.of(
                home.hasMetadata()
                        ? new Refusal(
                                "there are two metadata logs, in %s, where it is expected, and in %s"
                                        .formatted(expected, found),
                                ("if %s belongs to another installation, take it out of the"
                                     + " directories of this one, and if not, keep the one that is"
                                     + " right and move the other folder away")
                                        .formatted(other.path()))
                        : new Refusal(
                                ("the metadata log is in %s, and is expected in %s, the first"
                                                + " directory or the one of metadata.log.dir")
                                        .formatted(found, expected),
                                "keep the directories in the order they had, or move it: "
                                        + moving(found)));
    }

    /** What to type, with what a start that came to nothing left in the way. */
    private String moving(Path source) {
        String from = ShellWord.of(source);
        String to = ShellWord.of(home.metadataFolder());
        return switch (home.metadata()) {
            case IDLE -> "rm -r %s && mv %s %s".formatted(to, from, to);
            case MISSING, FILLED ->
                    home.begun()
                            ? "mv %s %s".formatted(from, to)
                            : "mkdir -p %s && mv %s %s"
                                    .formatted(ShellWord.of(home.path()), from, to);
        };
    }

    private Optional<Refusal> foreign(Look other) {
        boolean ours =
                other.installation().isPresent()
                        ? other.installation().equals(installation())
                        : other.oneLog().isEmpty() || ranWithHome(other);
        return ours
                ? Optional.empty()
                : Optional.of(
                        new Refusal(
                                ("the directories %s and %s do not belong to the same installation"
                                                + " (%s in %s is %s and %s)%s")
                                        .formatted(
                                                home.path(),
                                                other.path(),
                                                DirectoryIdentity.INSTALLATION,
                                                DirectoryIdentity.FILE,
                                                text(installation()),
                                                text(other.installation()),
                                                other.oneLog()
                                                        .map(it ->
                                                                ", and there are logs, such as "
                                                                        + it)
                                                        .orElse("")),
                                TOGETHER));
    }

    /** As those of installations did that were begun when none had an id. */
    private boolean ranWithHome(Look other) {
        if (home.id().isEmpty()) {
            return installation().isEmpty();
        }
        return other.id().isPresent()
                && all().filter(it -> it == home || names(it, home.id()))
                        .anyMatch(it -> names(it, other.id()));
    }

    private static boolean names(Look one, Optional<UUID> id) {
        return id.filter(one.known()::containsValue).isPresent();
    }

    private static String text(Optional<UUID> id) {
        return id.map(PartitionMetadata::text).orElse("missing");
    }

    /** To go on without the logs that are there would be to lose them. */
    private Optional<Refusal> logsWhereNoneBelong() {
        List<LogName> names = home.logs();
        return names.isEmpty() || !paths.apart()
                ? Optional.empty()
                : Optional.of(
                        new Refusal(
                                ("%s is the directory of the metadata log alone, and holds logs of"
                                                + " topics (%s, %d in all)")
                                        .formatted(home.path(), names.getFirst(), names.size()),
                                "name it among the directories of logs as well"));
    }

    /** The file names another place for the metadata log than it had, and it is there still. */
    private Optional<Refusal> movedAway() {
        if (home.hasMetadata()) {
            return Optional.empty();
        }
        return former.stream()
                .filter(Look::hasMetadata)
                .filter(it -> it.installation().equals(installation()))
                .findFirst()
                .map(it ->
                        new Refusal(
                                ("this region has begun before, and its metadata log is in %s, not"
                                                + " in %s, where it is expected")
                                        .formatted(it.metadataFolder(), home.metadataFolder()),
                                "set metadata.log.dir to where it was, or move it: "
                                        + moving(it.metadataFolder())));
    }

    /** Nobody else has it. */
    private Optional<Refusal> lost() {
        Optional<Look> holder = all().filter(it -> it.oneLog().isPresent()).findFirst();
        if (!paths.sole() || home.hasMetadata() || holder.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new Refusal(
                        ("this region has begun before, as its logs of topics tell (%s in %s), and"
                             + " its metadata log is not in %s; beginning it anew would give their"
                             + " names to other topics")
                                .formatted(
                                        holder.get().oneLog().orElseThrow(),
                                        holder.get().path(),
                                        home.metadataFolder()),
                        "put it back, from where it was moved to or from a backup ("
                                + moving(Path.of("FOLDER"))
                                + "), or give the region empty directories"));
    }
}
