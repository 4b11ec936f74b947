package io.tombolo.broker.failback;

import io.tombolo.broker.Commands;
import io.tombolo.broker.Images;
import io.tombolo.broker.failback.ReturnDuty.Cause;
import io.tombolo.broker.failback.ReturnDuty.Cutting;
import io.tombolo.broker.failback.ReturnDuty.Finding;
import io.tombolo.broker.link.LinkPlace;
import io.tombolo.broker.shard.Shards;
import io.tombolo.controller.command.LinkCommand.ConfirmCut;
import io.tombolo.controller.command.LinkCommand.Diverged;
import io.tombolo.controller.command.LinkCommand.ReportDivergence;
import io.tombolo.environment.Offload;
import io.tombolo.metadata.record.LinkRecord.Divergence;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.region.ownership.Lineage;
import io.tombolo.region.ownership.Lineage.EpochEnd;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Role;
import io.tombolo.storage.log.Isolation;
import io.tombolo.storage.log.PartitionLog;
import io.tombolo.storage.log.ReadResult;

import org.apache.kafka.common.TopicIdPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Does this broker's part for topics that come back: as the leader of a partition it finds out what
 * only this region has, and as any replica it cuts that off when it is told to. What it has to do
 * it reads from each image anew ({@link ReturnDuty}); whatever does not work is tried again until
 * the metadata say that it is done. Mutable, confined to the links' loop.
 */
public final class ReturnWorker {

    private static final Logger LOG = LoggerFactory.getLogger(ReturnWorker.class);

    /** Between two looks while something is left to be done. */
    private static final Duration AGAIN = Duration.ofMillis(100);

    private static final int READ_BYTES = 1 << 20;

    private final LinkPlace place;
    private final Images images;
    private final Tools tools;
    private final Set<TopicIdPartition> busy = new HashSet<>();
    private final Map<Cause, TreeMap<PartitionId, Diverged>> found = new HashMap<>();
    private final Map<Cause, TreeSet<PartitionId>> cut = new HashMap<>();
    private boolean planned;
    private boolean closed;

    /** What the worker needs of its broker. */
    public record Tools(Shards shards, Offload offload, Commands commands) {}

    public ReturnWorker(LinkPlace place, Images images, Tools tools) {
        this.place = place;
        this.images = images;
        this.tools = tools;
    }

    /** Looks what there is to be done now; to be called after every image that may matter. */
    public void look() {
        if (closed) {
            return;
        }
        ReturnDuty duty = ReturnDuty.of(images.current(), place.brokerId());
        duty.find().forEach(this::find);
        duty.cut().forEach(this::cut);
        duty.tell()
                .forEach(one ->
                        confirm(one.cause(), new TreeSet<>(Set.of(one.partition())), () -> {}));
        if (duty.underWay() && !planned) {
            planned = true;
            place.loop()
                    .schedule(
                            AGAIN.toNanos(),
                            () -> {
                                planned = false;
                                look();
                            });
        }
    }

    // --- what only this region has

    private void find(Finding wanted) {
        if (busy.add(wanted.id())) {
            tools.shards()
                    .ask(
                            wanted.id(),
                            place.loop(),
                            hosted -> hosted.flatMap(one -> range(one, wanted)),
                            range ->
                                    range.ifPresentOrElse(
                                            begun -> count(wanted, begun),
                                            () -> busy.remove(wanted.id())));
        }
    }

    /**
     * Empty while replicas lag: nobody could read what lies above the high watermark, so it could
     * not be exported. Empty as well until the disk has it all: the report says what there is, also
     * after the power has failed.
     */
    private static Optional<DivergentRange> range(Partition partition, Finding wanted) {
        PartitionLog log = partition.log();
        boolean ready =
                partition.role() instanceof Role.MirrorLeader
                        && partition.role().leaderEpoch() == wanted.leaderEpoch()
                        && partition.highWatermark() == log.endOffset();
        if (!ready) {
            return Optional.empty();
        }
        if (log.durableOffset() < log.endOffset()) {
            log.flush();
            return Optional.empty();
        }
        long divergence = wanted.lineage().divergence(logOf(log));
        return Optional.of(
                DivergentRange.of(
                        divergence, Math.max(divergence, log.startOffset()), log.endOffset()));
    }

