package io.tombolo.coordinator.transaction;

import org.apache.kafka.common.protocol.Errors;

/** What a producer hears that wants to begin, or to end its transaction. */
public sealed interface ProducerAnswer {

    /** Done; the producer goes on under this identity. */
    record Granted(ProducerIdentity producer) implements ProducerAnswer {}

    /** Nothing was changed, unless the error is CONCURRENT_TRANSACTIONS. */
    record Refused(Errors error) implements ProducerAnswer {}

    /**
     * Nothing was changed: the command has to be given again, with a producer id that nobody has
     * had before.
     */
    record ProducerIdWanted() implements ProducerAnswer {}
}
