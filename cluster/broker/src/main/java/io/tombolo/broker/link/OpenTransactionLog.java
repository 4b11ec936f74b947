package io.tombolo.broker.link;

import io.tombolo.metadata.record.LinkRecord.OpenTransactions;
import io.tombolo.region.link.LinkPartition;

import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * The transactions that are open in the logs of partitions led here. Each call is answered once, on
 * the links' loop; with nothing when this broker does not lead the partition in that epoch, or
 * cannot do it now.
 */
interface OpenTransactionLog {

    /** Where to look: in the records of these epochs, as the leader in that one. */
    record Place(LinkPartition partition, int leaderEpoch, int copiedEpochMax) {}

    /**
     * What is open.
     *
     * @param endOffset of the log at that moment
     */
    record Found(OpenTransactions open, long endOffset) {}

    /** Looks for them. */
    void find(Place place, Consumer<Optional<Found>> answer);

    /**
     * Appends a marker for each, which aborts it. Only an ordinary leader does so.
     *
     * @param answer the log end behind the last marker
     */
    void abort(Place place, Consumer<OptionalLong> answer);
}
