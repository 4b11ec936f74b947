package io.tombolo.broker.link;

import io.tombolo.broker.Commands;
import io.tombolo.broker.Images;
import io.tombolo.controller.command.LinkCommand.BeginPromotion;
import io.tombolo.controller.command.LinkCommand.ClampMirrorOffsets;
import io.tombolo.controller.command.LinkCommand.Clamped;
import io.tombolo.controller.command.LinkCommand.SettleMirrorPartitions;
import io.tombolo.controller.command.LinkCommand.Settled;
import io.tombolo.coordinator.group.entry.LinkOffsets.Beyond;
import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.record.LinkRecord.ClampedPosition;
import io.tombolo.metadata.record.LinkRecord.CopyEnd;
import io.tombolo.metadata.record.LinkRecord.OpenTransactions;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.region.link.FailoverOrder;
import io.tombolo.region.link.Link;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.MirrorLog;
import io.tombolo.region.topology.LinkEntry;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Does this broker's part of the taking over of one link's topics: stops its link, tells where the
 * partitions that it leads have ended and which transactions are open there, brings the groups that
 * it coordinates within the ends, and has these transactions aborted. What it has to do it reads
 * from each image anew ({@link PromotionDuty}); whatever does not work is tried again until the
 * metadata say that it is done. Mutable, confined to the links' loop.
 */
final class PromotionWorker {

    /** Between two looks while something is left to be done. */
    static final Duration AGAIN = Duration.ofMillis(100);

    /** How long appends in flight, and replicas that lag, are waited for. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    /** After a claim, whoever made it begins; when nobody has for so long, somebody else does. */
    static final Duration GRACE = Duration.ofSeconds(1);

    /** How many positions are told of one partition of groups; more are moved all the same. */
    static final int TOLD_MAX = 1_000;

    private final LinkPlace place;
    private final LinkEntry entry;
    private final Images images;
    private final Ports ports;
    private final OpenTransactionsWorker transactions;
    private final ComparisonWorker comparison;
    private final Map<LinkPartition, Long> sourceEnds = new HashMap<>();
    private final Map<LinkPartition, Long> askedSinceNanos = new HashMap<>();
    private final Set<LinkPartition> settling = new HashSet<>();
    private final TreeMap<PartitionId, Settled> ready = new TreeMap<>();
    private final Set<Integer> clamping = new HashSet<>();
    private long epoch;
    private long sinceNanos;
    private boolean ordered;
    private boolean beginning;
    private boolean planned;
    private boolean closed;

    /** What the worker needs of its broker; all of it answers on the links' loop. */
    record Ports(
            Commands commands,
            Clock clock,
            MirrorLog log,
            OpenTransactionLog transactions,
            Groups groups,
            Supplier<Optional<Link>> link) {}

    /** The committed offsets of the groups that live on one partition of the offsets topic. */
    interface Groups {

        /**
         * Brings them within these ends.
         *
         * @param answer the positions that were not; empty when it could not be done now
         */
        void clamp(
                int offsetsPartition,
                Map<TopicPartition, Long> ends,
                Consumer<Optional<List<Beyond>>> answer);
    }

    PromotionWorker(LinkPlace place, LinkEntry entry, Images images, Ports ports) {
        this.place = place;
        this.entry = entry;
        this.images = images;
        this.ports = ports;
        this.transactions = new OpenTransactionsWorker(place, entry.name(), ports);
        this.comparison = new ComparisonWorker(place, entry.name(), ports);
    }

    /** Looks what there is to be done now; to be called after every image that may matter. */
    void look() {
        Optional<PromotionDuty> duty =
                closed
                        ? Optional.empty()
                        : PromotionDuty.of(
                                images.current(), entry, place.region(), place.brokerId());
        if (duty.isEmpty()) {
            return;
        }
        if (duty.get().ownershipEpoch() != epoch) {
            begin(duty.get().ownershipEpoch());
        }
        stopLink();
        if (duty.get().unbegun()) {
            beginInstead();
        }
        duty.get().settle().forEach(this::settle);
        duty.get().clamp().forEach(this::clamp);
        duty.get().abort().forEach(one -> transactions.abort(one, epoch));
        comparison.compare(duty.get().compare(), images.current(), epoch);
        lookAgain();
    }

    private void begin(long ownershipEpoch) {
        epoch = ownershipEpoch;
        sinceNanos = ports.clock().nanoTime();
        ordered = false;
        sourceEnds.clear();
        askedSinceNanos.clear();
        settling.clear();
        ready.clear();
    }

