package io.tombolo.broker.link;

import io.tombolo.broker.shard.Shards;
import io.tombolo.broker.torn.CommittedReading;
import io.tombolo.broker.torn.Suspect;
import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload;
import io.tombolo.environment.Payload;
import io.tombolo.metadata.record.LinkRecord.OpenTransactions;
import io.tombolo.metadata.record.LinkRecord.OpenTransactions.OpenTransaction;
import io.tombolo.metadata.record.LinkRecord.TornTransaction;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.EndTransactionMarker;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Role;
import io.tombolo.storage.log.EpochEnd;
import io.tombolo.storage.log.Isolation;
import io.tombolo.storage.log.PartitionLog;
import io.tombolo.storage.log.ProducerView;
import io.tombolo.storage.log.ReadResult;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/** Open transactions of the partitions on the shards of this broker, for the links' loop. */
record ShardTransactions(Shards shards, Offload offload, EventLoop loop, Clock clock)
        implements OpenTransactionLog {

    private static final Logger LOG = LoggerFactory.getLogger(ShardTransactions.class);

    private static final long UNKNOWN = -1;

    /** How long a force is given before somebody looks again, and how often. */
    private static final Duration FORCED_AFTER = Duration.ofMillis(5);

    private static final int FORCES_MAX = 200;

    /** A transaction, and the batch that it begins with. */
    private record Begun(ProducerView producer, long firstOffset, ReadResult batch) {}

    /**
     * What a shard tells.
     *
     * @param kept whether the disk has what ended the transactions that are not open any more
     */
    private record Look(List<Begun> told, int count, long endOffset, boolean kept) {}

    @Override
    public void find(Place place, Consumer<Optional<Found>> answer) {
        find(place, FORCES_MAX, answer);
    }

    private void find(Place place, int tries, Consumer<Optional<Found>> answer) {
        shards.<Optional<Look>>ask(
                idOf(place),
                loop,
                hosted -> hosted.filter(one -> leads(one, place)).map(one -> look(one, place)),
                look -> {
                    if (look.isEmpty() || look.get().kept() || look.get().count() > 0) {
                        look.ifPresentOrElse(
                                found -> count(place, found, answer),
                                () -> answer.accept(Optional.empty()));
                    } else if (tries > 0) {
                        loop.schedule(FORCED_AFTER.toNanos(), () -> find(place, tries - 1, answer));
                    } else {
                        answer.accept(Optional.empty());
                    }
                });
    }

    private static boolean leads(Partition partition, Place place) {
        return partition.role().leading().isPresent()
                && partition.role().leaderEpoch() == place.leaderEpoch();
    }

    private static Look look(Partition partition, Place place) {
        PartitionLog log = partition.log();
        List<ProducerView> open = openIn(log, place);
        var told = new ArrayList<Begun>();
        for (ProducerView one : open.subList(0, Math.min(open.size(), OpenTransactions.TOLD_MAX))) {
            long first = one.openTransactionOffset().orElseThrow();
            long from = Math.max(first, log.startOffset());
            told.add(
                    new Begun(
                            one,
                            first,
                            log.read(from, 1, log.endOffset(), Isolation.READ_UNCOMMITTED)));
        }
        boolean kept = log.durableOffset() >= log.endOffset() || !anyEnded(log);
        if (!kept) {
            log.flush();
        }
        return new Look(told, open.size(), log.endOffset(), kept);
    }

    /** Whether there is a marker that the log could lose with its tail. */
    private static boolean anyEnded(PartitionLog log) {
        return log.producers().stream().anyMatch(one -> one.coordinatorEpoch() >= 0);
    }

    /** Those that began in the copy, in the order in which they did. */
    private static List<ProducerView> openIn(PartitionLog log, Place place) {
        long copied =
                log.endOffsetForEpoch(place.copiedEpochMax())
                        .map(EpochEnd::endOffset)
                        .orElse(log.endOffset());
        return log.producers().stream()
                .filter(one -> one.openTransactionOffset().orElse(Long.MAX_VALUE) < copied)
                .sorted(Comparator.comparingLong(one -> one.openTransactionOffset().orElse(0)))
                .toList();
    }

    /** The first batches are read off the loops. */
    private void count(Place place, Look look, Consumer<Optional<Found>> answer) {
        if (look.told().isEmpty()) {
            answer.accept(Optional.of(new Found(OpenTransactions.NONE, look.endOffset())));
            return;
        }
        offload.submit(
                place.partition().hashCode(),
                () -> look.told().stream().map(ShardTransactions::counted).toList(),
                loop,
                outcome ->
                        answer.accept(
                                outcome
                                                instanceof
                                                Offload.Outcome.Done<List<OpenTransaction>>(
                                                        var counted)
                                        ? Optional.of(
                                                new Found(
                                                        new OpenTransactions(look.count(), counted),
                                                        look.endOffset()))
                                        : Optional.empty()));
    }

    private static OpenTransaction counted(Begun begun) {
        ProducerView producer = begun.producer();
        return new OpenTransaction(
                producer.producerId(),
                producer.producerEpoch(),
                begun.firstOffset(),
                recordCount(begun));
    }

    /**
     * From the first sequence of a transaction to the last one: a producer numbers its records
     * without gaps. Unknown when the first batch is gone.
     */
    private static long recordCount(Begun begun) {
        ReadResult found =
                begun.batch() instanceof ReadResult.Cold(var cold) ? cold.call() : begun.batch();
        if (!(found instanceof ReadResult.Slice slice)) {
            return UNKNOWN;
        }
        long count = UNKNOWN;
        try {
            for (Payload part : slice.parts()) {
                BatchView batch = BatchView.of(part.read(0, BatchView.HEADER_BYTES));
                boolean first =
                        batch.baseOffset() == begun.firstOffset()
                                && batch.producerId() == begun.producer().producerId();
                if (first && batch.baseSequence() >= 0 && begun.producer().lastSequence() >= 0) {
                    long between = (long) begun.producer().lastSequence() - batch.baseSequence();
                    count = Math.floorMod(between, 1L << 31) + 1;
                }
            }
        } catch (IOException unreadable) {
            LOG.atWarn()
                    .addKeyValue("producerId", begun.producer().producerId())
                    .addKeyValue("firstOffset", begun.firstOffset())
                    .setCause(unreadable)
                    .log("The records of an open transaction cannot be counted");
            count = UNKNOWN;
        } finally {
            slice.parts().forEach(Payload::release);
        }
        return count;
    }

    @Override
    public void committed(
            Place place, Set<Suspect> suspects, Consumer<Optional<List<TornTransaction>>> answer) {
        new CommittedReading(shards, offload, loop, CommittedReading.Reach.STANDARD)
                .look(idOf(place), place.leaderEpoch(), suspects, answer);
    }

    @Override
    public void abort(Place place, Consumer<OptionalLong> answer) {
        shards.ask(
                idOf(place),
                loop,
                hosted ->
                        hosted.filter(one -> leads(one, place))
                                .filter(one -> one.role() instanceof Role.Leader)
                                .map(one -> append(one, place))
                                .orElse(OptionalLong.empty()),
                answer);
    }

    /** Looks and appends in one turn: what is open is ended once, whoever asks how often. */
    private OptionalLong append(Partition partition, Place place) {
        List<ProducerView> open = openIn(partition.log(), place);
        if (open.isEmpty()) {
            return OptionalLong.of(partition.log().endOffset());
        }
        if (partition.appendOwn(markers(open)) != Errors.NONE) {
            return OptionalLong.empty();
        }
        LOG.atWarn()
                .addKeyValue("partition", partition.id().topicPartition())
                .addKeyValue("count", open.size())
                .addKeyValue("producers", told(open))
                .log("Transactions that the copy left open were aborted");
        return OptionalLong.of(partition.log().endOffset());
    }

    private static String told(List<ProducerView> open) {
        return open.stream()
                .limit(OpenTransactions.TOLD_MAX)
                .map(one ->
                        "%d from offset %d on"
                                .formatted(
                                        one.producerId(),
                                        one.openTransactionOffset().orElse(UNKNOWN)))
                .toList()
                .toString();
    }

    private ByteBuffer markers(List<ProducerView> open) {
        var batches = new ArrayList<ByteBuffer>();
        for (ProducerView one : open) {
            var marker = new EndTransactionMarker(false, Math.max(0, one.coordinatorEpoch()));
            batches.add(
                    marker.batch(0, 0, clock.wallTimeMs(), one.producerId(), one.producerEpoch()));
        }
        var all = ByteBuffer.allocate(batches.stream().mapToInt(ByteBuffer::remaining).sum());
        batches.forEach(all::put);
        return all.flip();
    }

    private static TopicIdPartition idOf(Place place) {
        return new TopicIdPartition(
                place.partition().topicId(),
                place.partition().partition(),
                place.partition().topic());
    }
}
