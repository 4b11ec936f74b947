package io.tombolo.replication;

import io.tombolo.environment.Payload;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.BatchWalk;
import io.tombolo.storage.log.Isolation;
import io.tombolo.storage.log.PartitionLog;
import io.tombolo.storage.log.ReadResult;

import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** Looks at all replicas after every event, and knows what must never be seen. */
final class ReplicaWatch {

    /** What holds all the time, and at the end. */
    enum Law {
        HIGH_WATERMARK_NEVER_GOES_BACK,
        ACKNOWLEDGED_IS_IN_EVERY_LATER_LEADER,
        LOGS_AGREE_BELOW_THE_HIGH_WATERMARK,
        ONE_LEADER_APPENDS_IN_AN_EPOCH,
        IN_SYNC_HAVE_ALL_BELOW_THE_HIGH_WATERMARK,
        EPOCHS_ASCEND,
        COPIES_ARE_OF_THEIR_SOURCE,
        NO_PARTITION_GOES_OFFLINE,
        ALL_ENDS_WELL
    }

    /** A law does not hold. */
    static final class Broken extends AssertionError {
        private static final long serialVersionUID = 1;
        private final Law law;

        Broken(Law law, String detail) {
            super(law + ": " + detail);
            this.law = law;
        }

        Law law() {
            return law;
        }
    }

    private record Stored(int epoch, int crc) {}

    /** One life of a replica. */
    private static final class Seen {
        private final Partition partition;
        private final TreeMap<Long, Stored> log = new TreeMap<>();
        private long end;
        private long comparedTo;
        private long highWatermark;
        private int ledEpoch = -1;
        private int roleEpoch = -1;
        private boolean damaged;

        Seen(Partition partition) {
            this.partition = partition;
            this.end = partition.log().startOffset();
            this.comparedTo = end;
        }
    }

    private final ReplicaRegion region;
    private final Map<Integer, Seen> seen = new HashMap<>();
    private final TreeMap<Long, Stored> committed = new TreeMap<>();
    private final TreeMap<Long, Stored> acknowledged = new TreeMap<>();
    private final Map<Integer, Integer> leaders = new HashMap<>();
    int ackCount;
    int truncationCount;
    int shrunkCount;
    int damageCount;
    int repairCount;

    ReplicaWatch(ReplicaRegion region) {
        this.region = region;
    }

    void damaged() {
        damageCount++;
    }

    void repaired() {
        repairCount++;
    }

    void ended(ReplicaNode node) {
        seen.remove(node.id);
    }

    void acknowledged(ReplicaNode leader, long offset, int crc) {
        check();
        ackCount++;
        Seen here = seen.get(leader.id);
        int epoch = here == null ? -1 : here.ledEpoch;
        acknowledged.put(offset, new Stored(epoch, crc));
        for (Seen other : seen.values()) {
            boolean later = other.ledEpoch > epoch;
            if (later && leads(other)) {
                requireAcknowledged(other, offset, crc);
            }
        }
    }

    private static boolean leads(Seen one) {
        return one.ledEpoch >= 0 && one.partition.role().leading().isPresent();
    }

    private static void requireAcknowledged(Seen leader, long offset, int crc) {
        Stored stored = leader.log.get(offset);
        require(
                leader.damaged || stored != null && stored.crc() == crc,
                Law.ACKNOWLEDGED_IS_IN_EVERY_LATER_LEADER,
                "the leader of epoch %d has %s at %d",
                leader.ledEpoch,
                stored,
                offset);
    }

    void check() {
        for (ReplicaNode node : region.nodes) {
            Partition partition = node.partition;
            if (partition == null) {
                continue;
            }
            if (region.trouble != null && partition.log().failure().isPresent()) {
                seen.remove(node.id);
                continue;
            }
            Seen one = seen.get(node.id);
            if (one == null || one.partition != partition) {
                one = new Seen(partition);
                seen.put(node.id, one);
            }
            check(node, one);
        }
        checkInSync();
    }

