package io.tombolo.broker;

import io.tombolo.metadata.image.MetadataImage;

/** The newest metadata image that this broker acts on. Written by one loop, read by all. */
public final class Images {

    private volatile MetadataImage current = MetadataImage.EMPTY;
    private volatile int controllerId = -1;

    public MetadataImage current() {
        return current;
    }

    /** The node id of the active controller, −1 when none is known; callable from any thread. */
    public int controllerId() {
        return controllerId;
    }

    void controllerIs(int nodeId) {
        controllerId = nodeId;
    }

    void publish(MetadataImage next) {
        current = next;
    }
}
