package io.tombolo.region.topology.file;

import io.tombolo.region.topology.DirectoryClash;
import io.tombolo.region.topology.Region;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads where the processes of a region keep their data: from {@code storage:}, or from {@code
 * log.dirs}, {@code log.dir} and {@code metadata.log.dir} in {@code config:}, which mean the same.
 * Whoever says it twice has to say the same.
 */
final class StorageReader {

    static final String LOG_DIR = "log.dir";
    static final String LOG_DIRS = "log.dirs";
    static final String METADATA_LOG_DIR = "metadata.log.dir";

    private final Map<String, Value> config;
    private final Shortfalls notes;
    private final Map<String, Value> said = new LinkedHashMap<>();

    /**
     * @param config the entries of {@code config:} that name directories, by name
     */
    StorageReader(Map<String, Value> config, Shortfalls notes) {
        this.config = config;
        this.notes = notes;
    }

    Region.Storage read(Optional<Value> storage) {
        Optional<Section> section =
                storage.map(value -> value.section("dir", "dirs", "tier", "keepLocal"));
        Optional<Value> keepLocal = section.flatMap(it -> it.get("keepLocal"));
        Optional<Value> tier = section.flatMap(it -> it.get("tier"));
        tier.ifPresent(notes::tieredStorage);
        if (tier.isEmpty()) {
            keepLocal.ifPresent(StorageReader::warnOfIdleKeepLocal);
        }
        return new Region.Storage(
                dirs(section),
                metadataDir(),
                tier.flatMap(StorageReader::tier),
                keepLocal.flatMap(it -> it.duration(Duration.ZERO, Duration.ofDays(36_500))));
    }

    private List<String> dirs(Optional<Section> section) {
        Map<Value, List<String>> lists = new LinkedHashMap<>();
        section.flatMap(it -> it.get("dir")).ifPresent(dir -> lists.put(dir, one(dir)));
        section.flatMap(it -> it.get("dirs")).ifPresent(dirs -> lists.put(dirs, several(dirs)));
        for (String name : List.of(LOG_DIRS, LOG_DIR)) {
            Optional.ofNullable(config.get(name)).ifPresent(it -> lists.put(it, several(it)));
        }
        lists.values().removeIf(List::isEmpty);
        if (lists.isEmpty()) {
            return List.of(Region.Storage.DIR_DEFAULT);
        }
        Map.Entry<Value, List<String>> first = lists.entrySet().iterator().next();
        lists.forEach((entry, dirs) -> compare(first, entry, dirs));
        return first.getValue();
    }

    private static void compare(
            Map.Entry<Value, List<String>> first, Value entry, List<String> dirs) {
        List<Path> known = first.getValue().stream().map(StorageReader::normal).toList();
        if (!known.equals(dirs.stream().map(StorageReader::normal).toList())) {
            String other = first.getKey().name();
            entry.problemWithName(
                            Rule.EXCLUSIVE_KEYS,
                            "%s names other directories than %s".formatted(entry.name(), other))
                    .seen("%s, and %s".formatted(first.getValue(), dirs))
                    .why("both say where the brokers of the region keep their logs")
                    .fix("remove %s or %s".formatted(other, entry.name()));
        }
    }

    private List<String> one(Value dir) {
        Optional<String> path = dir.text().filter(text -> !text.isBlank() && isPath(dir, text));
        path.ifPresent(text -> said.putIfAbsent(text, dir));
        return path.stream().toList();
    }

    /** A list, or as Kafka writes it: one text with commas. */
    private List<String> several(Value value) {
        var dirs = new ArrayList<String>();
        boolean named = config.containsValue(value);
        if (named && !(value.node() instanceof YamlNode.Sequence)) {
            parts(value).forEach(part -> take(part, dirs, part.text().orElse("")));
        } else {
            value.items().forEach(item -> take(item, dirs, item.text().orElse("")));
        }
        boolean blank =
                !(value.node() instanceof YamlNode.Scalar scalar)
                        || scalar.text().replace(',', ' ').isBlank();
        if (dirs.isEmpty() && named && blank) {
            value.problem(Rule.CONFIG_VALUE, value.name() + " names no directory")
                    .fix(value.name() + ": /disk1/{n}, or remove it");
        }
        return dirs;
    }

    /** What stands between the commas of one text, each in its own place of the file. */
    private static List<Value> parts(Value value) {
        if (!(value.node() instanceof YamlNode.Scalar whole) || !whole.text().contains(",")) {
            return List.of(value);
        }
        var parts = new ArrayList<Value>();
        int from = 0;
        for (String part : whole.text().split(",")) {
            int leading = part.length() - part.stripLeading().length();
            var place = value.document().spanOf(whole, from + leading);
            var node = new YamlNode.Scalar(part.strip(), false, place);
            parts.add(
                    new Value(
                            value.document(),
                            "%s[%d]".formatted(value.path(), parts.size()),
                            value.key(),
                            node));
            from += part.length() + 1;
        }
        return parts;
    }

