package io.tombolo.simulation.law;

import io.tombolo.broker.replica.UncleanLeaders;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.Restoration;
import io.tombolo.metadata.record.LinkRecord.Divergence;
import io.tombolo.metadata.record.LinkRecord.Reign;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Role;
import io.tombolo.simulation.site.Machine;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * Looks at one region after every event: the logs and the metadata of each of its machines, and
 * that what was acknowledged is where it was said to be.
 */
public final class SiteWatch {

    private final Site site;
    private final List<SiteEvents> listeners = new ArrayList<>();
    private final Map<Machine, LogWatch> logs = new LinkedHashMap<>();
    private final Map<Machine, MetadataWatch> metadata = new LinkedHashMap<>();
    private final Keeper keeper;
    private final Agreement agreement;
    private final UncleanWatch unclean;
    private long doubts;
    private boolean mayLose;

    /** What is taken for what is seen. */
    public interface Reported {

        long highWatermark(long seen);

        int term(int seen);

        /** Where the metadata log of a controller ends. */
        long logEnd(long seen);

        /** Up to where a controller has committed. */
        long committed(long seen);

        /** From where on a leader says that records are lost. */
        long lostFrom(long told);

        /** What a region is said to have had alone. */
        Divergence divergence(Divergence told);

        /** What a region remembers of who has written to a partition. */
        List<Reign> lineage(List<Reign> told);
    }

    /** Hears of what is new in the logs of a region. */
    public interface SiteEvents {

        /** A batch was appended, or found after a restart. */
        void appended(Site site, Place place, LogImage.Batch batch, Role role, LogImage image);

        /** What was there is gone from an offset on, with good reason. */
        void lost(Site site, Place place, long end);

        /** What only this region had is being cut off, because its topic comes back. */
        default void cutBack(Site site, Place place, long end, CutBack gone) {}
    }

    /**
     * What goes when a topic comes back.
     *
     * @param committed what goes of what was committed
     * @param acked what goes of what was acknowledged
     * @param restoration what the metadata say of it
     */
    public record CutBack(
            List<LogImage.Batch> committed, List<Sent> acked, Restoration restoration) {}

    /**
     * @param durableTopics whose acknowledgements wait until records are durable
     * @param mayGo which topics may be deleted
     * @param reported what is taken for what is seen; itself, unless a variant lies
     */
    public SiteWatch(
            Site site,
            Set<String> durableTopics,
            Predicate<String> mayGo,
            Reported reported,
            Happenings happenings) {
        this.site = site;
        this.unclean = new UncleanWatch(reported, happenings);
        this.agreement = new Agreement(reported, unclean, happenings);
        var told = new ToAll();
        this.keeper =
                site.machines().size() == 1
                        ? new SoleCopy(site, durableTopics, told, happenings)
                        : new Replicas(
                                site, () -> mayLose, told, unclean, agreement::unheard, happenings);
        // Of one machine it only tells what its disk keeps, which is another law.
        BiConsumer<Machine, MetadataImage> agreeing =
                site.machines().size() == 1 ? (_, _) -> {} : agreement::published;
        BiConsumer<Machine, MetadataImage> published =
                (machine, image) -> {
                    logs.get(machine).published(image);
                    agreeing.accept(machine, image);
                };
        for (Machine machine : site.machines()) {
            logs.put(machine, new LogWatch(machine, keeper, reported::highWatermark, happenings));
            metadata.put(machine, new MetadataWatch(machine, mayGo, published));
        }
    }

    public void tell(SiteEvents listener) {
        listeners.add(listener);
    }

    // --- what happens to machines

    /** The power of a machine is about to fail. */
    public void powerLost(Machine machine) {
        doubtful();
        logs.get(machine).powerLost();
    }

    /** Forces of a machine fail from now on. */
    public void forcesFail(Machine machine) {
        doubtful();
        logs.get(machine).forcesFail();
    }

    /** Forces of a machine work again. */
    public void forcesWork(Machine machine) {
        logs.get(machine).forcesWork();
    }

