package io.tombolo.simulation.law;

import io.tombolo.broker.Images;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.MirrorRegistration;
import io.tombolo.metadata.image.Restoration;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Role;
import io.tombolo.simulation.site.Machine;
import io.tombolo.simulation.site.Place;
import io.tombolo.storage.log.LogDamage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongUnaryOperator;

/** Looks at the logs of one machine after every event and compares them with what was there. */
final class LogWatch {

    private static final long NOWHERE = Long.MAX_VALUE;

    /** One log. */
    private static final class Watched {
        final LogImage image = new LogImage();
        final Map<String, Long> tokens = new HashMap<>();
        final Sequences sequences = new Sequences();
        Partition life;
        boolean newLife;

        /** Whether the log was opened again, since when it may take producers for forgotten. */
        boolean reopened;

        /** Whether it led after the event before. */
        boolean led;

        int leaderEpoch = -1;
        long highWatermark;

        /** What was seen to be durable, in whatever life. */
        long durable;

        /** Records from here on may be gone: the power failed before they were durable. */
        long excusedFrom = NOWHERE;

        /** Records from here on are not as durable as they seem: a force failed. */
        long doubtfulFrom = NOWHERE;

        long doubtfulBefore = NOWHERE;
        Partition lifeBeforeFault;
    }

    private final Machine machine;
    private final Growth growth;
    private final LongUnaryOperator reported;
    private final Happenings happenings;
    private final Map<Place, Watched> logs = new HashMap<>();
    private final Set<Place> leaving = new LinkedHashSet<>();
    private boolean forcesFail;

    /**
     * @param reported what is taken for a high watermark; itself, unless a variant lies
     */
    LogWatch(Machine machine, Growth growth, LongUnaryOperator reported, Happenings happenings) {
        this.machine = machine;
        this.growth = growth;
        this.reported = reported;
        this.happenings = happenings;
    }

    LogImage image(Place place) {
        return watched(place).image;
    }

    private Watched watched(Place place) {
        return logs.computeIfAbsent(
                place,
                _ -> {
                    var log = new Watched();
                    log.doubtfulFrom = forcesFail ? 0 : NOWHERE;
                    growth.begins(machine, place, log.image);
                    return log;
                });
    }

    // --- what excuses a loss

    /** What was not durable may be gone, and so may what a failed force made believe. */
    void powerLost() {
        for (Watched log : logs.values()) {
            long floor = Math.min(log.durable, log.doubtfulFrom);
            log.excusedFrom = Math.min(log.excusedFrom, floor);
            // What is found afterwards is what is on the disk, until forces fail again.
            log.doubtfulFrom = forcesFail ? floor : NOWHERE;
            log.doubtfulBefore = NOWHERE;
            log.lifeBeforeFault = null;
            log.durable = floor;
        }
    }

    /** From now on forces fail: pages may be dropped that a later force takes for written. */
    void forcesFail() {
        if (forcesFail) {
            return;
        }
        forcesFail = true;
        for (Watched log : logs.values()) {
            log.doubtfulBefore = log.doubtfulFrom;
            log.doubtfulFrom = Math.min(log.doubtfulFrom, log.durable);
            log.lifeBeforeFault = log.life;
        }
    }

    /** Forces work again; a log that has lived through it had none that failed. */
    void forcesWork() {
        if (!forcesFail) {
            return;
        }
        forcesFail = false;
        for (Watched log : logs.values()) {
            boolean unharmed =
                    log.life != null
                            && log.life == log.lifeBeforeFault
                            && machine.partitions().contains(log.life)
                            && log.life.log().failure().isEmpty();
            if (unharmed) {
                log.doubtfulFrom = log.doubtfulBefore;
            }
        }
    }

    /** The machine was replaced: nothing of what it held is expected back. */
    void wiped() {
        logs.clear();
    }

    /** The machine is told of another state of the metadata: some logs are no longer its own. */
    void published(MetadataImage image) {
        leaving.clear();
        for (Place place : logs.keySet()) {
            image.topics()
                    .topic(place.topic())
                    .filter(topic -> place.partition() < topic.partitions().count())
                    .map(topic -> topic.partitions().get(place.partition()))
                    .filter(partition -> !partition.replicas().has(machine.id()))
                    .ifPresent(_ -> leaving.add(place));
        }
    }

    // --- after every event

    void check() {
        for (Partition partition : machine.partitions()) {
            check(partition);
        }
        if (!leaving.isEmpty()) {
            leaving.removeIf(this::isGone);
        }
    }

