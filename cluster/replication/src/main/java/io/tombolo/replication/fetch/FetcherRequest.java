package io.tombolo.replication.fetch;

import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;

/** What a {@link ReplicaFetcher} wants to be sent to its leader. */
public sealed interface FetcherRequest {

    /** A fetch, version 13 or above; topics carry names as well, for simulations. */
    record Fetch(FetchRequestData body) implements FetcherRequest {}

    /** A question for the bounds of logs, as a replica. */
    record ListOffsets(ListOffsetsRequestData body) implements FetcherRequest {}
}
