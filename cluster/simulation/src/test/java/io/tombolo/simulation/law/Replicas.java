package io.tombolo.simulation.law;

import io.tombolo.broker.Images;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.Restoration;
import io.tombolo.metadata.record.LinkRecord;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Role;
import io.tombolo.replication.leader.Leadership;
import io.tombolo.simulation.site.Machine;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/**
 * A region of several machines keeps what it committed: a leader's high watermark decides once what
 * stands at an offset, every replica has the same below its own, and every later leader has it. It
 * may lose what was committed only if disks lost something, and if the leader that lacks it says
 * that it may.
 */
final class Replicas implements Keeper {

    private final Site site;
    private final BooleanSupplier mayLose;
    private final SiteWatch.SiteEvents told;
    private final UncleanWatch unclean;
    private final Removals removals;
    private final Happenings happenings;
    private final Map<Place, Kept> partitions = new HashMap<>();

    /** What the controller has decided on ISRs. */
    interface Removals {

        /** Whether a member has come back and is out of the ISR, and its leader has not heard. */
        boolean unheard(Machine member, Partition partition, Leadership known, Machine leader);
    }

    /** One partition, all its replicas together. */
    private static final class Kept {
        final LogImage committed = new LogImage();
        final TreeMap<Long, Sent> acked = new TreeMap<>();
        final Map<Integer, Machine> leaders = new HashMap<>();
        final Map<Machine, LogImage> copies = new HashMap<>();

        /** Had a copy and is not to have one any more. */
        final Set<Machine> removed = new HashSet<>();

        final Map<Machine, Long> agreedUpTo = new HashMap<>();

        /** What each machine knows to be committed. */
        final Map<Machine, Long> highWatermarks = new HashMap<>();

        /** What each machine knew in an earlier life, if that was more. */
        final Map<Machine, Long> onceKnown = new HashMap<>();

        final AckedAlone alone;

        /** Was committed and is no more. */
        final Set<LogImage.Batch> lost = new HashSet<>();

        int highestEpoch = -1;

        /** The ownership epoch of the last return for which a replica was cut. */
        long cutUnder;

        /** What the leader of that epoch began with, beyond what was committed. */
        LogImage begun = new LogImage();

        Kept(AckedAlone alone) {
            this.alone = alone;
        }
    }

    /**
     * @param mayLose whether a disk of the region has ever lost something
     * @param unclean hears of what is lost
     * @param removals from ISRs
     */
    Replicas(
            Site site,
            BooleanSupplier mayLose,
            SiteWatch.SiteEvents told,
            UncleanWatch unclean,
            Removals removals,
            Happenings happenings) {
        this.site = site;
        this.mayLose = mayLose;
        this.told = told;
        this.unclean = unclean;
        this.removals = removals;
        this.happenings = happenings;
    }

    private Kept kept(Place place) {
        return partitions.computeIfAbsent(place, _ -> new Kept(new AckedAlone(place, happenings)));
    }

    @Override
    public LogImage image(Place place) {
        return kept(place).committed;
    }

    @Override
    public TreeMap<Long, Sent> acked(Place place) {
        return kept(place).acked;
    }

    @Override
    public boolean shortened(Place place) {
        return !kept(place).lost.isEmpty();
    }

    @Override
    public void acknowledged(Place place, Sent sent, long base) {
        Kept kept = kept(place);
        Optional<LogImage.Batch> there = kept.committed.at(base);
        if (there.filter(sent::isIn).isPresent()) {
            kept.acked.put(base, sent);
            return;
        }
        Broken.unless(
                kept.lost.stream().anyMatch(sent::isIn),
                Law.ACKED_PRESENT,
                "%s of %s: %s was acknowledged at %d, where %s is committed, up to %d",
                place,
                site,
                sent,
                base,
                there,
                kept.committed.end());
    }

    @Override
    public void given(Place place, LogImage.Batch batch) {
        Kept kept = kept(place);
        Broken.unless(
                kept.committed.at(batch.base()).filter(batch::equals).isPresent()
                        || kept.lost.contains(batch),
                Law.GIVEN_COMMITTED,
                "a reader of %s was given %s, up to %d is committed, there %s",
                place,
                batch,
                kept.committed.end(),
                kept.committed.at(batch.base()));
    }