    /** When all replicas are equal, by what was seen of them: so are their disks. */
    void checkSettled() {
        for (Partition partition : machine.partitions()) {
            Place place = Place.of(partition);
            LogImage expected = growth.image(place);
            var there = read(partition, partition.log().startOffset()).orElse(List.of());
            Broken.unless(
                    there.equals(expected.from(partition.log().startOffset())),
                    Law.LOGS_MATCH,
                    "%s of %s, what it has and what is committed: %s",
                    place,
                    machine,
                    difference(there, expected.from(partition.log().startOffset())));
        }
    }

    /** The first that is not the same. */
    private static String difference(List<LogImage.Batch> one, List<LogImage.Batch> other) {
        int at = 0;
        while (at < one.size() && at < other.size() && one.get(at).equals(other.get(at))) {
            at++;
        }
        return "%s, %s"
                .formatted(
                        one.subList(at, Math.min(at + 1, one.size())),
                        other.subList(at, Math.min(at + 1, other.size())));
    }

    private boolean isGone(Place place) {
        boolean gone = machine.core().isPresent() && machine.partition(place).isEmpty();
        if (gone) {
            logs.remove(place);
            growth.removed(machine, place);
        }
        return gone;
    }

    private void check(Partition partition) {
        Place place = Place.of(partition);
        Watched watched = watched(place);
        if (partition.log().failure().isPresent()) {
            if (partition.log().failure().get() instanceof LogDamage damage) {
                // Opened again while the process lives, it is cut there and fetched from others.
                watched.excusedFrom = Math.min(watched.excusedFrom, damage.fromOffset());
            }
            checkLastWords(watched, partition);
            return;
        }
        if (watched.life != partition) {
            if (!recovered(place, watched, partition)) {
                return;
            }
            watched.life = partition;
            watched.newLife = true;
            watched.led = false;
            watched.highWatermark = partition.highWatermark();
            watched.leaderEpoch = -1;
        }
        watched.durable = Math.max(watched.durable, partition.log().durableOffset());
        if (partition.log().endOffset() != Math.max(watched.image.end(), watched.image.start())) {
            grown(place, watched, partition);
        }
        long before = watched.highWatermark;
        checkBounds(place, watched, partition);
        boolean led = watched.led;
        Role role = partition.role();
        if (role.leading().isPresent() && role.leaderEpoch() != watched.leaderEpoch) {
            watched.leaderEpoch = role.leaderEpoch();
            growth.leads(machine, place, role, watched.image);
        }
        watched.led = role.leading().isPresent();
        if (watched.highWatermark > before || watched.newLife) {
            watched.newLife = false;
            growth.committed(machine, partition, watched.image, led || watched.led);
        }
    }

    /** A log that is closed or failed tells nothing, but its leader may still commit records. */
    private void checkLastWords(Watched watched, Partition partition) {
        if (watched.life == partition && partition.highWatermark() > watched.highWatermark) {
            watched.highWatermark = partition.highWatermark();
            growth.committed(machine, partition, watched.image, watched.led);
        }
    }

    private void checkBounds(Place place, Watched watched, Partition partition) {
        long high = reported.applyAsLong(partition.highWatermark());
        Broken.unless(
                high >= watched.highWatermark,
                Law.HIGH_WATERMARK,
                "%s of %s went from %d to %d",
                place,
                machine,
                watched.highWatermark,
                high);
        Broken.unless(
                partition.log().startOffset() <= high && high <= partition.log().endOffset()
                        || partition.role() instanceof Role.Idle,
                Law.HIGH_WATERMARK,
                "%s of %s has %d, the log reaches from %d to %d",
                place,
                machine,
                high,
                partition.log().startOffset(),
                partition.log().endOffset());
        watched.highWatermark = high;
        if (partition.log().startOffset() > watched.image.start()) {
            watched.image.startAt(partition.log().startOffset());
        }
    }

    private void grown(Place place, Watched watched, Partition partition) {
        long seen = Math.max(watched.image.end(), watched.image.start());
        if (partition.log().endOffset() < seen) {
            cut(place, watched, partition, seen);
            return;
        }
        var batches = read(partition, seen);
        if (batches.isPresent()) {
            for (LogImage.Batch batch : batches.get()) {
                added(place, watched, batch, partition.role());
            }
        }
    }

