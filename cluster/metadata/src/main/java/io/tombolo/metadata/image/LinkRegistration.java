package io.tombolo.metadata.image;

import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;

/** A link as the metadata has it. */
public record LinkRegistration(LinkDefined definition, boolean paused) {

    /** Whether it copies a topic of this name out of a region. */
    boolean copies(String topic, RegionId from) {
        return definition.sourceRegion().equals(from) && definition.topics().includes(topic);
    }

    /** Whether it copies a topic of this name into a region. */
    boolean fills(String topic, RegionId to) {
        return fills(to) && definition.topics().includes(topic);
    }

    /** Whether it copies into a region. */
    boolean fills(RegionId to) {
        return definition.destinationRegion().equals(to);
    }

    /** The domain that its topics change hands with. */
    public DomainName domain() {
        return new DomainName(definition.link().name());
    }
}
