package io.tombolo.coordinator.runtime;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The records of a step in the making. Mutable; lives for one step. */
public final class StepRecords {

    private static final int FULL_COUNT = 1000;

    /** A batch of the log takes a megabyte, unless it is told otherwise. */
    private static final int FULL_BYTES = 256 << 10;

    private final List<LogRecord> records = new ArrayList<>();
    private long bytes;

    public void add(LogRecord record) {
        records.add(record);
        bytes += record.sizeBytes();
    }

    public void addAll(Collection<LogRecord> more) {
        more.forEach(this::add);
    }

    /** Whether work that could go on for long had better do so in another step. */
    public boolean full() {
        return records.size() >= FULL_COUNT || bytes >= FULL_BYTES;
    }

    public int count() {
        return records.size();
    }

    /** In the order in which they were added. */
    public List<LogRecord> list() {
        return records;
    }
}
