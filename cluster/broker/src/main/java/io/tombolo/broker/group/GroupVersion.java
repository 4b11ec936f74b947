package io.tombolo.broker.group;

import io.tombolo.broker.Images;

/** Kafka's {@code group.version}: from 1 on the consumer protocol is served (KIP-848). */
public record GroupVersion(Images images) {

    /** The name of the feature. */
    public static final String NAME = "group.version";

    private static final short CONSUMERS = 1;

    /** Whether members of the consumer protocol are served now. */
    public boolean servesConsumers() {
        return images.current().region().features().getOrDefault(NAME, (short) 0) >= CONSUMERS;
    }
}
