package io.tombolo.broker.torn;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.metadata.record.LinkRecord.TornTransaction;
import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchCompression;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.EndTransactionMarker;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.List;

/** What the batches of one partition tell of a transaction that is open in another one. */
class CommittedSearchTest {

    private static final int PRODUCER = 7;
    private static final int STRANGER = 8;
    private static final short EPOCH = 3;
    private static final short NEXT = 4;
    private static final short THE_ONE_AFTER = 5;

    private final CommittedSearch search =
            new CommittedSearch(List.of(new Suspect(PRODUCER, EPOCH)));
    private long offset = 100;

    private void records(long producerId, short epoch, int sequence) {
        var spec =
                new BatchSpec(
                        offset++,
                        0,
                        BatchCompression.NONE,
                        producerId,
                        epoch,
                        sequence,
                        true,
                        false,
                        false);
        var value = ByteBuffer.wrap(new byte[] {1});
        search.add(BatchView.of(new BatchBuilder(spec).append(0, null, value).build()));
    }

    private void marker(long producerId, short epoch, boolean commit) {
        var marker = new EndTransactionMarker(commit, 0);
        search.add(BatchView.of(marker.batch(offset++, 0, 0, producerId, epoch)));
    }

    @Test
    void theTransactionThatAMarkerOfTheNextEpochCommitsIsFound() {
        records(PRODUCER, EPOCH, 0);
        records(PRODUCER, EPOCH, 1);
        marker(PRODUCER, NEXT, true);

        assertThat(search.found()).containsExactly(new TornTransaction(PRODUCER, EPOCH, 100, 102));
        assertThat(search.complete()).isTrue();
    }

    @Test
    void itIsFoundWhenItsProducerHasGoneOn() {
        records(PRODUCER, EPOCH, 0);
        marker(PRODUCER, NEXT, true);
        records(PRODUCER, NEXT, 0);
        marker(PRODUCER, THE_ONE_AFTER, false);

        assertThat(search.found()).containsExactly(new TornTransaction(PRODUCER, EPOCH, 100, 101));
    }

    /** The end of the one before has the epoch of the one that is looked for. */
    @Test
    void itIsFoundRightBehindAnotherOneOfItsProducer() {
        records(PRODUCER, (short) (EPOCH - 1), 0);
        marker(PRODUCER, EPOCH, true);
        records(PRODUCER, EPOCH, 0);
        marker(PRODUCER, NEXT, true);

        assertThat(search.found()).containsExactly(new TornTransaction(PRODUCER, EPOCH, 102, 103));
    }

    /** What is seen first may be the end of one that had the same epoch. */
    @Test
    void ofAProducerThatKeptItsEpochBeforeAllThatIsSeenNothingIsTold() {
        marker(PRODUCER, EPOCH, true);
        records(PRODUCER, EPOCH, 5);
        marker(PRODUCER, NEXT, true);

        assertThat(search.found()).isEmpty();
    }

    @Test
    void oneThatIsAbortedHereTooIsNotTorn() {
        records(PRODUCER, EPOCH, 0);
        marker(PRODUCER, NEXT, false);
        records(PRODUCER, NEXT, 0);
        marker(PRODUCER, THE_ONE_AFTER, true);

        assertThat(search.found()).isEmpty();
    }

    @Test
    void anEarlierAndALaterOneOfTheSameProducerAreNotTakenForIt() {
        records(PRODUCER, (short) (EPOCH - 1), 0);
        marker(PRODUCER, EPOCH, true);
        records(PRODUCER, NEXT, 0);
        marker(PRODUCER, THE_ONE_AFTER, true);

        assertThat(search.found()).isEmpty();
    }

    @Test
    void ofAProducerThatKeepsItsEpochNothingIsTold() {
        records(PRODUCER, EPOCH, 0);
        marker(PRODUCER, EPOCH, true);
        records(PRODUCER, EPOCH, 1);
        records(PRODUCER, NEXT, 0);
        marker(PRODUCER, NEXT, true);

        assertThat(search.found()).isEmpty();
    }

    @Test
    void othersSayNothing() {
        records(PRODUCER, EPOCH, 0);
        records(STRANGER, EPOCH, 0);
        marker(STRANGER, NEXT, true);

        assertThat(search.found()).isEmpty();
    }

    @Test
    void whereTheBeginningWasNotSeenTheFirstOffsetIsUnknown() {
        records(PRODUCER, EPOCH, 12);
        marker(PRODUCER, NEXT, true);

        assertThat(search.found()).containsExactly(new TornTransaction(PRODUCER, EPOCH, -1, 101));
        assertThat(search.complete()).isFalse();
    }
}