    private void lookAgain() {
        if (!planned) {
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

    /**
     * Ends the copying of this broker; a link that never ran here has nothing to end. What it still
     * hands in comes before the question for the position, or is refused: the partitions know the
     * new owner.
     */
    private void stopLink() {
        Optional<Link> link = ports.link().get();
        if (ordered) {
            return;
        }
        ordered = true;
        if (link.isPresent()) {
            link.get().failover(new FailoverOrder(epoch, PATIENCE.toNanos()));
            for (LinkStatus.TopicStatus topic : link.get().status().topics()) {
                // Of what the link had given up it is not known where its source ends.
                topic.partitions().stream()
                        .filter(one -> one.trouble().isEmpty())
                        .forEach(one ->
                                sourceEnds.put(
                                        one.partition(), one.progress().sourceHighWatermark()));
            }
        }
    }

    /** How many records are known to be at the source and not here, −1 when nobody knows. */
    private long missing(LinkPartition partition, long endOffset) {
        long sourceEnd = sourceEnds.getOrDefault(partition, -1L);
        return sourceEnd < 0 ? -1 : Math.max(0, sourceEnd - endOffset);
    }

    /** The broker that claimed the ownership may have died right after. */
    private void beginInstead() {
        boolean late = ports.clock().nanoTime() - sinceNanos >= GRACE.toNanos();
        if (late && !beginning && images.leadBrokerId() == place.brokerId()) {
            beginning = true;
            ports.commands()
                    .submit(
                            new BeginPromotion(entry.name(), "goes on with what was claimed"),
                            place.loop(),
                            _ -> beginning = false);
        }
    }

    // --- the end of the copy

    private void settle(LinkPartition partition, int leaderEpoch) {
        if (settling.add(partition)) {
            long now = ports.clock().nanoTime();
            long since = askedSinceNanos.computeIfAbsent(partition, _ -> now);
            ports.log()
                    .position(
                            partition,
                            answer -> {
                                if (answer instanceof MirrorLog.Opened(var position)
                                        && position.leaderEpoch() == leaderEpoch) {
                                    ended(partition, position, now - since);
                                } else {
                                    settling.remove(partition);
                                }
                            });
        }
    }

    private void ended(LinkPartition partition, MirrorLog.Position position, long waitedNanos) {
        boolean complete = position.highWatermark() == position.endOffset();
        if (!complete && waitedNanos < PATIENCE.toNanos()) {
            settling.remove(partition);
            return;
        }
        var where =
                new OpenTransactionLog.Place(partition, position.leaderEpoch(), Integer.MAX_VALUE);
        ports.transactions()
                .find(
                        where,
                        found ->
                                found.ifPresentOrElse(
                                        now -> ended(partition, position, now.open(), complete),
                                        () -> settling.remove(partition)));
    }

    private void ended(
            LinkPartition partition,
            MirrorLog.Position position,
            OpenTransactions open,
            boolean complete) {
        boolean first = ready.isEmpty();
        var end =
                new CopyEnd(
                        position.highWatermark(),
                        position.lastEpoch(),
                        missing(partition, position.highWatermark()),
                        complete);
        ready.put(
                new PartitionId(partition.topicId(), partition.partition()),
                new Settled(position.leaderEpoch(), end, open));
        if (first) {
            place.loop().execute(this::tellEnds);
        }
    }

    private void tellEnds() {
        var told = new TreeMap<>(ready);
        ready.clear();
        if (closed || told.isEmpty()) {
            return;
        }
        ports.commands()
                .submit(
                        new SettleMirrorPartitions(entry.name(), epoch, told),
                        place.loop(),
                        _ ->
                                settling.removeIf(one ->
                                        told.containsKey(
                                                new PartitionId(one.topicId(), one.partition()))));
    }

    // --- groups

    private void clamp(PromotionDuty.Clamping wanted) {
        int offsetsPartition = wanted.offsetsPartition();
        if (clamping.add(offsetsPartition)) {
            ports.groups()
                    .clamp(
                            offsetsPartition,
                            wanted.ends(),
                            moved -> {
                                if (moved.isPresent() && !closed) {
                                    tellClamped(wanted, moved.get());
                                } else {
                                    clamping.remove(offsetsPartition);
                                }
                            });
        }
    }

    private void tellClamped(PromotionDuty.Clamping wanted, List<Beyond> moved) {
        var clamped = new Clamped(new TreeSet<>(wanted.topicIds()), positions(wanted, moved));
        ports.commands()
                .submit(
                        new ClampMirrorOffsets(
                                entry.name(),
                                epoch,
                                wanted.offsetsPartition(),
                                wanted.leaderEpoch(),
                                clamped),
                        place.loop(),
                        _ -> clamping.remove(wanted.offsetsPartition()));
    }

    private List<ClampedPosition> positions(PromotionDuty.Clamping wanted, List<Beyond> moved) {
        return moved.stream()
                .limit(TOLD_MAX)
                .map(one ->
                        new ClampedPosition(
                                one.group(),
                                idOf(one.partition().topic()),
                                one.partition().partition(),
                                one.offset(),
                                wanted.ends().getOrDefault(one.partition(), 0L)))
                .toList();
    }

    private Uuid idOf(String topic) {
        return images.current()
                .topics()
                .topic(topic)
                .map(found -> found.id())
                .orElse(Uuid.ZERO_UUID);
    }

    /** Does nothing more. */
    void close() {
        closed = true;
        transactions.close();
        comparison.close();
    }

    EventLoop loop() {
        return place.loop();
    }
}