    /** Epochs without records do not count: nothing was written in them. */
    private static Lineage.Log logOf(PartitionLog log) {
        var epochs = new ArrayList<EpochEnd>();
        long offset = log.startOffset();
        while (offset < log.endOffset()) {
            int epoch = log.epochAt(offset).orElse(-1);
            long end =
                    log.endOffsetForEpoch(epoch)
                            .map(found -> found.endOffset())
                            .orElse(log.endOffset());
            offset = end > offset ? Math.min(end, log.endOffset()) : log.endOffset();
            epochs.add(new EpochEnd(epoch, offset));
        }
        return new Lineage.Log(log.startOffset(), log.endOffset(), epochs);
    }

    private void count(Finding wanted, DivergentRange soFar) {
        if (soFar.isComplete()) {
            report(wanted, soFar.whole());
            return;
        }
        tools.shards()
                .ask(
                        wanted.id(),
                        place.loop(),
                        hosted ->
                                hosted.map(one ->
                                        one.log()
                                                .read(
                                                        soFar.nextOffset(),
                                                        READ_BYTES,
                                                        soFar.toOffset(),
                                                        Isolation.READ_UNCOMMITTED)),
                        read ->
                                read.ifPresentOrElse(
                                        batches -> count(wanted, soFar, batches),
                                        () -> busy.remove(wanted.id())));
    }

    private void count(Finding wanted, DivergentRange soFar, ReadResult batches) {
        tools.offload()
                .submit(
                        wanted.id().hashCode(),
                        () -> soFar.and(DivergentRange.slice(batches)),
                        place.loop(),
                        outcome -> {
                            switch (outcome) {
                                case Offload.Outcome.Done<DivergentRange>(var more) ->
                                        count(wanted, more);
                                case Offload.Outcome.Failed<DivergentRange>(var cause) ->
                                        failed(wanted, cause);
                            }
                        });
    }

    private void failed(Finding wanted, Exception cause) {
        busy.remove(wanted.id());
        LOG.atWarn()
                .addKeyValue("partition", wanted.id().topicPartition())
                .setCause(cause)
                .log("What only this region has cannot be counted; it is tried again");
    }

    private void report(Finding wanted, Divergence divergence) {
        var batch = found.computeIfAbsent(wanted.cause(), _ -> new TreeMap<>());
        boolean first = batch.isEmpty();
        batch.put(partitionOf(wanted.id()), new Diverged(wanted.leaderEpoch(), divergence));
        if (first) {
            place.loop().execute(() -> tellFound(wanted.cause()));
        }
    }

    private void tellFound(Cause cause) {
        TreeMap<PartitionId, Diverged> told = found.remove(cause);
        if (told != null && !closed) {
            tools.commands()
                    .submit(
                            new ReportDivergence(cause.link(), cause.ownershipEpoch(), told),
                            place.loop(),
                            _ -> freed(told.keySet()));
        }
    }

    // --- cutting it off

    private void cut(Cutting wanted) {
        if (busy.add(wanted.id())) {
            tools.shards()
                    .ask(
                            wanted.id(),
                            place.loop(),
                            hosted -> hosted.filter(one -> one.cutTo(wanted.offset())).isPresent(),
                            done -> {
                                if (done) {
                                    hasCut(wanted);
                                } else {
                                    busy.remove(wanted.id());
                                }
                            });
        }
    }

    private void hasCut(Cutting wanted) {
        var batch = cut.computeIfAbsent(wanted.cause(), _ -> new TreeSet<>());
        boolean first = batch.isEmpty();
        batch.add(partitionOf(wanted.id()));
        if (first) {
            place.loop().execute(() -> tellCut(wanted.cause()));
        }
    }

    private void tellCut(Cause cause) {
        TreeSet<PartitionId> told = cut.remove(cause);
        if (told != null) {
            confirm(cause, told, () -> freed(told));
        }
    }

    private void confirm(Cause cause, TreeSet<PartitionId> partitions, Runnable then) {
        if (!closed) {
            tools.commands()
                    .submit(
                            new ConfirmCut(
                                    cause.link(),
                                    cause.ownershipEpoch(),
                                    place.brokerId(),
                                    partitions),
                            place.loop(),
                            _ -> then.run());
        }
    }

    private void freed(Set<PartitionId> partitions) {
        busy.removeIf(id -> partitions.contains(partitionOf(id)));
    }

    private static PartitionId partitionOf(TopicIdPartition id) {
        return new PartitionId(id.topicId(), id.partition());
    }

    /** Does nothing more. */
    public void close() {
        closed = true;
    }
}
