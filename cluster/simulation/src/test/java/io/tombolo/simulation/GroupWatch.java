package io.tombolo.simulation;

import io.tombolo.region.RegionId;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongBiFunction;
import java.util.function.ToLongFunction;

/** The laws of consumer groups: offsets do not go back, nothing is skipped. */
final class GroupWatch implements Consuming.Progress {

    private record Where(RegionId region, String group, Place place) {}

    private record Wherever(String group, Place place) {}

    /** An offset, and how often anything may have been lost when it was stored. */
    private record Known(long offset, long losses) {}

    private final ToLongFunction<Site> losses;
    private final Happenings happenings;
    private final Map<Wherever, Long> readUpTo = new HashMap<>();
    private final Map<Where, Known> committed = new HashMap<>();
    private final Set<Wherever> resetOnce = new HashSet<>();
    private final Map<Wherever, RegionId> lastReader = new HashMap<>();
    private final ToLongBiFunction<Site, Place> clampedTo;

    /**
     * @param losses grows whenever a disk that the offsets of a region depend on may have lost
     * @param clampedTo where a failover may set a group back to; the largest number for nowhere
     */
    GroupWatch(
            ToLongFunction<Site> losses,
            ToLongBiFunction<Site, Place> clampedTo,
            Happenings happenings) {
        this.losses = losses;
        this.clampedTo = clampedTo;
        this.happenings = happenings;
    }

    /** What held when a question was asked: the answer may be older than all that came since. */
    record Asked(long offset, long losses) {}

    @Override
    public Asked asking(Site site, String group, Place place) {
        Known known = committed.get(new Where(site.region(), group, place));
        boolean comparable = known != null && known.losses == losses.applyAsLong(site);
        return new Asked(comparable ? known.offset : -1, losses.applyAsLong(site));
    }

    @Override
    public void resumed(Site site, String group, Place place, long offset, Asked asked) {
        var wherever = new Wherever(group, place);
        stored(site, group, place, offset, asked);
        Broken.unless(
                offset <= readUpTo.getOrDefault(wherever, 0L),
                Law.NOTHING_SKIPPED,
                "%s resumes %s in %s at %d, it has read up to %d",
                group,
                place,
                site.region(),
                offset,
                readUpTo.getOrDefault(wherever, 0L));
        RegionId before = lastReader.put(wherever, site.region());
        if (before != null && !before.equals(site.region()) && offset > 0) {
            happenings.note(Happening.CONSUMER_RESUMED_ELSEWHERE);
        }
    }

    /** What a region says the group has committed, −1 for nothing. */
    void stored(Site site, String group, Place place, long offset, Asked asked) {
        boolean excused =
                resetOnce.contains(new Wherever(group, place))
                        || asked.losses != losses.applyAsLong(site)
                        || offset >= clampedTo.applyAsLong(site, place);
        Broken.unless(
                excused || offset >= asked.offset,
                Law.GROUP_OFFSETS,
                "%s of %s in %s went from %d to %d, the copy may set it to %d",
                group,
                place,
                site.region(),
                asked.offset,
                offset,
                clampedTo.applyAsLong(site, place));
        know(site, group, place, offset, asked);
    }

    private void know(Site site, String group, Place place, long offset, Asked asked) {
        committed.put(new Where(site.region(), group, place), new Known(offset, asked.losses));
    }

    @Override
    public void read(Site site, String group, Place place, long from, long to) {
        if (to > from) {
            happenings.note(Happening.CONSUMED);
        }
        readUpTo.merge(new Wherever(group, place), to, Math::max);
    }

    @Override
    public void reset(Site site, String group, Place place, long from, long to) {
        Broken.unless(
                losses.applyAsLong(site) > 0,
                Law.NOTHING_SKIPPED,
                "%s stands at %d of %s in %s, which ends at %d",
                group,
                from,
                place,
                site.region(),
                to);
        // From here on it commits lower offsets itself.
        resetOnce.add(new Wherever(group, place));
    }

    @Override
    public void committed(Site site, String group, Place place, long offset, Asked asked) {
        happenings.note(Happening.OFFSET_COMMITTED);
        know(site, group, place, offset, asked);
    }
}
