package io.tombolo.simulation.law;

import io.tombolo.region.RegionId;
import io.tombolo.replication.Role;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToLongBiFunction;
import java.util.function.ToLongFunction;

/**
 * The laws of consumer groups: offsets do not go back, nothing is skipped. What a group committed
 * is remembered with the end that the log of offsets had then, so that a log that comes back
 * shorter excuses exactly the commits that it has lost.
 */
public final class GroupWatch implements Progress, SiteWatch.SiteEvents {

    private static final long NEVER = Long.MAX_VALUE;

    private record Where(RegionId region, String group, Place place) {}

    private record Guild(RegionId region, String group) {}

    private record Deed(Guild guild, int epoch, Place place) {}

    private record Wherever(String group, Place place) {}

    /** A commit whose fate is not known, and the generation that was under way. */
    private record Late(long offset, int generation) {}

    /** Answers that cross one of these tell of a time that may be over. */
    private final ToLongFunction<Site> doubts;

    private final ToLongFunction<Site> offsetsEnd;
    private final ToLongBiFunction<Site, Place> copyEnd;
    private final RegionId source;
    private final Happenings happenings;
    private final Map<Wherever, Long> readUpTo = new HashMap<>();

    /** Committed offsets by the end of the log of offsets when they were known to be in it. */
    private final Map<Where, TreeMap<Long, Long>> committed = new HashMap<>();

    /** How far back the group itself went, because the log it read became shorter. */
    private final Map<Wherever, Long> resetTo = new HashMap<>();

    /** How far back the source went with a group: its copy follows. */
    private final Map<Wherever, Long> setBackTo = new HashMap<>();

    /** Commits that may be taken late, over an earlier connection, until their generation ends. */
    private final Map<Where, List<Late>> late = new HashMap<>();

    private final Map<Guild, Integer> generations = new HashMap<>();

    /** Who worked on a partition in an epoch of a group that assigns partitions itself. */
    private final Map<Deed, String> owners = new HashMap<>();

    private final Map<Wherever, String> lastOwner = new HashMap<>();

    /** Regions that have lost what they knew of groups: epochs may come again. */
    private final Set<RegionId> forgetful = new HashSet<>();

    private final Map<Wherever, RegionId> lastReader = new HashMap<>();
    private final Map<RegionId, Long> takeovers = new HashMap<>();
    private final Set<Place> shortened = new HashSet<>();

    /**
     * @param source the region that offsets are copied from
     * @param views how the rest of the world is seen
     */
    public GroupWatch(RegionId source, Views views, Happenings happenings) {
        this.source = source;
        this.doubts = views.doubts();
        this.offsetsEnd = views.offsetsEnd();
        this.copyEnd = views.copyEnd();
        this.happenings = happenings;
    }

    /**
     * @param doubts grows whenever an answer under way may tell of what is gone
     * @param offsetsEnd where the log of offsets ends
     * @param copyEnd where a failover under way may set a group back to; the largest number while
     *     there is none
     */
    public record Views(
            ToLongFunction<Site> doubts,
            ToLongFunction<Site> offsetsEnd,
            ToLongBiFunction<Site, Place> copyEnd) {}

    private long era(Site site) {
        return doubts.applyAsLong(site) + takeovers.getOrDefault(site.region(), 0L);
    }

    private long known(Site site, String group, Place place) {
        var offsets = committed.get(new Where(site.region(), group, place));
        return offsets == null || offsets.isEmpty() ? -1 : offsets.lastEntry().getValue();
    }

    @Override
    public Asked asking(Site site, String group, Place place) {
        return new Asked(known(site, group, place), era(site));
    }

    @Override
    public void resumed(Site site, String group, Place place, long offset, Asked asked) {
        var wherever = new Wherever(group, place);
        stored(site, group, place, offset, asked);
        // What an earlier generation sent is refused by now.
        lateAt(site, group, place).removeIf(it -> it.generation < generation(site, group));
        Broken.unless(
                offset <= readUpTo.getOrDefault(wherever, 0L),
                Law.NOTHING_SKIPPED,
                "%s resumes %s in %s at %d, it has read up to %d",
                group,
                place,
                site,
                offset,
                readUpTo.getOrDefault(wherever, 0L));
        RegionId before = lastReader.put(wherever, site.region());
        if (before != null && !before.equals(site.region()) && offset > 0) {
            happenings.note(Happening.CONSUMER_RESUMED_ELSEWHERE);
        }
    }

    /** What a region says the group has committed, −1 for nothing. */
    public void stored(Site site, String group, Place place, long offset, Asked asked) {
        // What is known by now may be less: the log of offsets has lost the rest.
        long floor = Math.min(asked.offset(), known(site, group, place));
        Broken.unless(
                offset >= floor || offset >= excusedFrom(site, group, place),
                Law.GROUP_OFFSETS,
                "%s of %s in %s went from %d to %d, it may go to %d",
                group,
                place,
                site,
                floor,
                offset,
                excusedFrom(site, group, place));
        know(site, group, place, offset, asked);
    }