    private void take(Value item, List<String> dirs, String dir) {
        if (!dir.isBlank() && isPath(item, dir) && isApart(item, dirs, dir)) {
            dirs.add(dir);
            said.putIfAbsent(dir, item);
        }
    }

    /** Two directories on one disk, or one in the other, are no two directories. */
    private static boolean isApart(Value item, List<String> before, String dir) {
        Path path = normal(dir);
        for (String other : before) {
            Path known = normal(other);
            if (path.startsWith(known) || known.startsWith(path)) {
                item.problem(
                                Rule.SHARED_DIRECTORY,
                                path.equals(known)
                                        ? "the directory %s stands here a second time"
                                                .formatted(dir)
                                        : "the directories %s and %s lie in each other"
                                                .formatted(other, dir))
                        .why("each directory is meant for a disk of its own, which may fail alone")
                        .fix("remove one of them");
                return false;
            }
        }
        return true;
    }

    private Optional<String> metadataDir() {
        Value value = config.get(METADATA_LOG_DIR);
        if (value == null) {
            return Optional.empty();
        }
        Optional<String> dir = value.text();
        if (dir.isPresent() && dir.get().isBlank()) {
            value.problem(Rule.CONFIG_VALUE, METADATA_LOG_DIR + " names no directory")
                    .fix(METADATA_LOG_DIR + ": /disk1/{n}, or remove it");
            return Optional.empty();
        }
        Optional<String> path = dir.filter(text -> isPath(value, text));
        path.ifPresent(text -> said.putIfAbsent(text, value));
        return path;
    }

    private static boolean isPath(Value value, String dir) {
        try {
            normal(dir);
            return true;
        } catch (InvalidPathException impossible) {
            value.problem(Rule.CONFIG_VALUE, value.path() + " cannot be the path of a directory")
                    .seen(impossible.getReason())
                    .fix("name another one, such as /disk1/{n}");
            return false;
        }
    }

    private static Path normal(String dir) {
        return Path.of(dir).toAbsolutePath().normalize();
    }

    /** A directory of the region that was read, in one that is taken. */
    void report(Document document, DirectoryClash clash) {
        DirectoryClash.Folder inner = clash.inner();
        DirectoryClash.Folder outer = clash.outer();
        if (inner.node().equals(outer.node()) && inner.region() == outer.region()) {
            clashing(document, inner, "lies in another one of " + owner(outer))
                    .why("each directory is meant for a disk of its own, which may fail alone")
                    .fix("name one that does not lie in %s".formatted(outer.path()))
                    .seen("%s, in %s".formatted(inner.path(), outer.path()));
            return;
        }
        boolean own = inner.region() == outer.region();
        clashing(
                        document,
                        inner,
                        "%slies in the one of %s"
                                .formatted(own ? "of " + owner(inner) + " " : "", owner(outer)))
                .why("a broker removes from its directory what it does not know")
                .fix(
                        own
                                ? "give each process directories of its own, such as /disk1/{n}"
                                : "give region %s another directory"
                                        .formatted(inner.region().id()));
    }

    /** At the value that names the directory, or at the region if it is where all of them are. */
    private Problem clashing(Document document, DirectoryClash.Folder inner, String claim) {
        String text = "the directory %s %s".formatted(inner.named(), claim);
        Value value = said.get(inner.named());
        if (value != null) {
            return value.problem(Rule.SHARED_DIRECTORY, text);
        }
        String path = "regions." + inner.region().id();
        return document.problem(Rule.SHARED_DIRECTORY, document.spanOf(path), path, text);
    }

    private static String owner(DirectoryClash.Folder folder) {
        return "%s %d of region %s"
                .formatted(
                        folder.node() instanceof Region.Broker ? "broker" : "controller",
                        folder.node().number(),
                        folder.region().id());
    }

    private static Optional<String> tier(Value value) {
        Optional<String> address = value.text();
        if (address.isPresent() && !address.get().matches("(s3://|file:/).+")) {
            value.problem(Rule.ADDRESS, value.path() + " must be the address of an object store")
                    .seen(value.node().kind())
                    .fix("tier: s3://bucket/prefix", "tier: file:/path");
            return Optional.empty();
        }
        return address;
    }

    private static void warnOfIdleKeepLocal(Value keepLocal) {
        keepLocal
                .document()
                .warning(
                        Rule.IDLE_KEY,
                        keepLocal.node().span(),
                        keepLocal.path(),
                        "keepLocal has no effect without tier")
                .why("all segments stay on the local disk until retention deletes them")
                .fix("remove keepLocal, or set tier");
    }
}