    /**
     * A follower gives up what its leader does not have, and whoever is told to what the owner does
     * not have; nobody else ever does.
     */
    private void cut(Place place, Watched watched, Partition partition, long seen) {
        long end = partition.log().endOffset();
        var ordered = cutOf(place);
        if (ordered.isPresent() && partition.role() instanceof Role.Idle) {
            growth.cutBack(machine, place, end, watched.image, ordered.get());
            forget(watched, end);
            return;
        }
        Broken.unless(
                partition.role() instanceof Role.Follower,
                Law.PREFIX_KEPT,
                "%s of %s was cut from %d to %d in the middle of a life",
                place,
                machine,
                seen,
                end);
        growth.cut(machine, place, end, watched.image);
        forget(watched, end);
    }

    /** By which this machine has to cut its log before it uses it. */
    private Optional<Restoration> cutOf(Place place) {
        return machine.images()
                .map(Images::current)
                .flatMap(image ->
                        image.topics()
                                .topic(place.topic())
                                .flatMap(topic -> image.links().mirrorTopic(topic.id())))
                .map(MirrorRegistration::restoration)
                .filter(one -> one.cutFor(place.partition(), machine.id()).isPresent());
    }

    private static void forget(Watched watched, long end) {
        watched.tokens.values().removeIf(base -> base >= end);
        watched.image.truncateTo(end);
        watched.sequences.follow(watched.image.from(watched.image.start()));
        watched.durable = Math.min(watched.durable, end);
        watched.highWatermark = Math.min(watched.highWatermark, end);
    }

    private Optional<List<LogImage.Batch>> read(Partition partition, long from) {
        return machine.node().disk().unharmed(() -> LogImage.read(partition.log(), from));
    }

    private void added(Place place, Watched watched, LogImage.Batch batch, Role role) {
        watched.image
                .last()
                .ifPresent(last ->
                        Broken.unless(
                                last.epoch() <= batch.epoch(),
                                Law.EPOCHS_ASCEND,
                                "%s of %s: epoch %d after %d",
                                place,
                                machine,
                                batch.epoch(),
                                last.epoch()));
        if (batch.idempotent()) {
            Long before = watched.tokens.put(batch.token(), batch.base());
            Broken.unless(
                    before == null,
                    Law.ONCE,
                    "%s of %s: %s is at %d and at %d",
                    place,
                    machine,
                    batch.token(),
                    before,
                    batch.base());
            checkSequence(place, watched, batch, role);
        }
        watched.image.add(batch);
        growth.appended(machine, place, batch, role, watched.image);
    }

    private void checkSequence(Place place, Watched watched, LogImage.Batch batch, Role role) {
        boolean copied = !(role instanceof Role.Leader);
        int expected =
                watched.sequences
                        .expected(
                                batch,
                                () ->
                                        copied
                                                || watched.reopened
                                                        && growth.maybeForgotten(place, batch))
                        .orElse(batch.sequence());
        Broken.unless(
                batch.sequence() == expected,
                Law.IN_SEQUENCE,
                "%s of %s: %s comes where sequence %d is next",
                place,
                machine,
                batch,
                expected);
        watched.sequences.add(batch);
    }

    // --- after a restart

    private boolean recovered(Place place, Watched watched, Partition partition) {
        var found = read(partition, partition.log().startOffset());
        if (found.isEmpty()) {
            return false;
        }
        watched.image.startAt(partition.log().startOffset());
        if (watched.life == null) {
            watched.excusedFrom = NOWHERE;
            return true;
        }
        watched.reopened = true;
        var unseen = new ArrayList<LogImage.Batch>();
        for (LogImage.Batch batch : found.get()) {
            var before = watched.image.at(batch.base());
            if (before.isEmpty() && batch.base() >= watched.image.end()) {
                unseen.add(batch);
                continue;
            }
            Broken.unless(
                    before.isPresent() && before.get().equals(batch),
                    Law.PREFIX_KEPT,
                    "%s of %s: %s was %s",
                    place,
                    machine,
                    batch,
                    before);
        }
        lose(place, watched, partition.log().endOffset());
        for (LogImage.Batch batch : unseen) {
            added(place, watched, batch, partition.role());
        }
        return true;
    }

    private void lose(Place place, Watched watched, long end) {
        long excusedFrom = watched.excusedFrom;
        watched.excusedFrom = NOWHERE;
        if (end >= watched.image.end()) {
            return;
        }
        happenings.note(Happening.TAIL_LOST);
        growth.lost(machine, place, end, excusedFrom);
        Broken.unless(
                end >= excusedFrom,
                Law.DURABLE_KEPT,
                "%s of %s ends at %d, it reached %d and may have lost what is from %d on",
                place,
                machine,
                end,
                watched.image.end(),
                excusedFrom);
        forget(watched, end);
    }
}