    private long excusedFrom(Site site, String group, Place place) {
        var wherever = new Wherever(group, place);
        long itself = resetTo.getOrDefault(wherever, NEVER);
        for (Late one : lateAt(site, group, place)) {
            itself = Math.min(itself, one.offset);
        }
        if (site.region().equals(source)) {
            return itself;
        }
        long followed = setBackTo.getOrDefault(wherever, NEVER);
        return Math.min(Math.min(itself, followed), copyEnd.applyAsLong(site, place));
    }

    private void know(Site site, String group, Place place, long offset, Asked asked) {
        if (asked.era() == era(site)) {
            committed
                    .computeIfAbsent(new Where(site.region(), group, place), _ -> new TreeMap<>())
                    .put(offsetsEnd.applyAsLong(site), offset);
        }
    }

    @Override
    public void read(Site site, String group, Place place, long from, long to) {
        if (to > from) {
            happenings.note(Happening.CONSUMED);
        }
        readUpTo.merge(new Wherever(group, place), to, Math::max);
    }

    @Override
    public void given(Site site, Place place, LogImage.Batch batch) {}

    @Override
    public void reset(Site site, String group, Place place, long from, long to) {
        Broken.unless(
                shortened.contains(place),
                Law.NOTHING_SKIPPED,
                "%s stands at %d of %s in %s, which ends at %d",
                group,
                from,
                place,
                site,
                to);
        // From here on it commits lower offsets itself.
        resetTo.merge(new Wherever(group, place), to, Math::min);
    }

    @Override
    public void committed(Site site, String group, Place place, long offset, Asked asked) {
        happenings.note(Happening.OFFSET_COMMITTED);
        know(site, group, place, offset, asked);
    }

    @Override
    public void unanswered(Site site, String group, Place place, long offset) {
        int generation = generation(site, group);
        lateAt(site, group, place).add(new Late(offset, generation));
        if (site.region().equals(source)) {
            setBackTo.merge(new Wherever(group, place), offset, Math::min);
        }
    }

    private List<Late> lateAt(Site site, String group, Place place) {
        return late.computeIfAbsent(new Where(site.region(), group, place), _ -> new ArrayList<>());
    }

    /** A generation of the group has begun: no commit of an earlier one is taken any more. */
    public void began(Site site, String group, int generation) {
        generations.put(new Guild(site.region(), group), generation);
    }

    private int generation(Site site, String group) {
        return generations.getOrDefault(new Guild(site.region(), group), -1);
    }

    /** A member works on partitions in an epoch of its group. */
    public void owns(Site site, String group, String member, int epoch, Collection<Place> places) {
        var guild = new Guild(site.region(), group);
        generations.merge(guild, epoch, Math::max);
        for (Place place : places) {
            String other = owners.putIfAbsent(new Deed(guild, epoch, place), member);
            Broken.unless(
                    other == null || other.equals(member) || forgetful.contains(site.region()),
                    Law.ONE_OWNER,
                    "%s of %s in %s belongs to %s and to %s in epoch %d",
                    place,
                    group,
                    site,
                    other,
                    member,
                    epoch);
            String before = lastOwner.put(new Wherever(group, place), member);
            if (before != null && !before.equals(member)) {
                happenings.note(Happening.PARTITION_HANDED_ON);
            }
        }
    }

    // --- what becomes of logs

    /** A region has taken over: groups there were set back to the end of the copy. */
    public void tookOver(Site site, ToLongFunction<Place> ends) {
        takeovers.merge(site.region(), 1L, Long::sum);
        committed.forEach((where, offsets) -> {
            if (where.region.equals(site.region())) {
                long end = ends.applyAsLong(where.place);
                offsets.replaceAll((_, offset) -> Math.min(offset, end));
            }
        });
    }

    /** A region has lost everything. */
    public void wiped(Site site) {
        committed.keySet().removeIf(where -> where.region.equals(site.region()));
        forgetful.add(site.region());
    }

    @Override
    public void appended(Site site, Place place, LogImage.Batch batch, Role role, LogImage image) {}

    @Override
    public void lost(Site site, Place place, long end) {
        shortened.add(place);
        if (!place.equals(Place.OFFSETS)) {
            return;
        }
        forgetful.add(site.region());
        committed.forEach((where, offsets) -> {
            if (where.region.equals(site.region()) && !offsets.tailMap(end, false).isEmpty()) {
                offsets.tailMap(end, false).clear();
                if (where.region.equals(source)) {
                    long left = offsets.isEmpty() ? -1 : offsets.lastEntry().getValue();
                    setBackTo.merge(new Wherever(where.group, where.place), left, Math::min);
                }
            }
        });
    }
}
