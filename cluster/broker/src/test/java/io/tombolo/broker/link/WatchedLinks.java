package io.tombolo.broker.link;

import io.tombolo.region.link.FailoverOrder;
import io.tombolo.region.link.FailoverOutcome;
import io.tombolo.region.link.Link;
import io.tombolo.region.link.LinkHost;
import io.tombolo.region.link.LinkProvider;
import io.tombolo.region.link.LinkSpec;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.LinkType;
import io.tombolo.region.link.LocalLeadership;
import io.tombolo.region.link.OffsetMapping;
import io.tombolo.region.link.Reason;

import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The real links of one broker; what they are told is noted on its way.
 *
 * @param told which partitions the link was told to copy, each time that it was told
 */
record WatchedLinks(LinkProvider module, List<LocalLeadership> told) implements LinkProvider {

    @Override
    public LinkType type() {
        return module.type();
    }

    @Override
    public Guarantees guarantees() {
        return module.guarantees();
    }

    @Override
    public List<Reason> check(LinkSpec spec) {
        return module.check(spec);
    }

    @Override
    public Link open(LinkSpec spec, LinkHost host) {
        return new Watched(module.open(spec, host));
    }

    private final class Watched implements Link {

        private final Link link;

        private Watched(Link link) {
            this.link = link;
        }

        @Override
        public void reconcile(LinkSpec desired, LocalLeadership leads) {
            told.add(leads);
            link.reconcile(desired, leads);
        }

        @Override
        public LinkStatus status() {
            return link.status();
        }

        @Override
        public OffsetMapping offsets() {
            return link.offsets();
        }

        @Override
        public CompletionStage<FailoverOutcome> failover(FailoverOrder order) {
            return link.failover(order);
        }

        @Override
        public void close() {
            link.close();
        }
    }
}
