package io.tombolo.broker.torn;

import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload;
import io.tombolo.environment.Payload;
import io.tombolo.metadata.record.LinkRecord.TornTransaction;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.replication.Partition;
import io.tombolo.storage.log.Isolation;
import io.tombolo.storage.log.PartitionLog;
import io.tombolo.storage.log.ReadResult;

import org.apache.kafka.common.TopicIdPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Looks in logs that are led here for transactions that are committed there. Reads a log only when
 * it remembers that a producer has gone on, and then its last records first, further back only when
 * the beginning of a transaction is not among them.
 *
 * @param loop on which it is asked and answers
 * @param reach how far back it looks
 */
public record CommittedReading(Shards shards, Offload offload, EventLoop loop, Reach reach) {

    private static final Logger LOG = LoggerFactory.getLogger(CommittedReading.class);
    private static final int FURTHER = 10;
    private static final int READ_BYTES = 8 << 20;

    /**
     * How far back a log is looked at.
     *
     * @param recordsFirst how many records, from the end, at first
     * @param recordsMax how many before it is given up
     */
    public record Reach(long recordsFirst, long recordsMax) {

        /** Far enough for a source that died while it wrote markers, and some lag. */
        public static final Reach STANDARD = new Reach(10_000, 1_000_000);
    }

    /** What is looked for, and where; the log is looked at as it was at the beginning. */
    private record Task(
            TopicIdPartition id,
            Set<Suspect> suspects,
            long startOffset,
            long endOffset,
            Consumer<Optional<List<TornTransaction>>> answer) {

        long back(long records) {
            return Math.max(startOffset, endOffset - records);
        }
    }

    /** One look at so many of the last records. */
    private record Look(Task task, long records, CommittedSearch search) {}

    /**
     * Looks.
     *
     * @param leaderEpoch in which the partition has to be led here
     * @param answer those that are committed; empty when it cannot be told now
     */
    public void look(
            TopicIdPartition id,
            int leaderEpoch,
            Set<Suspect> suspects,
            Consumer<Optional<List<TornTransaction>>> answer) {
        shards.<Optional<Task>>ask(
                id,
                loop,
                hosted ->
                        hosted.filter(one -> leads(one, leaderEpoch))
                                .map(one -> task(id, one.log(), suspects, answer)),
                task -> task.ifPresentOrElse(this::begin, () -> answer.accept(Optional.empty())));
    }

    private static boolean leads(Partition partition, int leaderEpoch) {
        return partition.role().leading().isPresent()
                && partition.role().leaderEpoch() == leaderEpoch;
    }

    /** Only who has an epoch behind that of the transaction has ended it there. */
    private static Task task(
            TopicIdPartition id,
            PartitionLog log,
            Set<Suspect> suspects,
            Consumer<Optional<List<TornTransaction>>> answer) {
        var epochs = new HashMap<Long, Short>();
        log.producers().forEach(one -> epochs.put(one.producerId(), one.producerEpoch()));
        var wanted = new HashSet<Suspect>();
        for (Suspect one : suspects) {
            Short epoch = epochs.get(one.producerId());
            if (epoch != null && epoch > one.producerEpoch()) {
                wanted.add(one);
            }
        }
        return new Task(id, wanted, log.startOffset(), log.endOffset(), answer);
    }

    private void begin(Task task) {
        if (task.suspects.isEmpty()) {
            task.answer.accept(Optional.of(List.of()));
        } else {
            look(task, reach.recordsFirst);
        }
    }

    private void look(Task task, long records) {
        read(new Look(task, records, new CommittedSearch(task.suspects)), task.back(records));
    }

    private void read(Look look, long offset) {
        Task task = look.task;
        if (offset >= task.endOffset) {
            looked(look);
            return;
        }
        shards.ask(
                task.id,
                loop,
                hosted ->
                        hosted.map(one ->
                                one.log()
                                        .read(
                                                offset,
                                                READ_BYTES,
                                                task.endOffset,
                                                Isolation.READ_UNCOMMITTED)),
                read ->
                        read.ifPresentOrElse(
                                batches -> search(look, batches),
                                () -> task.answer.accept(Optional.empty())));
    }

    private void search(Look look, ReadResult batches) {
        offload.submit(
                look.task.id.hashCode(),
                () -> searched(look, batches),
                loop,
                outcome -> {
                    switch (outcome) {
                        case Offload.Outcome.Done<Long>(Long next) -> read(look, next);
                        case Offload.Outcome.Failed<Long>(Exception cause) ->
                                failed(look.task, cause);
                    }
                });
    }

    private static void failed(Task task, Exception cause) {
        LOG.atWarn()
                .addKeyValue("partition", task.id.topicPartition())
                .setCause(cause)
                .log("Torn transactions cannot be looked for; it is tried again");
        task.answer.accept(Optional.empty());
    }

    private void looked(Look look) {
        Task task = look.task;
        boolean further =
                !look.search.complete()
                        && look.records < reach.recordsMax
                        && task.back(look.records) > task.startOffset;
        if (further) {
            look(task, Math.min(reach.recordsMax, look.records * FURTHER));
        } else {
            task.answer.accept(Optional.of(look.search.found()));
        }
    }

    /** Off the loops; gives the offset to go on from. */
    private static long searched(Look look, ReadResult batches) throws Exception {
        ReadResult found = batches instanceof ReadResult.Cold(var cold) ? cold.call() : batches;
        if (!(found instanceof ReadResult.Slice slice)) {
            throw new IOException("the log gives " + found);
        }
        try {
            for (Payload part : slice.parts()) {
                search(look.search, part);
            }
            return slice.parts().isEmpty() ? look.task.endOffset : slice.nextOffset();
        } finally {
            slice.parts().forEach(Payload::release);
        }
    }

    private static void search(CommittedSearch search, Payload part) throws IOException {
        for (int position = 0; position < part.length(); ) {
            BatchView header = BatchView.of(part.read(position, BatchView.HEADER_BYTES));
            int length = header.lengthBytes();
            if (header.control() && search.concerns(header)) {
                search.add(BatchView.of(part.read(position, length)));
            } else {
                search.add(header);
            }
            position += length;
        }
    }
}
