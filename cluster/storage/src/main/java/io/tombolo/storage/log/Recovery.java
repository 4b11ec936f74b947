package io.tombolo.storage.log;

import java.util.List;
import java.util.Optional;

/**
 * What opening a log had to repair; worth one log line unless {@link #uneventful()}.
 *
 * @param cleanStop whether the directory had been closed properly
 * @param validatedBytes log bytes whose checksums were verified
 * @param truncatedToOffset end of the log when a torn or damaged tail was cut off, else empty
 * @param truncatedBytes bytes cut off
 * @param repairs what else was rebuilt or removed, one phrase each, in the order it was done
 */
public record Recovery(
        LogName log,
        boolean cleanStop,
        long validatedBytes,
        Optional<Long> truncatedToOffset,
        long truncatedBytes,
        List<String> repairs) {

    /** Whether nothing had to be repaired. */
    public boolean uneventful() {
        return truncatedToOffset.isEmpty() && repairs.isEmpty();
    }
}
