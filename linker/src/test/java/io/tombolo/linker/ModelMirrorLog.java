package io.tombolo.linker;

import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;
import io.tombolo.protocol.records.BatchVerdict;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.BatchWalk;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.MirrorLog;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * A small model of the mirror logs of a broker: whole batches in memory, the rules of {@link
 * MirrorLog}, answers a little later. It survives the link that uses it. What a link must never
 * hand in is noted as an offence, besides being refused.
 */
final class ModelMirrorLog implements MirrorLog {

    /** One batch in the log. */
    record Stored(long baseOffset, long nextOffset, int leaderEpoch, ByteBuffer bytes) {}

    /** The log of one partition. */
    static final class Log {
        final List<Stored> batches = new ArrayList<>();
        private final List<Runnable> waiting = new ArrayList<>();
        long start;
        long end;
        int leaderEpoch;

        /** The broker that leads; 1 in a region of one. */
        int leader = 1;

        /** Whether there are followers: then the high watermark moves only when it is told to. */
        boolean replicated;

        private long highWatermark;

        long highWatermark() {
            return replicated ? Math.clamp(highWatermark, start, end) : end;
        }

        /** The followers have everything. */
        void replicate() {
            highWatermark = end;
            news();
        }

        /** Another broker leads, which has what is safe and perhaps a little more. */
        void lead(int broker, int kept) {
            long safe = highWatermark();
            int more = kept;
            while (!batches.isEmpty() && batches.getLast().baseOffset >= safe && more-- <= 0) {
                batches.removeLast();
            }
            end = batches.isEmpty() ? Math.max(start, safe) : batches.getLast().nextOffset;
            leader = broker;
            leaderEpoch++;
            news();
        }

        private void news() {
            var all = List.copyOf(waiting);
            waiting.clear();
            all.forEach(Runnable::run);
        }

        int lastEpoch() {
            return batches.isEmpty() ? -1 : batches.getLast().leaderEpoch;
        }
    }

    private final EventLoop loop;
    private final LongSupplier delayNanos;
    private final BooleanSupplier failing;
    final TreeMap<LinkPartition, Log> logs;
    final List<String> offences = new ArrayList<>();
    long ownershipEpoch;
    boolean frozen;

    /** The broker whose logs these are, as far as it leads them. */
    int broker = 1;

    /** Answers nobody who waits for a high watermark. */
    boolean silent;

    /** Tells of a copy that another broker leads as if all of it was safe. */
    boolean boastful;

    long appendedBytes;

    ModelMirrorLog(
            EventLoop loop,
            Clock clock,
            TreeMap<LinkPartition, Log> logs,
            LongSupplier delayNanos,
            BooleanSupplier failing) {
        this.loop = loop;
        this.logs = logs;
        this.delayNanos = delayNanos;
        this.failing = failing;
    }

    @Override
    public void position(LinkPartition partition, Consumer<PositionAnswer> answer) {
        later(() -> answer.accept(positionNow(partition)));
    }

    private PositionAnswer positionNow(LinkPartition partition) {
        Log log = logs.get(partition);
        return log == null || log.leader != broker
                ? new Failed(partition + " is not led here")
                : new Opened(standing(log, log.highWatermark()));
    }

    private static Position standing(Log log, long highWatermark) {
        long checksum =
                log.batches.isEmpty()
                        ? -1
                        : Integer.toUnsignedLong(BatchView.of(log.batches.getLast().bytes).crc());
        return new Position(
                log.start, highWatermark, log.end, log.lastEpoch(), log.leaderEpoch, checksum);
    }

    @Override
    public void awaitHighWatermark(
            LinkPartition partition,
            int leaderEpoch,
            long offset,
            Consumer<PositionAnswer> answer) {
        later(() -> await(partition, leaderEpoch, offset, answer));
    }

    private void await(
            LinkPartition partition,
            int leaderEpoch,
            long offset,
            Consumer<PositionAnswer> answer) {
        PositionAnswer now = positionNow(partition);
        boolean waits =
                now instanceof Opened(var position)
                        && position.leaderEpoch() == leaderEpoch
                        && position.highWatermark() < offset;
        if (waits && !silent) {
            logs.get(partition)
                    .waiting
                    .add(() -> loop.execute(() -> await(partition, leaderEpoch, offset, answer)));
        } else if (!waits) {
            answer.accept(now);
        }
    }

