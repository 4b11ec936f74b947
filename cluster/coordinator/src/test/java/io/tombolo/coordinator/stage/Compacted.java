package io.tombolo.coordinator.stage;

import io.tombolo.coordinator.runtime.StoredEntry;
import io.tombolo.coordinator.runtime.StoredMarker;
import io.tombolo.coordinator.runtime.StoredRecord;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the log cleaner leaves of an internal topic. */
public final class Compacted {

    private final List<StoredEntry> log;
    private final boolean aged;

    /** The offset of each transactional record whose transaction has ended, and how. */
    private final Map<Long, StoredMarker> endings = new HashMap<>();

    private final Map<ByteBuffer, Long> latest = new HashMap<>();
    private final long toOffset;

    private Compacted(List<StoredEntry> log, long toOffset, boolean aged) {
        this.log = log;
        this.aged = aged;
        this.toOffset = Math.min(toOffset, firstUnstable());
        for (StoredEntry entry : log) {
            if (entry instanceof StoredRecord record && counts(record)) {
                latest.put(ByteBuffer.wrap(record.key()), record.offset());
            }
        }
    }

    /**
     * What is left of a log; everything from its first undecided record on is.
     *
     * @param toOffset what lies beyond is left alone, too
     * @param aged whether tombstones, and markers whose records are gone, have been there for long
     */
    public static List<StoredEntry> of(List<StoredEntry> log, long toOffset, boolean aged) {
        return new Compacted(log, toOffset, aged).left();
    }

    private long firstUnstable() {
        Map<Long, List<Long>> open = new HashMap<>();
        for (StoredEntry entry : log) {
            switch (entry) {
                case StoredRecord record when record.transactional() ->
                        open.computeIfAbsent(record.producerId(), _ -> new ArrayList<>())
                                .add(record.offset());
                case StoredRecord _ -> {}
                case StoredMarker marker -> {
                    List<Long> ended = open.remove(marker.end().producerId());
                    if (ended != null) {
                        ended.forEach(offset -> endings.put(offset, marker));
                    }
                }
            }
        }
        return open.values().stream().mapToLong(List::getFirst).min().orElse(Long.MAX_VALUE);
    }

    /** Whether a record has been written for good, where is compacted. */
    private boolean counts(StoredRecord record) {
        return record.offset() < toOffset
                && (!record.transactional() || endings.get(record.offset()).end().committed());
    }

    private List<StoredEntry> left() {
        Set<StoredMarker> needed = new HashSet<>();
        for (StoredEntry entry : log) {
            if (entry instanceof StoredRecord record && stays(record)) {
                needed.add(endings.get(record.offset()));
            }
        }
        return log.stream()
                .filter(entry ->
                        switch (entry) {
                            case StoredRecord record -> stays(record);
                            case StoredMarker marker ->
                                    marker.offset() >= toOffset || !aged || needed.contains(marker);
                        })
                .toList();
    }

    private boolean stays(StoredRecord record) {
        if (record.offset() >= toOffset) {
            return true;
        }
        return counts(record)
                && latest.get(ByteBuffer.wrap(record.key())) == record.offset()
                && (record.value() != null || !aged);
    }
}