    private void check(ReplicaNode node, Seen one) {
        PartitionLog log = one.partition.log();
        require(
                log.failure().isEmpty(),
                Law.NO_PARTITION_GOES_OFFLINE,
                "broker %d: %s",
                node.id,
                log.failure().map(Throwable::toString).orElse(""));
        checkEpoch(node, one);
        if (log.endOffset() != one.end) {
            catchUp(node, one, log);
        }
        checkWatermark(node, one);
    }

    private void checkEpoch(ReplicaNode node, Seen one) {
        Role role = one.partition.role();
        if (role instanceof Role.Idle) {
            return;
        }
        require(
                role.leaderEpoch() >= one.roleEpoch,
                Law.EPOCHS_ASCEND,
                "broker %d went from epoch %d to %d",
                node.id,
                one.roleEpoch,
                role.leaderEpoch());
        one.roleEpoch = role.leaderEpoch();
        if (role.leading().isPresent() && one.ledEpoch != role.leaderEpoch()) {
            if (one.partition.log().endOffset() != one.end) {
                catchUp(node, one, one.partition.log());
            }
            one.ledEpoch = role.leaderEpoch();
            one.highWatermark = one.partition.highWatermark();
            acknowledged.forEach((offset, acked) -> {
                if (acked.epoch() < one.ledEpoch) {
                    requireAcknowledged(one, offset, acked.crc());
                }
            });
        }
    }

    private void catchUp(ReplicaNode node, Seen one, PartitionLog log) {
        if (log.endOffset() < one.end) {
            truncationCount++;
            one.log.tailMap(log.endOffset()).clear();
            one.end = log.endOffset();
            one.comparedTo = Math.min(one.comparedTo, one.end);
        }
        boolean leading = one.partition.role().leading().isPresent();
        while (one.end < log.endOffset()) {
            Optional<ByteBuffer> bytes = bytes(log, one.end);
            if (bytes.isEmpty()) {
                one.end = log.endOffset();
                one.damaged = true; // its user hears of it by this read
                return;
            }
            var walk = new BatchWalk(bytes.get());
            while (walk.next()) {
                appended(node, one, walk.batch(), leading);
            }
        }
    }

    private Optional<ByteBuffer> bytes(PartitionLog log, long from) {
        ReadResult result = log.read(from, 1 << 20, log.endOffset(), Isolation.READ_UNCOMMITTED);
        ReadResult warm = result instanceof ReadResult.Cold(var cold) ? cold.call() : result;
        if (region.trouble != null && !(warm instanceof ReadResult.Slice)) {
            return Optional.empty();
        }
        var slice = (ReadResult.Slice) warm;
        var bytes = ByteBuffer.allocate(slice.bytes());
        for (Payload part : slice.parts()) {
            bytes.put(((Payload.Memory) part).bytes().duplicate());
            part.release();
        }
        return Optional.of(bytes.flip());
    }

    private void appended(ReplicaNode node, Seen one, BatchView batch, boolean leading) {
        int epoch = batch.partitionLeaderEpoch();
        boolean old = region.mutant == ReplicaMutant.REPORTS_AN_OLD_EPOCH && batch.crc() % 7 == 0;
        var stored = new Stored(old ? epoch - 1 : epoch, batch.crc());
        var before = one.log.lastEntry();
        require(
                before == null || before.getValue().epoch() <= stored.epoch(),
                Law.EPOCHS_ASCEND,
                "broker %d has %s before %s",
                node.id,
                before,
                stored);
        region.origin.ifPresent(from -> checkCopy(node, before, batch, from));
        if (region.origin.isEmpty()
                && leading
                && epoch == one.partition.role().leaderEpoch()
                && one.ledEpoch == epoch) {
            Integer other = leaders.putIfAbsent(epoch, node.id);
            require(
                    other == null || other == node.id,
                    Law.ONE_LEADER_APPENDS_IN_AN_EPOCH,
                    "brokers %d and %d in epoch %d",
                    other,
                    node.id,
                    epoch);
        }
        one.log.put(batch.baseOffset(), stored);
        one.end = batch.nextOffset();
    }

