package io.tombolo.storage.segment;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** The names of the files in a partition directory. */
public final class LogFiles {

    public static final String LOG = ".log";
    public static final String OFFSET_INDEX = ".index";
    public static final String TIME_INDEX = ".timeindex";
    public static final String TRANSACTION_INDEX = ".txnindex";

    /** What is derived from the log file of a segment. */
    public static final List<String> INDEXES = List.of(OFFSET_INDEX, TIME_INDEX, TRANSACTION_INDEX);

    /** The files of one segment. */
    public static final List<String> OF_SEGMENT =
            List.of(LOG, OFFSET_INDEX, TIME_INDEX, TRANSACTION_INDEX);

    public static final String SNAPSHOT = ".snapshot";
    public static final String EPOCHS = "leader-epoch-checkpoint";
    public static final String PARTITION_METADATA = "partition.metadata";

    /** Appended to the names of files that are about to be removed. */
    public static final String DELETED = ".deleted";

    /** Appended to the names of files that compaction has not finished writing. */
    public static final String CLEANED = ".cleaned";

    /** Appended to the names of finished files that replace others. */
    public static final String SWAP = ".swap";

    /** Appended to the names of files whose writing was interrupted. */
    public static final String TEMPORARY = ".tmp";

    private static final int OFFSET_DIGITS = 20;

    private LogFiles() {}

    /** The file of a kind whose content begins at an offset. */
    public static Path file(Path directory, long offset, String suffix) {
        String digits = Long.toString(offset);
        return directory.resolve("0".repeat(OFFSET_DIGITS - digits.length()) + digits + suffix);
    }

    /** The offset in the name of a file of a kind; empty when the name is not of that kind. */
    public static OptionalLong offsetOf(String fileName, String suffix) {
        if (fileName.length() != OFFSET_DIGITS + suffix.length() || !fileName.endsWith(suffix)) {
            return OptionalLong.empty();
        }
        try {
            long offset = Long.parseLong(fileName.substring(0, OFFSET_DIGITS));
            return offset < 0 ? OptionalLong.empty() : OptionalLong.of(offset);
        } catch (NumberFormatException otherFile) {
            return OptionalLong.empty();
        }
    }
}