    @Override
    public boolean maybeForgotten(Place place, LogImage.Batch batch) {
        return kept(place).lost.stream().anyMatch(batch::continues)
                || !kept(place).committed.knows(batch);
    }

    @Override
    public AckedAlone alone(Place place) {
        return kept(place).alone;
    }

    @Override
    public void checkSettled() {
        partitions.values().forEach(kept -> kept.alone.check(kept.committed));
    }

    @Override
    public List<String> unequal() {
        var found = new ArrayList<String>();
        MetadataImage metadata = site.newestMetadata();
        partitions.forEach((place, kept) -> {
            long end = kept.committed.end();
            kept.copies.forEach((machine, copy) -> {
                long agreed = kept.agreedUpTo.getOrDefault(machine, 0L);
                boolean wanted = isReplica(machine, place, metadata);
                if (wanted && (copy.end() != end || agreed != end)) {
                    found.add(
                            "%s of %s ends at %d, known to be committed up to %d of %d"
                                    .formatted(place, machine, copy.end(), agreed, end));
                }
            });
        });
        return found;
    }

    private static boolean isReplica(Machine machine, Place place, MetadataImage metadata) {
        return metadata.topics()
                .topic(place.topic())
                .filter(topic -> place.partition() < topic.partitions().count())
                .map(topic -> topic.partitions().get(place.partition()))
                .filter(partition -> partition.replicas().has(machine.id()))
                .isPresent();
    }

    // --- what happens to the logs

    @Override
    public void begins(Machine machine, Place place, LogImage image) {
        kept(place).copies.put(machine, image);
        kept(place).removed.remove(machine);
        kept(place).agreedUpTo.remove(machine);
        kept(place).highWatermarks.remove(machine);
        kept(place).onceKnown.remove(machine);
    }

    @Override
    public void removed(Machine machine, Place place) {
        Kept kept = kept(place);
        kept.removed.add(machine);
        kept.copies.remove(machine);
        kept.agreedUpTo.remove(machine);
        kept.highWatermarks.remove(machine);
        kept.onceKnown.remove(machine);
    }

    @Override
    public void appended(
            Machine machine, Place place, LogImage.Batch batch, Role role, LogImage image) {
        if (role instanceof Role.Leader) {
            kept(place).alone.appended(batch, batch.epoch() < kept(place).highestEpoch);
        }
        told.appended(site, place, batch, role, image);
    }

    @Override
    public void lost(Machine machine, Place place, long end, long excusedFrom) {
        kept(place).agreedUpTo.merge(machine, end, Math::min);
        kept(place).highWatermarks.merge(machine, end, Math::min);
    }

    @Override
    public void cut(Machine machine, Place place, long end, LogImage image) {
        Kept kept = kept(place);
        happenings.note(Happening.TRUNCATED);
        if (image.between(end, image.end()).stream().map(LogImage.Batch::epoch).distinct().count()
                > 1) {
            happenings.note(Happening.TRUNCATED_SEVERAL_EPOCHS);
        }
        kept.agreedUpTo.merge(machine, end, Math::min);
        long highWatermark = kept.highWatermarks.getOrDefault(machine, 0L);
        if (end < highWatermark) {
            unclean.gaveUp(machine, place, end, highWatermark);
            kept.highWatermarks.put(machine, end);
        }
        long onceKnown = copies(machine, place) ? 0 : kept.onceKnown.getOrDefault(machine, 0L);
        image.between(Math.max(end, highWatermark), onceKnown).stream()
                .filter(kept.lost::contains)
                .forEach(batch -> unclean.gaveUp(machine, place, batch.base(), batch.next()));
        kept.onceKnown.computeIfPresent(machine, (_, known) -> Math.min(known, end));
        uncommitted(kept, machine, place, end, image);
    }

    /** Whether a machine takes a topic for a mirror: what it throws away it copies again. */
    private static boolean copies(Machine machine, Place place) {
        return machine.images()
                .map(Images::current)
                .flatMap(image -> image.topics().topic(place.topic()).flatMap(image::mirrorOf))
                .filter(mirror -> mirror.state() != MirrorTopic.State.RETURNING)
                .isPresent();
    }

