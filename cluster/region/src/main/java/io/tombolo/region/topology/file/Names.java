package io.tombolo.region.topology.file;

import io.tombolo.region.RegionId;
import io.tombolo.region.diagnosis.NearestName;
import io.tombolo.region.topology.Region;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** The names that other sections may refer to. */
record Names(Map<RegionId, Region> regions, Set<String> stretchClusters) {

    /** The region of this name, or a message. */
    Optional<RegionId> region(Value value) {
        Optional<String> name = value.text();
        Optional<RegionId> known =
                regions.keySet().stream()
                        .filter(region -> name.isPresent() && region.name().equals(name.get()))
                        .findFirst();
        if (name.isPresent() && known.isEmpty()) {
            unknown(value, "region", name.get(), regionNames());
        }
        return known;
    }

    /** A region whose brokers are ours, or a message that says what needs one. */
    Optional<RegionId> hostedRegion(Value value, String need) {
        Optional<RegionId> region = region(value);
        if (region.isPresent() && regions.get(region.get()) instanceof Region.Foreign) {
            value.problem(Rule.FOREIGN_TARGET, "%s, and %s has none".formatted(need, region.get()))
                    .seen("regions." + region.get() + " has bootstrap:, it runs elsewhere")
                    .fix("name a region without bootstrap:");
            return Optional.empty();
        }
        return region;
    }

    List<String> regionNames() {
        return regions.keySet().stream().map(RegionId::name).toList();
    }

    static void unknown(Value value, String kind, String name, Collection<String> known) {
        Problem problem =
                value.problem(Rule.UNKNOWN_REFERENCE, "there is no %s '%s'".formatted(kind, name))
                        .seen(
                                known.isEmpty()
                                        ? "the file defines none"
                                        : "defined are " + String.join(", ", known));
        NearestName.to(name, known)
                .ifPresentOrElse(
                        near -> problem.fix("write " + near),
                        () -> problem.fix("define it, or use one that is defined"));
    }

    /** The name of an entry as a typed id, or a message. */
    static <T> Optional<T> idOf(Value entry, Function<String, T> type) {
        try {
            return Optional.of(type.apply(entry.name()));
        } catch (IllegalArgumentException illegal) {
            entry.problemWithName(Rule.ILLEGAL_NAME, String.valueOf(illegal.getMessage()))
                    .fix("use letters, digits and '-'");
            return Optional.empty();
        }
    }
}
