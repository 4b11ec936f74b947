package io.tombolo.broker.link;

import io.tombolo.region.PolicyName;
import io.tombolo.region.link.LossBound;

import java.util.Optional;

/**
 * A failover that came to its end, for those who ask later.
 *
 * @param origin who carried it out, which tells how much of it is known
 * @param endedAtMs wall time; empty when this process did not see it
 * @param cause as the ownership record keeps it
 * @param lossBound what was told before; unknown unless one process did it all
 */
public record FinishedFailover(
        PolicyName policy,
        Origin origin,
        Optional<Long> endedAtMs,
        String cause,
        FailoverReport.Done done,
        LossBound lossBound) {

    /** Who carried a failover out. */
    public enum Origin {
        /** This process, from its beginning. */
        CARRIED_OUT,
        /** This process, which went on with what an earlier one had claimed the ownership for. */
        RESUMED,
        /** An earlier process: only what the metadata keeps is known, no steps and no groups. */
        REMEMBERED
    }
}
