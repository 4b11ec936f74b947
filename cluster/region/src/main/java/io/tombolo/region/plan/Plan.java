package io.tombolo.region.plan;

import java.util.List;
import java.util.SortedMap;

/**
 * What lies between a file and the world.
 *
 * @param changes to be made, in a good order; any other one leads to the same end
 * @param findings what is not changed, and why
 * @param unmanaged how many topics of each region the file says nothing about
 * @param guarantees what each link's ownership rests on
 */
public record Plan(
        List<Change> changes,
        List<Finding> findings,
        SortedMap<String, Integer> unmanaged,
        List<Guarantee> guarantees) {

    public Plan {
        changes = List.copyOf(changes);
        findings = List.copyOf(findings);
        guarantees = List.copyOf(guarantees);
    }

    /** What keeps a difference from being removed. */
    public enum Kind {
        /** Not allowed, or not possible: the file is not fulfilled. */
        BLOCKED,
        /** It was changed at run time and stays so. */
        KEPT,
        /** Worth knowing; the file is fulfilled. */
        WARNING
    }

    /**
     * Something that is not changed.
     *
     * @param object such as {@code topic:orders @eu}
     * @param path where the file says something else, or would
     * @param fix a command, or what to write
     */
    public record Finding(Kind kind, String object, String path, String seen, String fix) {}

    /**
     * Which protection against two writers a link has.
     *
     * @param kind {@code manual} or {@code quorum}
     */
    public record Guarantee(String link, String kind, String text) {}

    public long count(Kind kind) {
        return findings.stream().filter(finding -> finding.kind() == kind).count();
    }

    /** Whether the world is what the file says. */
    public boolean fulfilled() {
        return changes.isEmpty() && count(Kind.BLOCKED) == 0;
    }
}
