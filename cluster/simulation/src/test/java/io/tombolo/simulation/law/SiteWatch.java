package io.tombolo.simulation.law;

import io.tombolo.replication.Role;
import io.tombolo.simulation.site.Machine;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;

/**
 * Looks at one region after every event: the logs and the metadata of each of its machines, and
 * that what was acknowledged is where it was said to be.
 */
public final class SiteWatch {

    private final Site site;
    private final Happenings happenings;
    private final Set<String> durableTopics;
    private final List<SiteEvents> listeners = new ArrayList<>();
    private final Map<Machine, LogWatch> logs = new LinkedHashMap<>();
    private final Map<Machine, MetadataWatch> metadata = new LinkedHashMap<>();
    private final Map<Place, TreeMap<Long, Sent>> acked = new HashMap<>();
    private final Map<Place, Set<String>> excused = new HashMap<>();
    private final Set<Place> shortened = new HashSet<>();
    private long doubts;

    /** Hears of what is new in the logs of a region. */
    public interface SiteEvents {

        /** A batch was appended, or found after a restart. */
        void appended(Site site, Place place, LogImage.Batch batch, Role role, LogImage image);

        /** What was there is gone from an offset on, with good reason. */
        void lost(Site site, Place place, long end);
    }

    /**
     * @param durableTopics whose acknowledgements wait until records are durable
     * @param reported what is taken for a high watermark; itself, unless a variant lies
     */
    public SiteWatch(
            Site site,
            Set<String> durableTopics,
            LongUnaryOperator reported,
            Happenings happenings) {
        this.site = site;
        this.durableTopics = durableTopics;
        this.happenings = happenings;
        var growth = new Listener();
        for (Machine machine : site.machines()) {
            logs.put(machine, new LogWatch(machine, growth, reported, happenings));
            metadata.put(machine, new MetadataWatch(machine));
        }
    }

    public void tell(SiteEvents listener) {
        listeners.add(listener);
    }

    // --- what happens to machines

    /** The power of a machine is about to fail. */
    public void powerLost(Machine machine) {
        doubts++;
        logs.get(machine).powerLost();
    }

    /** Forces of a machine fail from now on. */
    public void forcesFail(Machine machine) {
        doubts++;
        logs.get(machine).forcesFail();
    }

    /** Forces of a machine work again. */
    public void forcesWork(Machine machine) {
        logs.get(machine).forcesWork();
    }

    /** A machine was replaced by one that holds nothing. */
    public void wiped(Machine machine) {
        doubts++;
        logs.get(machine).wiped();
        metadata.get(machine).wiped();
    }

    /** Grows whenever something that an answer under way tells of may be gone. */
    public long doubts() {
        return doubts;
    }

    // --- what there is

    /** The log of the machine that leads, or did last. */
    public LogImage image(Place place) {
        return watchOf(place).image(place);
    }

    private LogWatch watchOf(Place place) {
        return logs.get(site.leaderOf(place).orElse(longest(place)));
    }

    private Machine longest(Place place) {
        Machine found = site.machines().getFirst();
        for (Machine machine : site.machines()) {
            if (logs.get(machine).image(place).end() > logs.get(found).image(place).end()) {
                found = machine;
            }
        }
        return found;
    }

    /** The acknowledged batches that have to be there, by base offset. */
    public TreeMap<Long, Sent> acked(Place place) {
        return acked.computeIfAbsent(place, _ -> new TreeMap<>());
    }

    /** Whether the log has ever lost its end, so that a copy may hold what it does not. */
    public boolean shortened(Place place) {
        return shortened.contains(place);
    }

    // --- the laws

    /** After every event. */
    public void check() {
        metadata.values().forEach(MetadataWatch::check);
        logs.values().forEach(LogWatch::check);
    }

    /** A client was told that a batch is in the log. */
    public void acknowledged(Place place, Sent sent, long base) {
        LogWatch log = watchOf(place);
        if (base + sent.count() <= log.start(place)) {
            return;
        }
        var batch = log.image(place).at(base);
        boolean there =
                batch.isPresent()
                        && batch.get().token().equals(sent.token())
                        && batch.get().count() == sent.count();
        if (there) {
            acked(place).put(base, sent);
            return;
        }
        // The answer was under way while the power failed, and had not waited for the disk.
        boolean lostMeanwhile =
                !durableTopics.contains(place.topic())
                        && excused.getOrDefault(place, Set.of()).contains(sent.token());
        Broken.unless(
                lostMeanwhile,
                Law.ACKED_PRESENT,
                "%s of %s: %s was acknowledged at %d, where %s is",
                place,
                site,
                sent,
                base,
                batch);
    }

    private final class Listener implements Growth {

        @Override
        public void appended(
                Machine machine, Place place, LogImage.Batch batch, Role role, LogImage image) {
            listeners.forEach(one -> one.appended(site, place, batch, role, image));
        }

        @Override
        public void lost(Machine machine, Place place, long end, long excusedFrom) {
            if (site.machines().size() > 1) {
                return; // The others have it, or the next leader is caught without.
            }
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
            logs.get(machine).image(place).from(end).forEach(batch -> gone.add(batch.token()));
            listeners.forEach(one -> one.lost(site, place, end));
        }

        @Override
        public void leads(Machine machine, Place place, LogImage image) {
            acked(place)
                    .tailMap(logs.get(machine).start(place), true)
                    .forEach((base, sent) ->
                            Broken.unless(
                                    image.at(base)
                                            .filter(it -> it.token().equals(sent.token()))
                                            .isPresent(),
                                    Law.ACKED_PRESENT,
                                    "%s leads %s without the acknowledged %s",
                                    machine,
                                    place,
                                    sent));
        }
    }
}
