package io.tombolo.simulation.law;

import io.tombolo.metadata.image.Restoration;
import io.tombolo.metadata.record.LinkRecord.Divergence;
import io.tombolo.replication.Role;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The laws of topics that come back to a region which another one had taken them from: what it has
 * alone is found, told and set aside before it is cut, and nothing of it gets lost.
 */
public final class ReturnWatch implements SiteWatch.SiteEvents {

    /** What was cut off of a partition, and was committed. */
    private static final class Cut {
        final TreeMap<Long, LogImage.Batch> batches = new TreeMap<>();
        final Set<Sent> acked = new HashSet<>();
        long ownershipEpoch;
    }

    private final Function<Site, SiteWatch> watches;
    private final List<Site> sites;
    private final SiteWatch.Reported reported;
    private final Happenings happenings;
    private final Map<Where, Cut> cuts = new HashMap<>();

    /** Where a fault has taken the end of a log. */
    private final Set<Where> harmed = new HashSet<>();

    private record Where(Site site, Place place) {}

    /**
     * @param sites those that take over from each other, or one
     */
    public ReturnWatch(
            Function<Site, SiteWatch> watches,
            List<Site> sites,
            SiteWatch.Reported reported,
            Happenings happenings) {
        this.watches = watches;
        this.sites = List.copyOf(sites);
        this.reported = reported;
        this.happenings = happenings;
    }

    @Override
    public void appended(Site site, Place place, LogImage.Batch batch, Role role, LogImage image) {}

    @Override
    public void lost(Site site, Place place, long end) {
        harmed.add(new Where(site, place));
    }

    /** Who has the topics that come back to a region. */
    private Site ownerFor(Site site) {
        return site == sites.getFirst() ? sites.getLast() : sites.getFirst();
    }

    @Override
    public void cutBack(Site site, Place place, long end, SiteWatch.CutBack gone) {
        Restoration restoration = gone.restoration();
        Optional<Divergence> found = restoration.divergenceOf(place.partition());
        Broken.unless(
                found.isPresent() && found.get().cutOffset() == end,
                Law.DIVERGENCE_TOLD,
                "%s of %s is cut at %d, reported is %s",
                place,
                site,
                end,
                found);
        checkReport(site, place, reported.divergence(found.get()), gone.committed());
        Broken.unless(
                found.get().isEmpty() || restoration.exported().containsKey(place.partition()),
                Law.DIVERGENCE_TOLD,
                "%s of %s is cut at %d, nobody said that it was set aside",
                place,
                site,
                end);
        checkKept(site, place, end);
        checkAlone(site, place, gone.committed());
        Cut cut = cuts.computeIfAbsent(new Where(site, place), _ -> new Cut());
        cut.ownershipEpoch = restoration.ownershipEpoch();
        gone.committed().forEach(batch -> cut.batches.put(batch.base(), batch));
        cut.acked.addAll(gone.acked());
        if (!gone.acked().isEmpty()) {
            happenings.note(Happening.ACKED_SET_ASIDE);
        }
    }

    /** Everything that goes is in the report, and the report counts nothing else. */
    private void checkReport(
            Site site, Place place, Divergence told, List<LogImage.Batch> committed) {
        long count = 0;
        for (LogImage.Batch batch : committed) {
            Broken.unless(
                    batch.base() >= told.fromOffset() && batch.next() <= told.toOffset(),
                    Law.DIVERGENCE_TOLD,
                    "%s of %s gives up %s, reported is %s",
                    place,
                    site,
                    batch,
                    told);
            count += batch.count();
        }
        boolean exact = watches.apply(site).doubts() > 0 || count == told.recordCount();
        Broken.unless(
                count <= told.recordCount() && exact,
                Law.DIVERGENCE_TOLD,
                "%s of %s gives up %d committed records, reported is %s",
                place,
                site,
                count,
                told);
    }

    /** What stays is the owner's, too; or the owner has lost it since. */
    private void checkKept(Site site, Place place, long end) {
        Site owner = ownerFor(site);
        LogImage theirs = watches.apply(owner).image(place);
        if (harmed.contains(new Where(owner, place))) {
            return;
        }
        for (LogImage.Batch batch : watches.apply(site).image(place).between(0, end)) {
            Broken.unless(
                    theirs.at(batch.base()).filter(batch::equals).isPresent(),
                    Law.COMMON_KEPT,
                    "%s of %s keeps %s, %s has %s",
                    place,
                    site,
                    batch,
                    owner,
                    theirs.at(batch.base()));
        }
    }

    /** What goes is the region's alone, as long as no log has lost anything. */
    private void checkAlone(Site site, Place place, List<LogImage.Batch> committed) {
        Site owner = ownerFor(site);
        LogImage theirs = watches.apply(owner).image(place);
        if (harmed.contains(new Where(owner, place)) || watches.apply(site).doubts() > 0) {
            return;
        }
        for (LogImage.Batch batch : committed) {
            Broken.unless(
                    theirs.at(batch.base()).filter(batch::equals).isEmpty(),
                    Law.COMMON_KEPT,
                    "%s of %s gives up %s, which %s has as well",
                    place,
                    site,
                    batch,
                    owner);
        }
    }

    /** A client was told that a batch is in the log, and it may be gone from there. */
    public void acknowledged(Site site, Place place, Sent sent, long base) {
        Cut cut = cuts.get(new Where(site, place));
        if (cut != null) {
            Optional.ofNullable(cut.batches.get(base))
                    .filter(sent::isIn)
                    .ifPresent(_ -> cut.acked.add(sent));
        }
    }

    /**
     * When all is over: what was set aside of a partition is what was cut off, record by record.
     */
    public void checkAside(Site site, Place place, List<Aside> aside) {
        Cut cut = cuts.getOrDefault(new Where(site, place), new Cut());
        var left = new TreeMap<Long, Aside>();
        for (Aside record : aside) {
            if (record.ownershipEpoch() == cut.ownershipEpoch) {
                left.put(record.offset(), record);
            }
        }
        var missing = new ArrayList<String>();
        for (LogImage.Batch batch : cut.batches.values()) {
            for (int index = 0; index < batch.count(); index++) {
                Aside record = left.remove(batch.base() + index);
                boolean same =
                        record != null
                                && record.leaderEpoch() == batch.epoch()
                                && record.value().equals(batch.token() + "/" + index);
                if (!same) {
                    missing.add("record %d of %s: %s".formatted(index, batch, record));
                }
            }
        }
        Broken.unless(
                missing.isEmpty(),
                Law.ACCOUNTED,
                "of %s of %s is not set aside: %s",
                place,
                site,
                missing);
        // A record may have been set aside that a failing power took from the log before the cut.
        happenings.note(Happening.CAME_BACK);
    }

    /** The tokens of what was acknowledged and cut off. */
    public Set<Sent> ackedAside(Site site, Place place) {
        Cut cut = cuts.get(new Where(site, place));
        return cut == null ? Set.of() : cut.acked;
    }

    /** Whether a fault has taken the end of a log. */
    public boolean harmed(Site site, Place place) {
        return harmed.contains(new Where(site, place));
    }
}
