package io.tombolo.broker;

import io.tombolo.storage.log.Recovery;

/** Hears of what happens to a broker as a whole; called on its controller's loop. */
public interface BrokerObserver {

    /** A log had to be repaired at start. */
    void repaired(Recovery recovery);

    /** The broker takes requests. */
    void serving();

    /** The broker cannot go on, or could not start; called once. */
    void failed(String reason);
}
