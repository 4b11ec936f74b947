package io.tombolo.simulation.client;

import io.tombolo.environment.Environment;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.protocol.RecordBytes;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.BatchWalk;
import io.tombolo.protocol.records.EndTransactionMarker;
import io.tombolo.replication.Partition;
import io.tombolo.simulation.law.LogImage;
import io.tombolo.simulation.law.TransactionWatch;
import io.tombolo.simulation.mutant.Variant;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;

import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads what is committed of one partition, leaving out what was aborted as the stock consumer
 * does: by the list that comes with each answer.
 */
public final class CommittedReading {

    private static final Duration PATIENCE = Duration.ofSeconds(3);
    private static final double JUMP_SHARE = 0.05;
    private static final byte READ_COMMITTED = 1;

    private final Site site;
    private final Place place;
    private final TransactionWatch watch;
    private final SimulatedEntropy dice;
    private final Manner manner;
    private final Route route;
    private final Set<String> tokens = new HashSet<>();
    private long position;

    /**
     * @param jumps whether it goes back now and then, perhaps into the middle of a transaction
     * @param variant what is wrong with it, if anything
     */
    public record Manner(boolean jumps, Variant variant) {}

    public CommittedReading(
            Environment environment,
            Site site,
            Place place,
            TransactionWatch watch,
            SimulatedEntropy dice,
            Manner manner) {
        this.site = site;
        this.place = place;
        this.watch = watch;
        this.dice = dice;
        this.manner = manner;
        this.route = new Route(environment, site.bootstrap(), "committed of " + place);
    }

    public void start() {
        later(1);
    }

    public Place place() {
        return place;
    }

    /** The batches that it was given and did not leave out. */
    public Set<String> tokens() {
        return tokens;
    }

    /** Whether it has read to the end of the leader's log. */
    public boolean done() {
        return site.machines().stream()
                .flatMap(machine -> machine.partition(place).stream())
                .filter(partition -> partition.role().leading().isPresent())
                .map(Partition::log)
                .anyMatch(log -> position >= log.endOffset());
    }

    private void later(long ms) {
        route.later(ms, this::go);
    }

    private void go() {
        if (!manner.jumps() && done()) {
            later(dice.between(20, 300)); // A copy may still grow.
            return;
        }
        if (!route.found()) {
            route.toLeader(place, _ -> later(route.found() ? 1 : dice.between(20, 300)));
            return;
        }
        if (manner.jumps() && dice.chance(JUMP_SHARE)) {
            position = dice.between(0, position);
        }
        var body =
                new FetchRequestData()
                        .setMaxWaitMs(500)
                        .setMinBytes(1)
                        .setMaxBytes(1 << 20)
                        .setIsolationLevel(READ_COMMITTED);
        var topic = new FetchRequestData.FetchTopic().setTopic(place.topic());
        topic.partitions()
                .add(
                        new FetchRequestData.FetchPartition()
                                .setPartition(place.partition())
                                .setFetchOffset(position)
                                .setCurrentLeaderEpoch(route.leaderEpoch())
                                .setPartitionMaxBytes(1 << 12));
        body.topics().add(topic);
        body.setSessionEpoch(-1);
        route.call(ApiKeys.FETCH, 12, body, FetchResponseData.class, PATIENCE, this::fetched);
    }

    private void fetched(Optional<FetchResponseData> answer) {
        if (answer.isPresent() && !answer.get().responses().isEmpty()) {
            var partition = answer.get().responses().getFirst().partitions().getFirst();
            Errors error = Errors.forCode(partition.errorCode());
            if (error == Errors.NONE) {
                take(partition);
                later(dice.between(1, 30));
                return;
            }
            position = error == Errors.OFFSET_OUT_OF_RANGE ? 0 : position;
        }
        route.forget();
        later(dice.between(20, 300));
    }

    private void take(FetchResponseData.PartitionData partition) {
        var ahead = new ArrayDeque<AbortedTransaction>();
        List<AbortedTransaction> listed = partition.abortedTransactions();
        if (listed != null && manner.variant() != Variant.THE_ABORTED_ARE_SHOWN) {
            listed.stream()
                    .sorted(Comparator.comparingLong(AbortedTransaction::firstOffset))
                    .forEach(ahead::add);
        }
        Set<Long> aborted = new HashSet<>();
        var walk = new BatchWalk(RecordBytes.of(partition));
        while (walk.next()) {
            BatchView batch = walk.batch();
            while (!ahead.isEmpty() && ahead.element().firstOffset() <= batch.lastOffset()) {
                aborted.add(ahead.remove().producerId());
            }
            watch.below(place, batch.nextOffset(), partition.lastStableOffset());
            take(batch, aborted);
            position = Math.max(position, batch.nextOffset());
        }
    }

    private void take(BatchView batch, Set<Long> aborted) {
        if (batch.control()) {
            if (EndTransactionMarker.read(batch).filter(EndTransactionMarker::commit).isEmpty()) {
                aborted.remove(batch.producerId());
            }
        } else if (batch.transactional() && aborted.contains(batch.producerId())) {
            watch.leftOut();
        } else {
            var seen = LogImage.Batch.of(batch);
            tokens.add(seen.token());
            watch.visible(place, seen);
        }
    }
}
