package io.tombolo.broker;

import io.tombolo.storage.log.Recovery;

import org.apache.kafka.common.TopicPartition;

/** Hears of what happens to a broker as a whole; called on its controller's loop. */
public interface BrokerObserver {

    /** A log had to be repaired at start. */
    void repaired(Recovery recovery);

    /** The broker takes requests. */
    void serving();

    /**
     * A partition cannot be used here, and its clients get KAFKA_STORAGE_ERROR; called once for
     * each. Unless an observer says what is to be done about mistakes of ours (and not of a disk),
     * they are thrown on, so that none passes unseen.
     */
    default void partitionOffline(TopicPartition partition, Exception cause) {
        if (cause instanceof RuntimeException mistake) {
            throw mistake;
        }
    }

    /** The broker cannot go on, or could not start; called once. */
    void failed(String reason);
}
