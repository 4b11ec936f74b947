package io.tombolo.broker;

import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.region.ControllerId;

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

    /**
     * The broker that does what one broker of a region does for all, and that clients take for the
     * controller: the one that the active controller is on; where controllers are processes of
     * their own, the lowest of those that serve. −1 when there is none; callable from any thread.
     */
    public int leadBrokerId() {
        int id = controllerId;
        if (!ControllerId.isController(id)) {
            return id;
        }
        return current.brokers().byId().values().stream()
                .filter(broker -> !broker.fenced())
                .mapToInt(BrokerRegistration::brokerId)
                .min()
                .orElse(-1);
    }

    void controllerIs(int nodeId) {
        controllerId = nodeId;
    }

    void publish(MetadataImage next) {
        current = next;
    }
}
