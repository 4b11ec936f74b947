package io.tombolo.broker.link;

import io.tombolo.region.PolicyName;
import io.tombolo.region.link.Lag;
import io.tombolo.region.topology.LinkEntry;

import java.util.List;

/**
 * What a failover would mean now.
 *
 * @param ready whether it would be carried out without force
 * @param objections why it would not
 * @param lossBound at most this is lost
 * @param sourceReachable whether the source was heard of within the last seconds
 */
public record FailoverPreview(
        PolicyName policy,
        LinkEntry link,
        boolean ready,
        List<Objection> objections,
        Lag lossBound,
        boolean sourceReachable,
        long ownershipEpoch) {

    /**
     * A reason against it.
     *
     * @param code stable, explained by {@code tombolo explain}
     */
    public record Objection(String code, String claim, String seen, String fix) {}
}
