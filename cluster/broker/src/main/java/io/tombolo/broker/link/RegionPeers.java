package io.tombolo.broker.link;

import io.tombolo.region.link.LinkStatus;

import java.util.List;

/** What the other brokers of this region told of themselves last. Callable from any thread. */
public interface RegionPeers {

    /** Of a broker that has no others beside it. */
    RegionPeers NONE =
            new RegionPeers() {
                @Override
                public List<LinkStatus> links() {
                    return List.of();
                }

                @Override
                public boolean serving() {
                    return false;
                }
            };

    /** What links do there, each broker for the partitions that it leads. */
    List<LinkStatus> links();

    /** Whether one of them takes requests of clients. */
    boolean serving();
}
