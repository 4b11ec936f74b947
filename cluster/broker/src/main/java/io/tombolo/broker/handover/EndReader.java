package io.tombolo.broker.handover;

import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload;
import io.tombolo.region.ownership.Lineage.PartitionEnd;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Role;
import io.tombolo.storage.log.Isolation;
import io.tombolo.storage.log.PartitionLog;
import io.tombolo.storage.log.ReadResult;

import org.apache.kafka.common.TopicIdPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** Tells where partitions that are led here end; answers on the links' loop. */
public record EndReader(Shards shards, Offload offload, EventLoop loop) {

    private static final Logger LOG = LoggerFactory.getLogger(EndReader.class);

    /** What a leader tells. */
    public record Found(int leaderEpoch, PartitionEnd end) {}

    /** The end of a log, and the batch there; that of an empty one has none. */
    record Tail(int leaderEpoch, long endOffset, boolean compacted, ReadResult last) {}

    /**
     * Where a partition ends.
     *
     * @param role which this broker must have; the answer is as old as it
     * @param answer nothing while replicas lag, or a transaction is open
     */
    void read(TopicIdPartition id, Predicate<Role> role, Consumer<Optional<Found>> answer) {
        shards.<Optional<Tail>>ask(
                id,
                loop,
                hosted -> hosted.filter(one -> role.test(one.role())).flatMap(EndReader::tail),
                tail ->
                        tail.ifPresentOrElse(
                                found -> look(id, found, answer),
                                () -> answer.accept(Optional.empty())));
    }

    private static Optional<Tail> tail(Partition partition) {
        PartitionLog log = partition.log();
        boolean atRest =
                partition.highWatermark() == log.endOffset()
                        && log.producers().stream()
                                .allMatch(one -> one.openTransactionOffset().isEmpty());
        if (!atRest) {
            return Optional.empty();
        }
        long end = log.endOffset();
        return Optional.of(
                new Tail(
                        partition.role().leaderEpoch(),
                        end,
                        log.settings().compacted(),
                        log.read(
                                Math.max(log.startOffset(), end - 1),
                                1,
                                end,
                                Isolation.READ_UNCOMMITTED)));
    }

    /** What is not in memory is read off the loops. */
    private void look(TopicIdPartition id, Tail tail, Consumer<Optional<Found>> answer) {
        offload.submit(
                id.hashCode(),
                () -> end(tail),
                loop,
                outcome -> {
                    switch (outcome) {
                        case Offload.Outcome.Done<PartitionEnd>(var end) ->
                                answer.accept(Optional.of(new Found(tail.leaderEpoch(), end)));
                        case Offload.Outcome.Failed<PartitionEnd>(var cause) -> {
                            LOG.atWarn()
                                    .addKeyValue("partition", id.topicPartition())
                                    .setCause(cause)
                                    .log("The last batch cannot be read; it is tried again");
                            answer.accept(Optional.empty());
                        }
                    }
                });
    }

    /** Gives back what was read. */
    static PartitionEnd end(Tail tail) throws IOException {
        LastBatch last = LastBatch.of(tail.last());
        return new PartitionEnd(
                tail.endOffset(), last.leaderEpoch(), tail.compacted() ? -1 : last.checksum());
    }
}
