package io.tombolo.storage.cleaner;

import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload;
import io.tombolo.storage.directory.LogDirectories;

import java.util.function.Supplier;

/** The cleaner as it is, and variants of it that are wrong, each in one place. */
public enum CleanerMutant {
    NONE(BatchCleaning.Rules.ALL),
    DROPS_THE_LATEST(new BatchCleaning.Rules(false, true, true, true, true)),
    DROPS_TOMBSTONES_AT_ONCE(new BatchCleaning.Rules(true, false, true, true, true)),
    DROPS_MARKERS_AT_ONCE(new BatchCleaning.Rules(true, true, false, true, true)),
    DROPS_LAST_SEQUENCES(new BatchCleaning.Rules(true, true, true, false, true)),
    KEEPS_ABORTED_RECORDS(new BatchCleaning.Rules(true, true, true, true, false));

    private final BatchCleaning.Rules rules;

    CleanerMutant(BatchCleaning.Rules rules) {
        this.rules = rules;
    }

    /** A cleaner with this mistake. */
    public LogCleaner cleaner(
            LogDirectories directories,
            Supplier<CleanerSettings> settings,
            Offload offload,
            EventLoop home,
            CleanerListener listener) {
        return new LogCleaner(directories, settings, offload, home, listener, rules);
    }
}
