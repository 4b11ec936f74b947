package io.tombolo.broker.link;

import io.tombolo.region.link.FailoverOrder;
import io.tombolo.region.link.FailoverOutcome;
import io.tombolo.region.link.Guarantees;
import io.tombolo.region.link.Lag;
import io.tombolo.region.link.Link;
import io.tombolo.region.link.LinkHost;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.LinkProvider;
import io.tombolo.region.link.LinkSpec;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.LinkType;
import io.tombolo.region.link.LocalLeadership;
import io.tombolo.region.link.LossBound;
import io.tombolo.region.link.OffsetMapping;
import io.tombolo.region.link.Reason;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A link that notes what it is told, and whose copy is as far behind as a test wants. */
final class StubLink implements Link {

    final List<LinkSpec> specs = new ArrayList<>();
    final List<FailoverOrder> orders = new ArrayList<>();
    Lag lag = Lag.NONE;
    LossBound lossBound = new LossBound(3, 300, 1_200, 310, 1_100, 0);
    LinkStatus.State state = LinkStatus.State.ACTIVE;
    private LocalLeadership leadership = LocalLeadership.none();

    /** Gives the same link to everyone. */
    record Provider(StubLink link) implements LinkProvider {

        @Override
        public LinkType type() {
            return LinkType.CLUSTER_LINK;
        }

        @Override
        public Guarantees guarantees() {
            return new Guarantees(true, false, false, false);
        }

        @Override
        public List<Reason> check(LinkSpec spec) {
            return List.of();
        }

        @Override
        public Link open(LinkSpec spec, LinkHost host) {
            return link;
        }
    }

    @Override
    public void reconcile(LinkSpec desired, LocalLeadership leads) {
        specs.add(desired);
        leadership = leads;
    }

    @Override
    public LinkStatus status() {
        return new LinkStatus(
                specs.getLast().name(),
                state,
                lag,
                lossBound,
                Optional.empty(),
                leadership.partitions().stream().map(this::topic).toList(),
                List.of());
    }

    /** What it was told last. */
    LocalLeadership leadership() {
        return leadership;
    }

    private LinkStatus.TopicStatus topic(LinkPartition partition) {
        var status =
                new LinkStatus.PartitionStatus(
                        partition,
                        state,
                        lag,
                        new LinkStatus.Progress(10, 10, 4, 13, 0),
                        Optional.empty());
        return new LinkStatus.TopicStatus(
                partition.topic(), state, lag, Optional.empty(), List.of(status));
    }

    @Override
    public OffsetMapping offsets() {
        return (_, offset) -> new OffsetMapping.Mapped(offset, OffsetMapping.Confidence.EXACT);
    }

    @Override
    public CompletionStage<FailoverOutcome> failover(FailoverOrder order) {
        orders.add(order);
        return CompletableFuture.completedStage(
                new FailoverOutcome(
                        order.ownershipEpoch(),
                        Optional.empty(),
                        leadership.partitions().stream().map(StubLink::outcome).toList(),
                        List.of()));
    }

    private static FailoverOutcome.PartitionOutcome outcome(LinkPartition partition) {
        return new FailoverOutcome.PartitionOutcome(partition, 10, 4, 0, true);
    }

    @Override
    public void close() {}
}
