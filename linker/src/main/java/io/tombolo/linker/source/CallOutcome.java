package io.tombolo.linker.source;

import io.tombolo.region.link.Reason;

import org.apache.kafka.common.protocol.ApiMessage;

/** What became of a call to a source broker. */
public sealed interface CallOutcome {

    /**
     * The broker answered. Error codes inside have not been looked at.
     *
     * @param version the version of the API that both sides used
     * @param lease keeps the bytes of the answer alive; the receiver closes it
     */
    record Answered(ApiMessage body, short version, FrameLease lease) implements CallOutcome {}

    /** There will be no answer. */
    record Failed(Reason reason) implements CallOutcome {}
}