    /** A copy holds what its source held there, behind what its source held before it. */
    private static void checkCopy(
            ReplicaNode node,
            Map.@Nullable Entry<Long, Stored> before,
            BatchView batch,
            ModelOrigin from) {
        var key = new ModelOrigin.Key(batch.baseOffset(), batch.partitionLeaderEpoch());
        ModelOrigin.Original original = from.history().get(key);
        var previous =
                before == null
                        ? ModelOrigin.Key.NONE
                        : new ModelOrigin.Key(before.getKey(), before.getValue().epoch());
        require(
                original != null
                        && original.crc() == batch.crc()
                        && original.previous().equals(previous),
                Law.COPIES_ARE_OF_THEIR_SOURCE,
                "broker %d has %s behind %s, its source had %s",
                node.id,
                key,
                previous,
                original);
    }

    private void checkWatermark(ReplicaNode node, Seen one) {
        long high = one.partition.highWatermark();
        if (leads(one)) {
            boolean old = region.mutant == ReplicaMutant.REPORTS_AN_OLD_WATERMARK && high % 9 == 5;
            require(
                    (old ? high - 2 : high) >= one.highWatermark,
                    Law.HIGH_WATERMARK_NEVER_GOES_BACK,
                    "broker %d went from %d to %d",
                    node.id,
                    one.highWatermark,
                    high);
            one.highWatermark = high;
        }
        if (high <= one.comparedTo || one.damaged) {
            return;
        }
        one.log
                .subMap(one.comparedTo, high)
                .forEach((offset, stored) -> {
                    Stored other = committed.putIfAbsent(offset, stored);
                    require(
                            other == null || other.equals(stored),
                            Law.LOGS_AGREE_BELOW_THE_HIGH_WATERMARK,
                            "broker %d has %s at %d, committed is %s",
                            node.id,
                            stored,
                            offset,
                            other);
                });
        one.comparedTo = high;
    }

    /** Members of the committed ISR that are alive in the incarnation that is registered. */
    private void checkInSync() {
        Seen leader = seen.get(region.controller.leader());
        if (leader == null
                || !leads(leader)
                || leader.ledEpoch != region.controller.leaderEpoch()) {
            return;
        }
        long high = leader.partition.highWatermark();
        var last = leader.log.lowerEntry(high);
        for (ReplicaNode node : region.nodes) {
            Seen one = seen.get(node.id);
            boolean member =
                    one != null
                            && node.partition == one.partition
                            && region.controller.isr().has(node.id)
                            && node.brokerEpoch == region.controller.epochOf(node.id);
            if (member && last != null && !one.damaged && !leader.damaged) {
                require(
                        one.end >= high && last.getValue().equals(one.log.get(last.getKey())),
                        Law.IN_SYNC_HAVE_ALL_BELOW_THE_HIGH_WATERMARK,
                        "broker %d ends at %d, the high watermark of broker %d is %d",
                        node.id,
                        one.end,
                        region.controller.leader(),
                        high);
            }
        }
    }

    /** All in sync, with equal logs, everything committed. */
    boolean allIsWell() {
        Seen leader = seen.get(region.controller.leader());
        if (leader == null || !leads(leader) || region.controller.isr().size() < 3) {
            return false;
        }
        for (ReplicaNode node : region.nodes) {
            Seen one = seen.get(node.id);
            boolean well =
                    one != null
                            && one.end == leader.end
                            && leader.partition.highWatermark() == leader.end
                            && one.log.equals(leader.log);
            if (!well) {
                return false;
            }
        }
        return leader.partition.log().endOffset() == leader.end
                && (region.trouble == null || region.trouble.allSound());
    }

    String describe() {
        var text = new StringBuilder(region.controller.image().toString());
        seen.forEach((id, one) ->
                text.append(
                        "; broker %d %s end %d high %d"
                                .formatted(
                                        id,
                                        one.partition.role(),
                                        one.end,
                                        one.partition.highWatermark())));
        return text.toString();
    }

    private static void require(boolean holds, Law law, String detail, Object... values) {
        if (!holds) {
            throw new Broken(law, Objects.requireNonNull(detail).formatted(values));
        }
    }
}
