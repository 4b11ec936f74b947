package io.tombolo.simulation.law;

import io.tombolo.metadata.image.Restoration;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Role;
import io.tombolo.simulation.site.Machine;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A region of one machine keeps what it acknowledged as long as its disk does. */
final class SoleCopy implements Keeper {

    private final Site site;
    private final Set<String> durableTopics;
    private final SiteWatch.SiteEvents told;
    private final Happenings happenings;
    private final Map<Place, LogImage> images = new HashMap<>();
    private final Map<Place, TreeMap<Long, Sent>> acked = new HashMap<>();
    private final Map<Place, Set<String>> excused = new HashMap<>();
    private final Set<Place> shortened = new HashSet<>();

    SoleCopy(
            Site site,
            Set<String> durableTopics,
            SiteWatch.SiteEvents told,
            Happenings happenings) {
        this.site = site;
        this.durableTopics = durableTopics;
        this.told = told;
        this.happenings = happenings;
    }

    @Override
    public LogImage image(Place place) {
        return images.computeIfAbsent(place, _ -> new LogImage());
    }

    @Override
    public TreeMap<Long, Sent> acked(Place place) {
        return acked.computeIfAbsent(place, _ -> new TreeMap<>());
    }

    @Override
    public boolean shortened(Place place) {
        return shortened.contains(place);
    }

    @Override
    public void acknowledged(Place place, Sent sent, long base) {
        LogImage image = image(place);
        if (base + sent.count() <= image.start()) {
            return;
        }
        var batch = image.at(base);
        if (batch.filter(sent::isIn).isPresent()) {
            acked(place).put(base, sent);
            return;
        }
        // The answer was under way while the power failed, and had not waited for the disk.
        boolean lostMeanwhile =
                !durableTopics.contains(place.topic())
                        && excused.getOrDefault(place, Set.of()).contains(sent.token());
        Broken.unless(
                lostMeanwhile || batch.filter(there -> epochAgain(sent, there)).isPresent(),
                Law.ACKED_PRESENT,
                "%s of %s: %s was acknowledged at %d, where %s is",
                place,
                site,
                sent,
                base,
                batch);
    }

    /** Which epoch was given out last the disk had not been told: it was given out once more. */
    private boolean epochAgain(Sent sent, LogImage.Batch there) {
        return sent.token().startsWith(Sent.IN_TRANSACTION)
                && sent.isTakenFor(there)
                && Place.TRANSACTIONS.stream().anyMatch(shortened::contains);
    }

    @Override
    public void given(Place place, LogImage.Batch batch) {
        // What it was given may be lost by a failing power meanwhile.
    }

    @Override
    public List<String> unequal() {
        return List.of();
    }

    @Override
    public boolean maybeForgotten(Place place, LogImage.Batch batch) {
        return false; // who wrote before is in this log, and it serves nobody before it leads
    }

    @Override
    public AckedAlone alone(Place place) {
        return new AckedAlone(place, happenings); // whoever is alone keeps it as all else
    }

    @Override
    public void checkSettled() {}

    @Override
    public void begins(Machine machine, Place place, LogImage image) {
        images.put(place, image);
    }

    @Override
    public void removed(Machine machine, Place place) {}

    @Override
    public void appended(
            Machine machine, Place place, LogImage.Batch batch, Role role, LogImage image) {
        told.appended(site, place, batch, role, image);
    }

    @Override
    public void lost(Machine machine, Place place, long end, long excusedFrom) {
        shortened.add(place);
        for (Sent sent : List.copyOf(acked(place).tailMap(end, true).values())) {
            Broken.unless(
                    end >= excusedFrom,
                    Law.ACKED_PRESENT,
                    "%s of %s lost the acknowledged %s, it ends at %d, excused from %d on",
                    place,
                    site,
                    sent,
                    end,
                    excusedFrom);
            Broken.unless(
                    !durableTopics.contains(place.topic()),
                    Law.ACKED_PRESENT,
                    "%s of %s lost %s, acknowledged when it was durable",
                    place,
                    site,
                    sent);
            happenings.note(Happening.ACKED_LOST_BY_POWER);
        }
        acked(place).tailMap(end, true).clear();
        var gone = excused.computeIfAbsent(place, _ -> new HashSet<>());
        image(place).from(end).forEach(batch -> gone.add(batch.token()));
        told.lost(site, place, end);
    }

    @Override
    public void cut(Machine machine, Place place, long end, LogImage image) {
        throw new Broken(
                Law.PREFIX_KEPT, "%s of %s follows somebody else".formatted(place, machine));
    }

    @Override
    public void cutBack(
            Machine machine, Place place, long end, LogImage image, Restoration restoration) {
        var beyond = acked(place).tailMap(end, true);
        var gone =
                new SiteWatch.CutBack(image.from(end), List.copyOf(beyond.values()), restoration);
        beyond.clear();
        var tokens = excused.computeIfAbsent(place, _ -> new HashSet<>());
        image.from(end).forEach(batch -> tokens.add(batch.token()));
        told.cutBack(site, place, end, gone);
    }

    @Override
    public void leads(Machine machine, Place place, Role role, LogImage image) {
        acked(place)
                .tailMap(image.start(), true)
                .forEach((base, sent) ->
                        Broken.unless(
                                image.at(base).filter(sent::isIn).isPresent(),
                                Law.ACKED_PRESENT,
                                "%s leads %s without the acknowledged %s",
                                machine,
                                place,
                                sent));
    }

    @Override
    public void committed(Machine machine, Partition partition, LogImage image, boolean led) {}
}