    private static void uncommitted(
            Kept kept, Machine machine, Place place, long end, LogImage image) {
        for (LogImage.Batch batch : image.between(end, image.end())) {
            Broken.unless(
                    kept.committed.at(batch.base()).filter(batch::equals).isEmpty(),
                    Law.COMMITTED_KEPT,
                    "%s cuts %s at %d, although %s is committed",
                    machine,
                    place,
                    end,
                    batch);
        }
    }

    /** The first of them takes what was committed with it. */
    @Override
    public void cutBack(
            Machine machine, Place place, long end, LogImage image, Restoration restoration) {
        Kept kept = kept(place);
        kept.agreedUpTo.merge(machine, end, Math::min);
        kept.highWatermarks.computeIfPresent(machine, (_, known) -> Math.min(known, end));
        kept.onceKnown.remove(machine);
        // Where nothing was found, the copy may have gone on before somebody who was away cuts.
        boolean nothing =
                restoration
                        .divergenceOf(place.partition())
                        .filter(LinkRecord.Divergence::isEmpty)
                        .isPresent();
        if (nothing || restoration.ownershipEpoch() == kept.cutUnder) {
            uncommitted(kept, machine, place, end, image);
        } else {
            kept.cutUnder = restoration.ownershipEpoch();
            var beyond = kept.acked.tailMap(end, true);
            var gone =
                    new SiteWatch.CutBack(
                            kept.committed.from(end), List.copyOf(beyond.values()), restoration);
            kept.lost.addAll(gone.committed());
            kept.committed.truncateTo(end);
            kept.agreedUpTo.replaceAll((_, upTo) -> Math.min(upTo, end));
            beyond.clear();
            told.cutBack(site, place, end, gone);
        }
    }

    @Override
    public void leads(Machine machine, Place place, Role role, LogImage image) {
        Kept kept = kept(place);
        Machine other = kept.leaders.putIfAbsent(role.leaderEpoch(), machine);
        Broken.unless(
                other == null || other == machine,
                Law.ONE_LEADER,
                "%s and %s both lead %s in epoch %d",
                other,
                machine,
                place,
                role.leaderEpoch());
        if (role.leaderEpoch() <= kept.highestEpoch) {
            return; // Its time is over, and it does not know that yet.
        }
        if (kept.highestEpoch >= 0) {
            happenings.note(Happening.LEADER_CHANGED);
        }
        kept.highestEpoch = role.leaderEpoch();
        kept.alone.leads(image);
        for (LogImage.Batch batch : kept.committed.between(image.start(), Long.MAX_VALUE)) {
            if (!image.at(batch.base()).equals(Optional.of(batch))) {
                lacks(machine, place, role.leading().orElseThrow(), batch);
                break;
            }
        }
        kept.begun = new LogImage();
        image.from(kept.committed.end()).forEach(kept.begun::add);
    }

    /** A leader without something that was committed. */
    private void lacks(
            Machine machine, Place place, Leadership leadership, LogImage.Batch missing) {
        Broken.unless(
                leadership.recovering() && (mayLose.getAsBoolean() || place.equals(Place.CLICKS)),
                Law.COMMITTED_KEPT,
                "%s leads %s in epoch %d%s without %s",
                machine,
                place,
                leadership.leaderEpoch(),
                leadership.recovering() ? " and says that it may lack something" : "",
                missing);
        happenings.note(Happening.COMMITTED_LOST_AND_TOLD);
        Kept kept = kept(place);
        long end = kept.committed.end();
        unclean.lacks(machine, place, leadership.leaderEpoch(), missing.base(), end);
        kept.lost.addAll(kept.committed.from(missing.base()));
        kept.committed.truncateTo(missing.base());
        kept.acked.tailMap(missing.base(), true).clear();
        kept.agreedUpTo.replaceAll((_, upTo) -> Math.min(upTo, missing.base()));
        told.lost(site, place, missing.base());
    }

    // --- what is committed

