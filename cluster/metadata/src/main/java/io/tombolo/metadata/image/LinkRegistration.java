package io.tombolo.metadata.image;

import io.tombolo.metadata.record.LinkRecord.LinkDefined;

/** A link as the metadata has it. */
public record LinkRegistration(LinkDefined definition, boolean paused) {}
