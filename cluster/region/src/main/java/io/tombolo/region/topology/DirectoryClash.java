package io.tombolo.region.topology;

import io.tombolo.region.RegionId;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Two processes that would write to one directory: what one of them has there would be taken for
 * the other one's.
 *
 * @param inner whose directory lies in that of the other one, or is the same
 */
public record DirectoryClash(Folder inner, Folder outer) {

    /**
     * A directory of a process.
     *
     * @param named as the file names it
     * @param path where that is
     */
    public record Folder(Region.Hosted region, Region.Node node, String named, Path path) {}

    /** The first clash within each region and between each two of them. */
    public static List<DirectoryClash> among(Collection<Region> regions) {
        List<Folder> folders = new ArrayList<>();
        for (Region region : regions) {
            if (region instanceof Region.Hosted hosted) {
                hosted.nodes().all().forEach(node -> folders.addAll(foldersOf(hosted, node)));
            }
        }
        Map<Path, Folder> taken = new HashMap<>();
        folders.forEach(folder -> taken.putIfAbsent(folder.path(), folder));
        var clashes = new ArrayList<DirectoryClash>();
        Set<List<RegionId>> told = new HashSet<>();
        for (Folder folder : folders) {
            for (Path path = folder.path(); path != null; path = path.getParent()) {
                Folder outer = taken.get(path);
                if (outer != null
                        && outer != folder
                        && told.add(List.of(outer.region().id(), folder.region().id()))) {
                    clashes.add(new DirectoryClash(folder, outer));
                }
            }
        }
        return clashes;
    }

    private static List<Folder> foldersOf(Region.Hosted region, Region.Node node) {
        Region.Storage storage = region.storage();
        Set<String> dirs = new LinkedHashSet<>();
        if (node instanceof Region.Broker) {
            dirs.addAll(storage.dirs());
        }
        dirs.add(storage.metadataDir().orElse(storage.dir()));
        Set<Path> paths = new HashSet<>();
        return dirs.stream()
                .map(dir -> new Folder(region, node, dir, normal(region.folder(dir, node))))
                .filter(folder -> paths.add(folder.path()))
                .toList();
    }

    private static Path normal(String dir) {
        return Path.of(dir).toAbsolutePath().normalize();
    }
}
