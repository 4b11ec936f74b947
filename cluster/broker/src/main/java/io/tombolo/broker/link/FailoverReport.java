package io.tombolo.broker.link;

import io.tombolo.region.link.FailoverOutcome;

import java.util.List;

/** What became of a failover. */
public sealed interface FailoverReport {

    /**
     * This region owns the topics now and takes writes.
     *
     * @param steps in the order they were done
     */
    record Done(long ownershipEpoch, List<Step> steps, FailoverOutcome outcome)
            implements FailoverReport {}

    /** Nothing was changed. */
    record Refused(FailoverPreview preview) implements FailoverReport {}

    /**
     * It stopped half way; asking again goes on.
     *
     * @param problem what to tell the operator
     */
    record Interrupted(List<Step> steps, String problem) implements FailoverReport {}

    /** One step and how long it took. */
    record Step(String name, String detail, long nanos) {}
}
