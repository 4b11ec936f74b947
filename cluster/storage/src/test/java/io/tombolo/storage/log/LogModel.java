package io.tombolo.storage.log;

import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.BatchWalk;
import io.tombolo.protocol.records.EndTransactionMarker;
import io.tombolo.storage.segment.AbortedTransaction;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A log as simple as it can be: a list of batches. */
final class LogModel {

    record Entry(long base, long last, int epoch, long timestampMs, byte[] bytes) {

        BatchView view() {
            return BatchView.of(ByteBuffer.wrap(bytes));
        }
    }

    record Producer(int epoch, int lastSequence, long openOffset) {}

    final List<Entry> entries = new ArrayList<>();
    long start;
    long end;

    LogModel copy() {
        var copy = new LogModel();
        copy.entries.addAll(entries);
        copy.start = start;
        copy.end = end;
        return copy;
    }

    /** Adds batches as they are in the log. */
    void add(ByteBuffer batches) {
        var walk = new BatchWalk(batches);
        while (walk.next()) {
            BatchView batch = walk.batch();
            byte[] bytes = new byte[batch.lengthBytes()];
            batch.bytes().get(bytes);
            entries.add(
                    new Entry(
                            batch.baseOffset(),
                            batch.lastOffset(),
                            batch.partitionLeaderEpoch(),
                            batch.maxTimestampMs(),
                            bytes));
            end = batch.nextOffset();
        }
    }

    void truncateTo(long offset) {
        entries.removeIf(entry -> entry.last >= offset);
        long lastEnd = entries.isEmpty() ? Long.MIN_VALUE : entries.getLast().last + 1;
        end = Math.max(start, Math.min(end, Math.max(lastEnd, lowest())));
    }

    private long lowest() {
        return entries.isEmpty() ? start : entries.getFirst().base;
    }

    void restart(long offset) {
        entries.clear();
        start = offset;
        end = offset;
    }

    int latestEpoch() {
        return entries.isEmpty() ? -1 : entries.getLast().epoch;
    }

    Map<Long, Producer> producers() {
        var found = new TreeMap<Long, Producer>();
        for (Entry entry : entries) {
            BatchView batch = entry.view();
            if (!batch.hasProducerId()) {
                continue;
            }
            Producer before = found.getOrDefault(batch.producerId(), new Producer(-1, -1, -1));
            boolean sameEpoch = before.epoch == batch.producerEpoch();
            if (batch.control()) {
                int kept = sameEpoch ? before.lastSequence : -1;
                found.put(batch.producerId(), new Producer(batch.producerEpoch(), kept, -1));
            } else {
                long open = before.openOffset;
                if (open < 0 && batch.transactional()) {
                    open = entry.base;
                }
                found.put(
                        batch.producerId(),
                        new Producer(batch.producerEpoch(), batch.lastSequence(), open));
            }
        }
        return found;
    }

    /** Producers and first offsets of the aborted transactions that overlap a range. */
    List<List<Long>> aborted(long from, long to) {
        var open = new TreeMap<Long, Long>();
        var found = new ArrayList<List<Long>>();
        for (Entry entry : entries) {
            BatchView batch = entry.view();
            if (batch.control()) {
                Long first = open.remove(batch.producerId());
                boolean abort =
                        EndTransactionMarker.read(batch).filter(m -> !m.commit()).isPresent();
                if (first != null && abort && entry.last >= from && first < to) {
                    found.add(List.of(batch.producerId(), first));
                }
            } else if (batch.transactional()) {
                open.putIfAbsent(batch.producerId(), entry.base);
            }
        }
        found.sort(Comparator.comparing(pair -> pair.get(1)));
        return found;
    }

    static List<List<Long>> pairs(List<AbortedTransaction> transactions) {
        return transactions.stream()
                .map(one -> List.of(one.producerId(), one.firstOffset()))
                .toList();
    }
}
