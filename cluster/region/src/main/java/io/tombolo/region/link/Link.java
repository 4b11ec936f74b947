package io.tombolo.region.link;

import java.util.concurrent.CompletionStage;

/** One link at work on one broker. Every call arrives on the loop of its {@link LinkHost}. */
public interface Link extends AutoCloseable {

    /**
     * Makes the link do what is wanted now: start, stop, pause, resume, follow another filter, take
     * over and give up partitions. Idempotent; returns at once, the work goes on behind it. Called
     * after each metadata image that touches the link, its mirror topics or their leaders.
     *
     * @param desired the specification in force; its name and type never change
     * @param leadership what this broker leads; partitions that are missing from it are given up
     */
    void reconcile(LinkSpec desired, LocalLeadership leadership);

    /** What the link is doing, a consistent view of this moment. */
    LinkStatus status();

    /** How offsets of the source read at this end. */
    OffsetMapping offsets();

    /**
     * Ends the copying for good, because this region takes over: no fetch starts after this call,
     * appends in flight are waited for. Once the stage is complete nothing will be appended by this
     * link under an ownership epoch at or below the order's. A second order gives the same outcome;
     * an order with a lower epoch than one before it is refused in the outcome.
     *
     * @return completes on the loop, never exceptionally; within the order's patience
     */
    CompletionStage<FailoverOutcome> failover(FailoverOrder order);

    /**
     * Stops every timer and closes every connection; nothing is appended afterwards. Repeatable.
     */
    @Override
    void close();
}
