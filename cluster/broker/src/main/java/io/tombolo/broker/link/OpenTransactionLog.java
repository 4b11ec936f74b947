package io.tombolo.broker.link;

import io.tombolo.broker.torn.Suspect;
import io.tombolo.metadata.record.LinkRecord.OpenTransactions;
import io.tombolo.metadata.record.LinkRecord.TornTransaction;
import io.tombolo.region.link.LinkPartition;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
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
     * What is open. Where it is nothing, the disk has the ends of all transactions: the power may
     * fail and none is open again.
     *
     * @param endOffset of the log at that moment
     */
    record Found(OpenTransactions open, long endOffset) {}

    /** Looks for them. */
    void find(Place place, Consumer<Optional<Found>> answer);

    /**
     * Looks which of these transactions, open in other partitions, are committed in this one.
     *
     * @param answer also with nothing when it cannot be told now
     */
    void committed(
            Place place, Set<Suspect> suspects, Consumer<Optional<List<TornTransaction>>> answer);

    /**
     * Appends a marker for each, which aborts it. Only an ordinary leader does so.
     *
     * @param answer the log end behind the last marker
     */
    void abort(Place place, Consumer<OptionalLong> answer);
}
