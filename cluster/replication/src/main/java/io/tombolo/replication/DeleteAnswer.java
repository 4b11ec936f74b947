package io.tombolo.replication;

import org.apache.kafka.common.protocol.Errors;

/** What became of a deletion. */
@FunctionalInterface
public interface DeleteAnswer {
    void accept(Errors error, long lowWatermark);
}
