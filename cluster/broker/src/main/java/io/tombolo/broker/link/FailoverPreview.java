package io.tombolo.broker.link;

import io.tombolo.region.PolicyName;
import io.tombolo.region.link.Lag;
import io.tombolo.region.link.LossBound;
import io.tombolo.region.topology.LinkEntry;

import java.util.List;
import java.util.Optional;

/**
 * What a failover would mean now.
 *
 * @param ready whether it would be carried out without force
 * @param objections why it would not
 * @param source whether the source counts as there
 * @param risk what would be lost
 * @param leftOut the names of mirrors that would stay read-only, as the link's filter does not
 *     include them
 * @param finished the failover after which there is nothing to do any more
 */
public record FailoverPreview(
        PolicyName policy,
        LinkEntry link,
        boolean ready,
        List<Objection> objections,
        SourceContact source,
        Risk risk,
        long ownershipEpoch,
        List<String> leftOut,
        Optional<FinishedFailover> finished) {

    /** What is told of mirrors that stay behind. */
    static String leftOut(List<String> topics) {
        return "%s: left out by the link's filter, so it stays read-only; delete it when nobody reads it any more"
                .formatted(String.join(", ", topics));
    }

    /**
     * A reason against it.
     *
     * @param code stable, explained by {@code tombolo explain}
     */
    public record Objection(String code, String claim, String seen, String fix) {}

    /**
     * What would be lost.
     *
     * @param lag how far the copy is behind
     * @param lossBound at most this is lost
     */
    public record Risk(Lag lag, LossBound lossBound) {

        /** Nothing is known of a link that does not run. */
        static final Risk UNKNOWN = new Risk(Lag.UNKNOWN, LossBound.UNKNOWN);
    }
}
