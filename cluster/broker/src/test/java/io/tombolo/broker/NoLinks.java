package io.tombolo.broker;

import io.tombolo.region.link.Link;
import io.tombolo.region.link.LinkHost;
import io.tombolo.region.link.LinkProvider;
import io.tombolo.region.link.LinkSpec;
import io.tombolo.region.link.LinkType;
import io.tombolo.region.link.Reason;

import java.util.List;

/** For regions that have no links; whoever opens one is wrong. */
public final class NoLinks implements LinkProvider {

    @Override
    public LinkType type() {
        return LinkType.CLUSTER_LINK;
    }

    @Override
    public Guarantees guarantees() {
        throw new AssertionError("the file has no links");
    }

    @Override
    public List<Reason> check(LinkSpec spec) {
        return List.of();
    }

    @Override
    public Link open(LinkSpec spec, LinkHost host) {
        throw new AssertionError("the file has no links");
    }
}
