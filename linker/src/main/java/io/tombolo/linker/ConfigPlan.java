package io.tombolo.linker;

import io.tombolo.region.link.FollowedConfigs;

import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What has to be changed on a mirror topic so that its configurations follow the source. */
final class ConfigPlan {

    private ConfigPlan() {}

    /**
     * What has to be changed here so that the mirror follows the source.
     *
     * @param followed what the link has set here so far; where the source still has that, a
     *     configuration that may be chosen here stays as it was chosen
     */
    static SortedMap<String, Optional<String>> changes(
            SortedMap<String, String> source,
            SortedMap<String, String> followed,
            SortedMap<String, String> here) {
        var changes = new TreeMap<String, Optional<String>>();
        for (String name : FollowedConfigs.ALWAYS) {
            compare(name, source, here).ifPresent(value -> changes.put(name, value));
        }
        for (String name : FollowedConfigs.BY_DEFAULT) {
            if (keepsEnough(name, source, followed, here)) {
                continue;
            }
            if (!Objects.equals(followed.get(name), source.get(name))) {
                // set even if it is so here by chance: it is followed from now on
                changes.put(name, Optional.ofNullable(source.get(name)));
            } else if (!here.containsKey(name)) {
                compare(name, source, here).ifPresent(value -> changes.put(name, value));
            }
        }
        return changes;
    }

    /**
     * Whether it was chosen here before the link ever followed it, and is not below the source's.
     */
    private static boolean keepsEnough(
            String name,
            SortedMap<String, String> source,
            SortedMap<String, String> followed,
            SortedMap<String, String> here) {
        String chosen = here.get(name);
        String wanted = source.get(name);
        return FollowedConfigs.AT_LEAST.contains(name)
                && !followed.containsKey(name)
                && chosen != null
                && wanted != null
                && FollowedConfigs.atLeast(chosen, wanted);
    }

    private static Optional<Optional<String>> compare(
            String name, SortedMap<String, String> source, SortedMap<String, String> here) {
        String wanted = source.get(name);
        return Objects.equals(wanted, here.get(name))
                ? Optional.empty()
                : Optional.of(Optional.ofNullable(wanted));
    }
}
