package io.tombolo.linker;

import io.tombolo.linker.mirror.Safeguard;
import io.tombolo.region.link.Link;
import io.tombolo.region.link.LinkHost;
import io.tombolo.region.link.LinkProvider;
import io.tombolo.region.link.LinkSpec;
import io.tombolo.region.link.LinkType;
import io.tombolo.region.link.Reason;

import java.util.ArrayList;
import java.util.List;

/** Opens offset-preserving links; found by {@code ServiceLoader}. */
public final class ClusterLinkProvider implements LinkProvider {

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
        var obstacles = new ArrayList<Reason>();
        if (spec.type() != LinkType.CLUSTER_LINK) {
            obstacles.add(
                    new Reason(
                            Reason.Code.SPEC_INVALID,
                            "link "
                                    + spec.name()
                                    + " is a "
                                    + spec.type()
                                    + ", not a CLUSTER_LINK"));
        }
        if (spec.selection().topics().patterns().stream().allMatch(p -> p.startsWith("!"))) {
            obstacles.add(
                    new Reason(
                            Reason.Code.SPEC_INVALID,
                            "link "
                                    + spec.name()
                                    + " chooses no topic: add a pattern such as \"*\""));
        }
        return obstacles;
    }

    @Override
    public Link open(LinkSpec spec, LinkHost host) {
        return new ClusterLink(spec, host, Safeguard.ALL);
    }
}