    @Override
    public void copyElsewhere(LinkPartition partition, Consumer<PositionAnswer> answer) {
        later(() -> {
            Log log = logs.get(partition);
            answer.accept(
                    log == null
                            ? new Failed(partition + " is not known")
                            : new Opened(standing(log, boastful ? log.end : log.highWatermark())));
        });
    }

    @Override
    public void append(Append append, Consumer<AppendAnswer> answer) {
        if (frozen) {
            offences.add("an append to " + append.partition() + " after the failover was ordered");
        }
        later(() -> answer.accept(appendNow(append)));
    }

    private AppendAnswer appendNow(Append append) {
        Log log = logs.get(append.partition());
        if (log == null || log.leader != broker || append.leaderEpoch() != log.leaderEpoch) {
            return new Failed("the leadership is over");
        }
        if (failing.getAsBoolean()) {
            return new Failed("storage in trouble");
        }
        if (append.ownershipEpoch() < ownershipEpoch) {
            return new StaleOwnership(ownershipEpoch);
        }
        if (append.expectedEndOffset() != log.end) {
            return new OutOfOrder(log.end);
        }
        var fresh = new ArrayList<Stored>();
        var walk = new BatchWalk(append.batches());
        long next = log.end;
        boolean empty = log.start == log.end;
        int epoch = log.lastEpoch();
        while (walk.next()) {
            BatchView batch = walk.batch();
            String at = append.partition() + "@" + batch.baseOffset();
            if (batch.verdict() != BatchVerdict.VALID) {
                offences.add(at + " is corrupt");
            }
            if (batch.baseOffset() < next && !(empty && fresh.isEmpty())) {
                offences.add(at + " begins below the end " + next);
            }
            if (batch.partitionLeaderEpoch() < epoch) {
                offences.add(at + " has an epoch that goes back");
            }
            if (batch.partitionLeaderEpoch() > log.leaderEpoch) {
                offences.add(at + " has an epoch above the local " + log.leaderEpoch);
            }
            var copy = ByteBuffer.allocate(batch.lengthBytes());
            copy.put(batch.bytes()).flip();
            fresh.add(
                    new Stored(
                            batch.baseOffset(),
                            batch.nextOffset(),
                            batch.partitionLeaderEpoch(),
                            copy));
            next = batch.nextOffset();
            epoch = batch.partitionLeaderEpoch();
        }
        if (walk.verdict() != BatchVerdict.VALID) {
            offences.add(append.partition() + " was given a part of a batch");
        }
        log.batches.addAll(fresh);
        log.end = next;
        appendedBytes += append.batches().remaining();
        return new Appended(log.end, log.highWatermark());
    }

    @Override
    public void raiseLogStart(
            LinkPartition partition,
            long logStartOffset,
            long epoch,
            Consumer<AppendAnswer> answer) {
        later(() -> {
            Log log = logs.get(partition);
            if (log == null || log.leader != broker) {
                answer.accept(new Failed("not led here"));
                return;
            }
            if (epoch < ownershipEpoch) {
                answer.accept(new StaleOwnership(ownershipEpoch));
                return;
            }
            if (logStartOffset > log.end && log.start != log.end) {
                answer.accept(new Refused("beyond the end"));
                return;
            }
            log.start = Math.max(log.start, logStartOffset);
            log.end = Math.max(log.end, log.start);
            log.batches.removeIf(batch -> batch.nextOffset <= log.start);
            answer.accept(new Appended(log.end, log.highWatermark()));
        });
    }

    @Override
    public void endOfEpoch(LinkPartition partition, int leaderEpoch, Consumer<EpochAnswer> answer) {
        later(() -> {
            Log log = logs.get(partition);
            if (log == null) {
                answer.accept(new Failed("not led here"));
                return;
            }
            int epoch = -1;
            long end = -1;
            for (Stored batch : log.batches) {
                if (batch.leaderEpoch <= leaderEpoch) {
                    epoch = batch.leaderEpoch;
                    end = batch.nextOffset;
                }
            }
            answer.accept(new EpochEnd(epoch, end));
        });
    }

    /** Calls for one partition take effect in their order, so all wait equally long. */
    private void later(Runnable effect) {
        long delay = delayNanos.getAsLong();
        if (delay <= 0) {
            loop.execute(effect);
        } else {
            loop.schedule(delay, effect);
        }
    }

    /** A copy of the logs' content for comparison. */
    Map<LinkPartition, Log> content() {
        return logs;
    }
}
