package io.tombolo.broker.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.transaction.MarkerSender.Letter;
import io.tombolo.broker.transaction.MarkerSender.Whereabouts;
import io.tombolo.coordinator.transaction.ProducerIdentity;
import io.tombolo.coordinator.transaction.TouchedPartitions;
import io.tombolo.coordinator.transaction.TransactionEvent.MarkersWanted;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.environment.simulated.manual.ManualLoop;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** When and how many together markers go; what they come to is shown by the simulation. */
class MarkerSenderTest implements MarkerSender.Ports {

    private final ManualLoop loop = new ManualLoop();
    private final MarkerSender sender = new MarkerSender(loop, new SimulatedEntropy(1), this);
    private final List<Integer> sizes = new ArrayList<>();
    private final List<Long> sentNanos = new ArrayList<>();
    private final List<TopicPartition> written = new ArrayList<>();
    private final List<String> lost = new ArrayList<>();
    private Errors fate = Errors.NONE;
    private Errors coordinator = Errors.NONE;
    private Whereabouts where = new Whereabouts.LedBy(1);
    private int lookups;

    @Override
    public Whereabouts find(TopicPartition partition) {
        lookups++;
        return where;
    }

    @Override
    public void send(int brokerId, List<Letter> letters, Consumer<Map<Letter, Errors>> answer) {
        sizes.add(letters.size());
        sentNanos.add(loop.nanoTime());
        Map<Letter, Errors> outcomes = new HashMap<>();
        letters.forEach(letter -> outcomes.put(letter, fate));
        loop.execute(() -> answer.accept(outcomes));
    }

    @Override
    public void written(MarkersWanted markers, TouchedPartitions done, Consumer<Errors> answer) {
        sentNanos.add(loop.nanoTime());
        written.addAll(done.list());
        answer.accept(coordinator);
    }

    private void end(int partitions) {
        List<TopicPartition> touched =
                IntStream.range(0, partitions)
                        .mapToObj(index -> new TopicPartition("orders", index))
                        .toList();
        sender.take(
                0,
                1,
                new MarkersWanted(
                        "id",
                        new ProducerIdentity(7, (short) 0),
                        true,
                        (short) 0,
                        TouchedPartitions.of(touched)));
        loop.run();
    }

    @Override
    public void commitLost(String transactionalId, TopicPartition partition) {
        lost.add(transactionalId + " in " + partition);
    }

    private List<Long> pauses() {
        var found = new ArrayList<Long>();
        for (int index = 1; index < sentNanos.size(); index++) {
            found.add(sentNanos.get(index) - sentNanos.get(index - 1));
        }
        return found;
    }

    /** Each between a half and all of a pause that doubles until it has reached its bound. */
    private static void growsToItsBound(List<Long> pauses) {
        long full = MarkerPace.FIRST_NANOS;
        for (long pause : pauses) {
            assertThat(pause).isBetween(full / 2, full);
            full = Math.min(full * 2, MarkerPace.MAX_NANOS);
        }
        assertThat(pauses).hasSizeGreaterThan(MarkerPace.FAILURES_MAX + 3);
        assertThat(pauses.subList(MarkerPace.FAILURES_MAX, pauses.size()))
                .as("some differ")
                .doesNotHaveDuplicates();
    }

    @Test
    void refusedMarkersComeAgainAfterPausesThatGrowToABound() {
        fate = Errors.NOT_ENOUGH_REPLICAS;

        end(1);
        loop.advance(Duration.ofSeconds(20));

        growsToItsBound(pauses());
    }

    @Test
    void partitionsWithoutALeaderAreLookedForEverMoreRarely() {
        where = new Whereabouts.Leaderless();

        end(1);
        loop.advance(Duration.ofSeconds(20));

        assertThat(lookups).isBetween(13, 30);
        assertThat(sizes).isEmpty();
    }

    @Test
    void aMarkerThatWasTakenBeginsAnewWithShortPauses() {
        fate = Errors.NOT_ENOUGH_REPLICAS;
        end(2);
        loop.advance(Duration.ofSeconds(20));
        fate = Errors.NONE;
        loop.advance(Duration.ofSeconds(2));
        assertThat(sender.unwritten()).isZero();
        fate = Errors.NOT_ENOUGH_REPLICAS;
        sentNanos.clear();

        end(1);
        loop.advance(Duration.ofNanos(2 * MarkerPace.FIRST_NANOS));

        assertThat(sentNanos).hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void aCoordinatorThatCannotTakeNoteIsToldAgainAfterPausesThatGrowToABound() {
        coordinator = Errors.COORDINATOR_NOT_AVAILABLE;

        end(1);
        sentNanos.removeFirst(); // the marker itself
        loop.advance(Duration.ofSeconds(20));

        growsToItsBound(pauses());
    }

    @Test
    void moreMarkersThanGoTogetherGoInTheNextRequest() {
        end(MarkerSender.TOGETHER_MAX + 1);

        assertThat(sizes).containsExactly(MarkerSender.TOGETHER_MAX, 1);
        assertThat(written).hasSize(MarkerSender.TOGETHER_MAX + 1);
        assertThat(sender.unwritten()).isZero();
    }

    @Test
    void aCommitThatAnotherRegionEndsIsTold() {
        fate = Errors.POLICY_VIOLATION;

        end(2);

        assertThat(lost).containsExactlyInAnyOrder("id in orders-0", "id in orders-1");
        assertThat(sender.unwritten()).isZero();
    }

    @Test
    void aClosedSenderSendsNothingMore() {
        fate = Errors.NOT_ENOUGH_REPLICAS;
        end(1);

        sender.close();
        loop.advance(Duration.ofSeconds(20));

        assertThat(sizes).hasSize(1);
    }
}
