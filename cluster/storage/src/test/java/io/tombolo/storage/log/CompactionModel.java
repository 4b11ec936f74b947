package io.tombolo.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.EndTransactionMarker;
import io.tombolo.storage.log.Keyed.Found;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A compacted log as simple as it can be: everything that was ever appended and not cut off.
 * Invariants:
 *
 * <ul>
 *   <li>nothing new: every record in the log was appended, with this key, value and timestamp, at
 *       this offset, and offsets ascend;
 *   <li>latest: a record that is missing was superseded by a later committed one below the cleaned
 *       point, or aborted, or had no key, or was a tombstone that had aged;
 *   <li>once: below the cleaned point a key has one committed record;
 *   <li>aborted: below the cleaned point there are no aborted records;
 *   <li>markers: as long as a batch of a transaction is there its marker is, and for a while after;
 *   <li>committed view: who reads what is committed gets the same latest value of each key as from
 *       the log of all records;
 *   <li>nothing undecided: whatever lies above the last stable offset is there.
 * </ul>
 */
final class CompactionModel {

    private final long retentionMs;
    private final List<Entry> entries = new ArrayList<>();

    /** When a tombstone or marker was there for the last time without saying when it may go. */
    private final Map<Long, Long> unmarkedMs = new HashMap<>();

    /** When it may go. */
    private final Map<Long, Long> horizonMs = new HashMap<>();

    private long highWatermark;
    private long cutting = Long.MAX_VALUE;

    private record Entry(
            BatchView batch, List<Found> records, Optional<EndTransactionMarker> marker) {}

    CompactionModel(long retentionMs) {
        this.retentionMs = retentionMs;
    }

    int count() {
        return entries.size();
    }

    void appended(BatchView batch) {
        var copy = BatchView.of(ByteBuffer.allocate(batch.lengthBytes()).put(batch.bytes()).flip());
        entries.add(
                new Entry(
                        copy,
                        copy.control() ? List.of() : Keyed.records(copy),
                        EndTransactionMarker.read(copy)));
        for (long offset = copy.baseOffset(); offset <= copy.lastOffset(); offset++) {
            unmarkedMs.put(offset, copy.maxTimestampMs());
        }
    }

    void committed(long offset) {
        highWatermark = Math.max(highWatermark, offset);
    }

    /** Below it nothing is cut off as long as elections are clean. */
    long committed() {
        return highWatermark;
    }

    /** A cut has begun, which a crash may leave unfinished. */
    void mayBeCutTo(long offset) {
        cutting = offset;
    }

    /** The most that a crash may be asked for. */
    long cutting() {
        return cutting;
    }

    void cutTo(long endOffset) {
        cutting = Long.MAX_VALUE;
        entries.removeIf(entry -> entry.batch.lastOffset() >= endOffset);
        unmarkedMs.keySet().removeIf(offset -> offset >= endOffset);
        horizonMs.keySet().removeIf(offset -> offset >= endOffset);
        highWatermark = Math.min(highWatermark, endOffset);
    }

    void check(PartitionLog log, long nowMs) {
        var there = new TreeMap<Long, Found>();
        var batches = new TreeMap<Long, BatchView>();
        long last = -1;
        for (BatchView batch : Keyed.batches(log, 0)) {
            assertThat(batch.baseOffset()).as("nothing new: order").isGreaterThan(last);
            last = batch.lastOffset();
            batches.put(batch.baseOffset(), batch);
            if (!batch.control()) {
                Keyed.records(batch).forEach(found -> there.put(found.offset(), found));
            }
            noteAging(batch, nowMs);
        }
        long cleanedTo = log.contents().checkpoints.cleanedTo(log.name());
        Set<Long> aborted = aborted();
        checkNothingNew(there);
        checkMissing(there, aborted, cleanedTo, nowMs);
        checkOnce(there, aborted, cleanedTo);
        checkMarkers(batches, nowMs);
        checkCommittedView(there, log, aborted);
    }

    private void noteAging(BatchView batch, long nowMs) {
        for (Found found : Keyed.records(batch)) {
            if (batch.deleteHorizon()) {
                long horizon = batch.baseTimestampMs();
                assertThat(horizon)
                        .as("tombstones and markers: when %d may go", found.offset())
                        .isGreaterThanOrEqualTo(unmarkedMs.get(found.offset()) + retentionMs);
                horizonMs.put(found.offset(), horizon);
            } else {
                unmarkedMs.put(found.offset(), nowMs);
            }
        }
    }

    /** Whether it has been said long enough that a tombstone or marker may go. */
    private boolean aged(long offset, long nowMs) {
        return nowMs >= unmarkedMs.get(offset) + retentionMs
                && nowMs >= horizonMs.getOrDefault(offset, 0L);
    }

    private void checkNothingNew(Map<Long, Found> there) {
        var known = new HashMap<Long, Found>();
        entries.forEach(entry -> entry.records.forEach(it -> known.put(it.offset(), it)));
        there.forEach((offset, found) ->
                assertThat(found).as("nothing new").isEqualTo(known.get(offset)));
    }

