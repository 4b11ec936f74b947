package io.tombolo.region.link;

import java.util.ArrayList;
import java.util.List;

/**
 * The lag of a link in time, looked at once a second: what a loss of the source would have cost at
 * each of these moments, in time, which is the recovery point that the link really offered.
 *
 * @param ms the newest first; −1 where it was not known
 */
public record LagHistory(List<Long> ms) {

    /** Five minutes. */
    public static final int SECONDS_MAX = 300;

    /** Nobody has looked yet. */
    public static final LagHistory NONE = new LagHistory(List.of());

    public LagHistory {
        ms = List.copyOf(ms.subList(0, Math.min(SECONDS_MAX, ms.size())));
    }

    /**
     * What both together were behind: at each moment the one that was further. It goes back as far
     * as both do, and what is unknown of one is unknown of both.
     */
    public LagHistory plus(LagHistory other) {
        int count = Math.min(ms.size(), other.ms.size());
        var worst = new ArrayList<Long>(count);
        for (int second = 0; second < count; second++) {
            long one = ms.get(second);
            long two = other.ms.get(second);
            worst.add(one < 0 || two < 0 ? -1 : Math.max(one, two));
        }
        return new LagHistory(worst);
    }

    /** At how many of these moments it was known. */
    public int knownCount() {
        return (int) ms.stream().filter(one -> one >= 0).count();
    }

    /**
     * The lag that was not exceeded at so many of a hundred known moments; −1 when there is none.
     *
     * @param percent 1 to 100; 100 gives the worst
     */
    public long percentileMs(int percent) {
        List<Long> known = ms.stream().filter(one -> one >= 0).sorted().toList();
        return known.isEmpty()
                ? -1
                : known.get(Math.max(0, Math.ceilDiv(known.size() * percent, 100) - 1));
    }
}
