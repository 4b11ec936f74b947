package io.tombolo.environment.simulated;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Names, as programs see them now and as they were last forced. The changes between the two are
 * kept in order: a crash keeps some of the first of them.
 */
final class SimulatedDirectory implements DirectoryEntry {

    private final List<Consumer<NavigableMap<String, DirectoryEntry>>> unforced = new ArrayList<>();
    private NavigableMap<String, DirectoryEntry> now = new TreeMap<>();
    private NavigableMap<String, DirectoryEntry> forced = new TreeMap<>();

    @Nullable DirectoryEntry get(String name) {
        return now.get(name);
    }

    List<String> names() {
        return List.copyOf(now.keySet());
    }

    Iterable<DirectoryEntry> entries() {
        return now.values();
    }

    boolean isEmpty() {
        return now.isEmpty();
    }

    void put(String name, DirectoryEntry entry) {
        change(names -> names.put(name, entry));
    }

    void remove(String name) {
        change(names -> names.remove(name));
    }

    /** One step: after a crash the entry has the old name or the new one. */
    void rename(String from, String to, DirectoryEntry entry) {
        change(names -> {
            names.remove(from);
            names.put(to, entry);
        });
    }

    private void change(Consumer<NavigableMap<String, DirectoryEntry>> change) {
        change.accept(now);
        unforced.add(change);
    }

    void force() {
        forced = new TreeMap<>(now);
        unforced.clear();
    }

    void losePower(SimulatedEntropy entropy, double keptShare) {
        int kept = 0;
        while (kept < unforced.size() && entropy.chance(keptShare)) {
            unforced.get(kept++).accept(forced);
        }
        now = new TreeMap<>(forced);
        unforced.clear();
        for (DirectoryEntry entry : now.values()) {
            switch (entry) {
                case FileContent file -> file.losePower(entropy, keptShare);
                case SimulatedDirectory directory -> directory.losePower(entropy, keptShare);
            }
        }
    }
}