    private void checkMissing(
            Map<Long, Found> there, Set<Long> aborted, long cleanedTo, long nowMs) {
        var latest = latestBelow(Long.MAX_VALUE, aborted);
        long stable = stableOffset();
        for (Entry entry : entries) {
            for (Found record : entry.records) {
                if (there.containsKey(record.offset()) || record.key() == null) {
                    continue;
                }
                assertThat(record.offset()).as("nothing undecided").isLessThan(stable);
                Found newest = latest.get(record.key());
                boolean superseded =
                        newest != null
                                && newest.offset() > record.offset()
                                && supersededBelow(record, stable, aborted);
                boolean aged = record.value() == null && aged(record.offset(), nowMs);
                boolean explained = aborted.contains(record.offset()) || superseded || aged;
                assertThat(explained)
                        .as("latest: %s is missing, cleaned to %d", record, cleanedTo)
                        .isTrue();
            }
        }
    }

    private boolean supersededBelow(Found record, long limit, Set<Long> aborted) {
        return entries.stream()
                .flatMap(entry -> entry.records.stream())
                .anyMatch(later ->
                        later.offset() > record.offset()
                                && later.offset() < limit
                                && record.key().equals(later.key())
                                && !aborted.contains(later.offset()));
    }

    private Map<String, Found> latestBelow(long limit, Set<Long> aborted) {
        var latest = new HashMap<String, Found>();
        for (Entry entry : entries) {
            for (Found record : entry.records) {
                if (record.key() != null
                        && record.offset() < limit
                        && !aborted.contains(record.offset())) {
                    latest.put(record.key(), record);
                }
            }
        }
        return latest;
    }

    private void checkOnce(Map<Long, Found> there, Set<Long> aborted, long cleanedTo) {
        var keys = new HashSet<String>();
        for (Found found : there.values()) {
            if (found.offset() < cleanedTo) {
                assertThat(aborted).as("aborted").doesNotContain(found.offset());
                assertThat(keys.add(found.key()))
                        .as("once: %s, cleaned to %d", found, cleanedTo)
                        .isTrue();
            }
        }
    }

    private void checkMarkers(Map<Long, BatchView> there, long nowMs) {
        var first = new HashMap<Long, List<Long>>();
        for (Entry entry : entries) {
            BatchView batch = entry.batch;
            if (batch.control()) {
                List<Long> inside = first.remove(batch.producerId());
                boolean free = inside == null || inside.stream().noneMatch(there::containsKey);
                BatchView kept = there.get(batch.baseOffset());
                boolean missing = kept == null || kept.recordCount() == 0;
                assertThat(!missing || free && aged(batch.baseOffset(), nowMs))
                        .as("markers: %d is missing", batch.baseOffset())
                        .isTrue();
            } else if (batch.transactional()) {
                first.computeIfAbsent(batch.producerId(), _ -> new ArrayList<>())
                        .add(batch.baseOffset());
            }
        }
    }

    /** A tombstone and no record at all are the same to who reads. */
    private void checkCommittedView(Map<Long, Found> there, PartitionLog log, Set<Long> aborted) {
        var expected = new TreeMap<String, String>();
        latestBelow(Long.MAX_VALUE, aborted)
                .forEach((key, found) -> {
                    if (found.value() != null) {
                        expected.put(key, found.offset() + " " + found.value());
                    }
                });
        var latest = new HashMap<String, Found>();
        there.values().stream()
                .filter(found -> found.key() != null && !aborted.contains(found.offset()))
                .forEach(found -> latest.put(found.key(), found));
        var seen = new TreeMap<String, String>();
        latest.forEach((key, found) -> {
            if (found.value() != null) {
                seen.put(key, found.offset() + " " + found.value());
            }
        });
        assertThat(seen).as("committed view of " + log.name()).isEqualTo(expected);
    }

    private Set<Long> aborted() {
        var aborted = new HashSet<Long>();
        var open = new HashMap<Long, List<Found>>();
        for (Entry entry : entries) {
            long producer = entry.batch.producerId();
            if (entry.marker.isPresent()) {
                List<Found> records = open.remove(producer);
                if (records != null && !entry.marker.get().commit()) {
                    records.forEach(record -> aborted.add(record.offset()));
                }
            } else if (entry.batch.transactional()) {
                open.computeIfAbsent(producer, _ -> new ArrayList<>()).addAll(entry.records);
            }
        }
        return aborted;
    }

    private long stableOffset() {
        var open = new HashMap<Long, Long>();
        for (Entry entry : entries) {
            if (entry.batch.control()) {
                open.remove(entry.batch.producerId());
            } else if (entry.batch.transactional()) {
                open.putIfAbsent(entry.batch.producerId(), entry.batch.baseOffset());
            }
        }
        return open.values().stream().mapToLong(Long::longValue).min().orElse(Long.MAX_VALUE);
    }
}
