package io.tombolo.replication.fetch;

import io.tombolo.replication.Partition;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData;

/** What a {@link ReplicaFetcher} hears. */
public sealed interface FetcherEvent {

    /**
     * The partition follows this leader, in this or another epoch than before; it is fetched at
     * once, whatever was wrong before.
     */
    record Followed(Partition partition) implements FetcherEvent {}

    /** The partition follows this leader no more. */
    record Unfollowed(TopicIdPartition partition) implements FetcherEvent {}

    /**
     * The leader answered the fetch under way. The records in it are used before {@link
     * ReplicaFetcher#step} returns, and not after.
     */
    record Fetched(FetchResponseData response) implements FetcherEvent {}

    /** The leader answered the question for offsets under way. */
    record OffsetsListed(ListOffsetsResponseData response) implements FetcherEvent {}

    /** There will be no answer to the request under way: the connection or the time is gone. */
    record RequestFailed() implements FetcherEvent {}

    /** Time has passed; see {@link ReplicaFetcher#wakeAtNanos()}. */
    record TimePassed() implements FetcherEvent {}
}