    @Override
    public void committed(Machine machine, Partition partition, LogImage image, boolean led) {
        Place place = Place.of(partition);
        Kept kept = kept(place);
        long highWatermark = partition.highWatermark();
        long from = kept.agreedUpTo.getOrDefault(machine, 0L);
        if (led && place.equals(Place.CLICKS)) {
            loseWhatIsDeposed(kept, image.between(from, highWatermark));
        }
        if (led && highWatermark > kept.committed.end()) {
            boolean copied = partition.role() instanceof Role.MirrorLeader;
            commit(kept, image, highWatermark, copied);
            if (!mayBeForsaken(kept, partition)) {
                // A leader whose log fails cannot be read any more; who is in sync has it, too.
                kept.copies.values().forEach(copy -> commit(kept, copy, highWatermark, copied));
                partition.leadership().ifPresent(state -> checkCopies(machine, partition, state));
            }
        }
        Long before = kept.highWatermarks.put(machine, highWatermark);
        if (before != null && before > highWatermark) {
            kept.onceKnown.merge(machine, before, Math::max);
        }
        for (LogImage.Batch batch : image.between(from, highWatermark)) {
            Broken.unless(
                    kept.committed.at(batch.base()).filter(batch::equals).isPresent()
                            || kept.lost.contains(batch),
                    Law.ONE_HISTORY,
                    "%s has %s of %s below its high watermark %d, %s is committed there",
                    machine,
                    batch,
                    place,
                    highWatermark,
                    kept.committed.at(batch.base()));
        }
        kept.agreedUpTo.put(machine, highWatermark);
    }

    /**
     * A leader that has not heard of an unclean election goes on committing what is lost already,
     * perhaps where its successor has committed something else meanwhile.
     */
    private static void loseWhatIsDeposed(Kept kept, Collection<LogImage.Batch> batches) {
        for (LogImage.Batch batch : batches) {
            if (!kept.committed.at(batch.base()).equals(Optional.of(batch))
                    && isDeposed(kept, batch)) {
                kept.lost.add(batch);
            }
        }
    }

    /** Whether others in sync may have cut what they had, because of an unclean election. */
    private static boolean mayBeForsaken(Kept kept, Partition partition) {
        return Place.of(partition).equals(Place.CLICKS)
                && partition
                        .leadership()
                        .filter(state -> state.leaderEpoch() < kept.highestEpoch)
                        .isPresent();
    }

    private static boolean isDeposed(Kept kept, LogImage.Batch batch) {
        return batch.epoch() < kept.highestEpoch
                && kept.begun.at(batch.base()).filter(batch::equals).isEmpty();
    }

    private static void commit(Kept kept, LogImage image, long highWatermark, boolean copied) {
        for (LogImage.Batch batch : image.between(kept.committed.end(), highWatermark)) {
            // What one unclean election lost comes back when another elects who still has it.
            // So does what the owner of a copied topic still has.
            if (copied || !kept.lost.contains(batch) || !isDeposed(kept, batch)) {
                kept.committed.add(batch);
            }
        }
    }

    /** Everyone in sync has what is committed, and they are enough. */
    private void checkCopies(Machine machine, Partition partition, Leadership leadership) {
        Place place = Place.of(partition);
        long highWatermark = partition.highWatermark();
        List<Machine> without = new ArrayList<>();
        for (Machine member : site.machines()) {
            LogImage copy = kept(place).copies.get(member);
            // Who is no replica any more may have heard of that before its leader.
            boolean has =
                    copy != null && copy.end() >= highWatermark
                            || kept(place).removed.contains(member);
            // Who came back with less is in sync until the controller hears of it, and then the
            // leader; what that commits meanwhile is where it is in sync.
            if (leadership.isr().has(member.id())
                    && !has
                    && member.serving()
                    && !removals.unheard(member, partition, leadership, machine)) {
                without.add(member);
            }
        }
        Broken.unless(
                without.isEmpty(),
                Law.IN_SYNC,
                "%s commits %s up to %d with %s in sync, %s lack some of it",
                machine,
                place,
                highWatermark,
                leadership.isr(),
                without);
    }
}
