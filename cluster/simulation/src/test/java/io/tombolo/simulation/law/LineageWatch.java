package io.tombolo.simulation.law;

import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.MirrorRegistration;
import io.tombolo.metadata.record.LinkRecord.CopyEnd;
import io.tombolo.metadata.record.LinkRecord.Reign;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The law of lineages, when all is over and a partition has come back: two regions that remember
 * the same change of its owner remember it alike, and the records of the owner's log are where that
 * says.
 */
public final class LineageWatch {

    private record Told(Site site, List<Reign> lineage, boolean endKnown) {}

    private final Place place;
    private final SiteWatch.Reported reported;
    private final TreeMap<String, Told> told = new TreeMap<>();

    public LineageWatch(Place place, SiteWatch.Reported reported) {
        this.place = place;
        this.reported = reported;
    }

    /** What a region remembers. */
    public void told(Site site, MetadataImage image) {
        PartitionId id =
                image.topics().topic(place.topic()).orElseThrow().partitionId(place.partition());
        List<Reign> lineage = reported.lineage(image.links().lineageOf(id));
        Optional<CopyEnd> end =
                image.links()
                        .mirrorTopic(id.topicId())
                        .map(MirrorRegistration::promotion)
                        .flatMap(promotion -> promotion.endOf(id.index()));
        boolean endKnown = end.filter(CopyEnd::complete).isPresent();
        told.put(site.region().name(), new Told(site, lineage, endKnown));
    }

    /** Each change of hands is the same to all who know of it. */
    public void checkAgreement() {
        var reigns = new TreeMap<Long, Reign>();
        for (Told one : told.values()) {
            Broken.unless(
                    one.lineage.size() > 1,
                    Law.LINEAGE,
                    "%s of %s has changed hands, remembered is %s",
                    place,
                    one.site,
                    one.lineage);
            for (Reign reign : one.lineage) {
                Reign other = reigns.putIfAbsent(reign.ownershipEpoch(), reign);
                Broken.unless(
                        other == null || alike(other, reign),
                        Law.LINEAGE,
                        "%s of %s: %s, another region remembers %s",
                        place,
                        one.site,
                        reign,
                        other);
            }
        }
    }

    private static boolean alike(Reign one, Reign other) {
        boolean unknown = one.startOffset() < 0 || other.startOffset() < 0;
        return one.region().equals(other.region())
                && (unknown || one.startOffset() == other.startOffset());
    }

    /** The log of the owner, which has lost nothing. */
    public void checkLog(Site owner, LogImage log) {
        Told last = told.get(owner.region().name());
        Broken.unless(
                last.lineage.getLast().region().equals(owner.region()),
                Law.LINEAGE,
                "%s is %s's, which remembers %s",
                place,
                owner,
                last.lineage);
        for (Told one : told.values()) {
            for (Reign reign : one.lineage) {
                if (reign.startOffset() >= 0 && reign.startLeaderEpoch() >= 0) {
                    checkBefore(reign, log);
                }
            }
        }
        if (last.endKnown) {
            checkFrom(last.lineage.getLast(), log);
        }
    }

    private void checkBefore(Reign reign, LogImage log) {
        for (LogImage.Batch batch : log.between(0, reign.startOffset())) {
            Broken.unless(
                    batch.epoch() < reign.startLeaderEpoch(),
                    Law.LINEAGE,
                    "%s: %s was written before %s",
                    place,
                    batch,
                    reign);
        }
    }

    private void checkFrom(Reign reign, LogImage log) {
        for (LogImage.Batch batch : log.between(reign.startOffset(), Long.MAX_VALUE)) {
            Broken.unless(
                    batch.epoch() >= reign.startLeaderEpoch(),
                    Law.LINEAGE,
                    "%s: %s was written since %s",
                    place,
                    batch,
                    reign);
        }
    }
}
