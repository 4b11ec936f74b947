package io.tombolo.environment;

import java.lang.management.ManagementFactory;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Keeps the descriptors of {@link SparingFile}s below a limit: when there are too many, those that
 * have not been used for longest give theirs back. Callable from any thread.
 *
 * <p>Each file that is opened looks at a few others only, and one that was used since it was looked
 * at last is passed over once (second chance).
 */
final class OpenFiles {

    /** Files that are looked at for each one that is opened. */
    private static final int LOOKS_MAX = 8;

    private final int enough;
    private final int most;
    private final Set<SparingFile> inTurn = new LinkedHashSet<>();

    /**
     * @param enough from there on files give their descriptors back when they can do so at once
     * @param most from there on they are made to, though that may wait for the disk
     */
    OpenFiles(int enough, int most) {
        this.enough = enough;
        this.most = most;
    }

    /** Half of what the process may open; connections and everything else need the rest. */
    static OpenFiles ofThisProcess() {
        long limit =
                ManagementFactory.getOperatingSystemMXBean()
                                instanceof com.sun.management.UnixOperatingSystemMXBean unix
                        ? unix.getMaxFileDescriptorCount()
                        : Integer.MAX_VALUE;
        return new OpenFiles(
                (int) Math.min(limit / 2, Integer.MAX_VALUE),
                (int) Math.min(limit * 4 / 5, Integer.MAX_VALUE));
    }

    synchronized void opened(SparingFile file) {
        inTurn.add(file);
        for (int looks = 0; looks < LOOKS_MAX && inTurn.size() > enough; looks++) {
            park(inTurn.iterator().next(), file, false);
        }
        for (int looks = 0; looks < LOOKS_MAX && inTurn.size() > most; looks++) {
            park(inTurn.iterator().next(), file, true);
        }
    }

    private void park(SparingFile candidate, SparingFile newest, boolean atAnyCost) {
        inTurn.remove(candidate);
        boolean parked =
                candidate != newest && (candidate.park() || atAnyCost && candidate.parkForced());
        if (!parked) {
            inTurn.add(candidate);
        }
    }

    synchronized void closed(SparingFile file) {
        inTurn.remove(file);
    }

    /** How many have a descriptor. */
    synchronized int count() {
        return inTurn.size();
    }
}
