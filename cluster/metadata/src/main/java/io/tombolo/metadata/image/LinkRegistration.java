package io.tombolo.metadata.image;

import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.topology.FailoverPolicy;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.LinkEntry.Ends;

import java.util.List;

/** A link as the metadata has it. */
public record LinkRegistration(LinkDefined definition, boolean paused) {

    /** Whether it copies a topic of this name out of a region. */
    boolean copies(String topic, RegionId from) {
        return definition.sourceRegion().equals(from) && definition.topics().includes(topic);
    }

    /** Whether it copies a topic of this name into a region. */
    boolean fills(String topic, RegionId to) {
        return fills(to)
                && definition
                        .renaming()
                        .sourceOf(topic)
                        .filter(definition.topics()::includes)
                        .isPresent();
    }

    /** Whether it copies into a region. */
    boolean fills(RegionId to) {
        return definition.destinationRegion().equals(to);
    }

    /** Whether it was removed: it copies nothing, and its name keeps its ends for its mirrors. */
    public boolean retired() {
        return definition.settings().containsKey(LinkDefined.RETIRED);
    }

    /** What it is meant to do. */
    public LinkEntry entry() {
        return LinkEntry.of(
                definition.link(),
                new Ends(definition.sourceRegion(), definition.destinationRegion()),
                definition.settings());
    }

    /** The failover policies that follow it. */
    public List<FailoverPolicy> policies() {
        return FailoverPolicy.following(definition.link(), definition.settings());
    }

    /** The domain that its topics change hands with. */
    public DomainName domain() {
        return new DomainName(definition.link().name());
    }
}
