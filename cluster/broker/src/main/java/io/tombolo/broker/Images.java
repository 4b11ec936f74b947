package io.tombolo.broker;

import io.tombolo.metadata.image.MetadataImage;

/** The newest metadata image that this broker acts on. Written by one loop, read by all. */
public final class Images {

    private volatile MetadataImage current = MetadataImage.EMPTY;

    public MetadataImage current() {
        return current;
    }

    void publish(MetadataImage next) {
        current = next;
    }
}