    /** A machine was replaced by one that holds nothing. */
    public void wiped(Machine machine) {
        doubtful();
        logs.get(machine).wiped();
        metadata.get(machine).wiped();
    }

    private void doubtful() {
        doubts++;
        mayLose = true;
    }

    /** Grows whenever something that an answer under way tells of may be gone. */
    public long doubts() {
        return doubts;
    }

    // --- what there is

    /** What the region holds of a partition, as far as it is committed. */
    public LogImage image(Place place) {
        return keeper.image(place);
    }

    /** The acknowledged batches that have to be there, by base offset. */
    public TreeMap<Long, Sent> acked(Place place) {
        return keeper.acked(place);
    }

    /**
     * Whether the broker on a host leads a partition, and no later leader has committed anything.
     */
    public boolean leadsOn(String host, Place place) {
        int lastEpoch = image(place).last().map(LogImage.Batch::epoch).orElse(-1);
        return site.machines().stream()
                .filter(machine -> machine.host().equals(host))
                .flatMap(machine -> machine.partition(place).stream())
                .map(Partition::role)
                .anyMatch(role -> role.leading().isPresent() && role.leaderEpoch() >= lastEpoch);
    }

    /** Whether the log has ever lost its end, so that a copy may hold what it does not. */
    public boolean shortened(Place place) {
        return keeper.shortened(place);
    }

    /** Whether all is well: leaders everywhere, all replicas in sync and with the same records. */
    public boolean settled() {
        return agreement.notInSync().isEmpty() && keeper.unequal().isEmpty();
    }

    /** Whether every partition is led by its first replica. */
    public boolean preferred() {
        return site.machines().size() == 1 || agreement.preferred();
    }

    /** What it lacks to be {@link #settled}. */
    public List<String> unsettled() {
        var found = new ArrayList<>(agreement.notInSync());
        found.addAll(keeper.unequal());
        return found;
    }

    /** A reader was given a batch. */
    public void given(Place place, LogImage.Batch batch) {
        keeper.given(place, batch);
    }

    /** A leader says that it may lack something. */
    public void told(Machine machine, List<UncleanLeaders.Elected> leaders) {
        unclean.told(machine, leaders);
    }

    /** A replica says what it has thrown away. */
    public void told(Machine machine, UncleanLeaders.Lost lost) {
        unclean.told(machine, lost);
    }

    /** What leaders acknowledged alone. */
    public AckedAlone alone(Place place) {
        return keeper.alone(place);
    }

    /** A client was told that a leader alone has a batch. */
    public void acknowledgedAlone(Place place, Sent sent, long base) {
        keeper.alone(place).acknowledged(sent, base);
    }

    // --- the laws

    /** When it is {@link #settled} and nobody writes any more. */
    public void checkSettled() {
        keeper.checkSettled();
        logs.values().forEach(LogWatch::checkSettled);
        unclean.check();
    }

    /** After every event. */
    public void check() {
        site.machines().forEach(this::check);
    }

    /** After an event that could change nothing but this machine. */
    public void check(Machine machine) {
        metadata.get(machine).check();
        if (site.machines().size() > 1) {
            agreement.check(machine);
            unclean.check(machine);
        }
        logs.get(machine).check();
    }

    /** A client was told that a batch is in the log. */
    public void acknowledged(Place place, Sent sent, long base) {
        keeper.acknowledged(place, sent, base);
    }

    private final class ToAll implements SiteEvents {

        @Override
        public void appended(
                Site at, Place place, LogImage.Batch batch, Role role, LogImage image) {
            listeners.forEach(one -> one.appended(site, place, batch, role, image));
        }

        @Override
        public void lost(Site at, Place place, long end) {
            doubts++;
            listeners.forEach(one -> one.lost(site, place, end));
        }

        @Override
        public void cutBack(Site at, Place place, long end, CutBack gone) {
            listeners.forEach(one -> one.cutBack(site, place, end, gone));
        }
    }
}
