package io.tombolo.network;

import com.sun.management.UnixOperatingSystemMXBean;

import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Keeps file descriptors of the process back for its data files: clients that come when only these
 * are left are turned away. How many are in use is looked up for every so many connections, because
 * a look costs a directory listing. Callable from any thread.
 */
final class DescriptorReserve {

    /** Connections admitted between two looks; the reserve is several times as large. */
    static final int LOOK_EVERY = 16;

    private static final long RESERVE_MAX = 1_024;

    private final long admittedMax;
    private final LongSupplier inUse;
    private final AtomicInteger unlooked = new AtomicInteger(LOOK_EVERY);

    /**
     * @param limit of the process; 0 when there is none
     * @param inUse how many descriptors are open
     */
    DescriptorReserve(long limit, LongSupplier inUse) {
        this.admittedMax = limit <= 0 ? Long.MAX_VALUE : limit - Math.min(limit / 3, RESERVE_MAX);
        this.inUse = inUse;
    }

    /** Of this process; nobody is turned away where the system does not tell. */
    static DescriptorReserve ofThisProcess() {
        return ManagementFactory.getOperatingSystemMXBean()
                        instanceof UnixOperatingSystemMXBean system
                ? new DescriptorReserve(
                        system.getMaxFileDescriptorCount(), system::getOpenFileDescriptorCount)
                : new DescriptorReserve(0, () -> 0);
    }

    /** Whether another client may stay. */
    boolean admits() {
        if (admittedMax == Long.MAX_VALUE || unlooked.incrementAndGet() < LOOK_EVERY) {
            return true;
        }
        boolean room = inUse.getAsLong() < admittedMax;
        // Without room every newcomer is looked at, so that the first one after it is let in.
        unlooked.set(room ? 0 : LOOK_EVERY);
        return room;
    }
}
