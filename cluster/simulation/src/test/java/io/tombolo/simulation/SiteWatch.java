package io.tombolo.simulation;

import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Role;

import org.apache.kafka.common.Uuid;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Looks at one region after every event and compares it with what it has seen before: the laws of
 * logs, high watermarks, roles and metadata.
 */
final class SiteWatch {

    /** Hears of what is new in a log. */
    interface Growth {

        /** A batch was appended, or found after a restart. */
        void appended(Site site, Place place, LogImage.Batch batch, Role role, LogImage image);

        /** What was there in an earlier life is gone from this offset on. */
        void lost(Site site, Place place, long offset);
    }

    /** One log. */
    private static final class Watched {
        final LogImage image = new LogImage();
        final Map<String, Long> tokens = new HashMap<>();
        final TreeMap<Long, Producing.Sent> acked = new TreeMap<>();
        Partition life;
        long highWatermark;
        long start;
        boolean incomplete;

        /** The losses of the disk that this log was seen to survive; −1 when it failed. */
        long lossesSurvived;
    }

    private final Site site;
    private final Growth growth;
    private final Variant variant;
    private final Happenings happenings;
    private final Map<Place, Watched> logs = new HashMap<>();
    private final Set<String> durableTopics;
    private MetadataImage image = MetadataImage.EMPTY;
    private final Map<String, Uuid> topicIds = new HashMap<>();
    private boolean serving;
    private long metadataOffset = -1;
    private long ownershipEpoch;
    private long lossCount;

    SiteWatch(
            Site site,
            Growth growth,
            Variant variant,
            Happenings happenings,
            Set<String> durableTopics) {
        this.site = site;
        this.growth = growth;
        this.variant = variant;
        this.happenings = happenings;
        this.durableTopics = durableTopics;
    }

    /** What was not forced may be gone: the power failed, or a force did. */
    void mayHaveLost() {
        lossCount++;
    }

    /** Grows whenever something that was not forced may be gone. */
    long lossCount() {
        return lossCount;
    }

    LogImage image(Place place) {
        return watched(place).image;
    }

    private Watched watched(Place place) {
        return logs.computeIfAbsent(place, _ -> new Watched());
    }

    private boolean durable(Place place) {
        return durableTopics.contains(place.topic());
    }

    // --- after every event

    void check() {
        site.core()
                .ifPresent(core -> {
                    if (core.images().current() != image) {
                        checkMetadata(core.images().current());
                    }
                });
        checkServing();
        for (Partition partition : site.partitions()) {
            check(partition);
        }
    }

    private void checkMetadata(MetadataImage next) {
        image = next;
        for (var owned : next.region().ownership().values()) {
            Broken.unless(
                    owned.epoch() >= ownershipEpoch || replaying(next),
                    Law.OWNERSHIP,
                    "%s knows epoch %d after %d",
                    site.region(),
                    owned.epoch(),
                    ownershipEpoch);
            ownershipEpoch = Math.max(ownershipEpoch, owned.epoch());
        }
        metadataOffset = Math.max(metadataOffset, next.place().offset());
        next.topics()
                .byId()
                .values()
                .forEach(topic -> topicIds.putIfAbsent(topic.name(), topic.id()));
    }

    /** While the metadata log is read again after a start, images are older than they were. */
    private boolean replaying(MetadataImage next) {
        return next.place().offset() < metadataOffset;
    }

    /** Looks at the metadata each time the broker begins to serve: by then all of it is read. */
    private void checkServing() {
        if (serving == site.serving()) {
            return;
        }
        serving = site.serving();
        if (!serving) {
            return;
        }
        Broken.unless(
                image.place().offset() >= metadataOffset,
                Law.METADATA,
                "%s serves with metadata up to %d, it had %d",
                site.region(),
                image.place().offset(),
                metadataOffset);
        topicIds.forEach((name, id) ->
                Broken.unless(
                        image.topics().topic(name).filter(t -> t.id().equals(id)).isPresent(),
                        Law.METADATA,
                        "%s has forgotten topic %s with id %s",
                        site.region(),
                        name,
                        id));
    }

    private void check(Partition partition) {
        Place place = new Place(partition.id().topic(), partition.id().partition());
        Watched watched = watched(place);
        if (partition.log().failure().isPresent()) {
            watched.lossesSurvived = -1;
            return;
        }
        if (watched.life != partition) {
            if (!recovered(place, watched, partition)) {
                return;
            }
            watched.life = partition;
            watched.highWatermark = partition.highWatermark();
        }
        watched.lossesSurvived = lossCount;
        checkBounds(place, watched, partition);
        if (partition.log().endOffset() != Math.max(watched.image.end(), watched.start)) {
            grown(place, watched, partition);
        }
    }

    private void checkBounds(Place place, Watched watched, Partition partition) {
        long high = partition.highWatermark();
        if (variant == Variant.HIGH_WATERMARK_IS_REPORTED_BACK && high > 20) {
            high -= high % 2;
        }
        Broken.unless(
                high >= watched.highWatermark,
                Law.HIGH_WATERMARK,
                "%s of %s went from %d to %d",
                place,
                site.region(),
                watched.highWatermark,
                high);
        Broken.unless(
                partition.log().startOffset() <= high && high <= partition.log().endOffset()
                        || partition.role() instanceof Role.Idle,
                Law.HIGH_WATERMARK,
                "%s of %s has %d, the log reaches from %d to %d",
                place,
                site.region(),
                high,
                partition.log().startOffset(),
                partition.log().endOffset());
        watched.highWatermark = high;
        if (partition.log().startOffset() > watched.start) {
            watched.start = partition.log().startOffset();
            watched.image.startAt(watched.start);
        }
    }

    private void grown(Place place, Watched watched, Partition partition) {
        long seen = Math.max(watched.image.end(), watched.start);
        if (partition.log().endOffset() < seen) {
            throw new Broken(
                    Law.PREFIX_KEPT,
                    "%s of %s was cut from %d to %d in the middle of a life"
                            .formatted(place, site.region(), seen, partition.log().endOffset()));
        }
        var batches = LogImage.read(partition.log(), seen);
        if (batches.isEmpty()) {
            watched.incomplete = true;
            return;
        }
        for (LogImage.Batch batch : batches.get()) {
            added(place, watched, batch, partition.role());
        }
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
                                site.region(),
                                batch.epoch(),
                                last.epoch()));
        if (!batch.token().isEmpty()) {
            Long before = watched.tokens.put(batch.token(), batch.base());
            Broken.unless(
                    before == null,
                    Law.ONCE,
                    "%s of %s: %s is at %d and at %d",
                    place,
                    site.region(),
                    batch.token(),
                    before,
                    batch.base());
        }
        watched.image.add(batch);
        growth.appended(site, place, batch, role, watched.image);
    }

    // --- after a restart

    private boolean recovered(Place place, Watched watched, Partition partition) {
        var found = LogImage.read(partition.log(), partition.log().startOffset());
        if (found.isEmpty()) {
            return false;
        }
        if (watched.life == null) {
            watched.start = partition.log().startOffset();
            return true;
        }
        long start = partition.log().startOffset();
        watched.image.startAt(start);
        watched.start = start;
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
                    site.region(),
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
        if (end >= watched.image.end()) {
            return;
        }
        happenings.note(Happening.TAIL_LOST);
        for (Producing.Sent sent : List.copyOf(watched.acked.tailMap(end, true).values())) {
            Broken.unless(
                    watched.lossesSurvived != lossCount && !durable(place),
                    Law.ACKED_PRESENT,
                    "%s of %s lost the acknowledged %s, it ends at %d",
                    place,
                    site.region(),
                    sent,
                    end);
            happenings.note(Happening.ACKED_LOST_BY_POWER);
        }
        watched.acked.tailMap(end, true).clear();
        watched.tokens.values().removeIf(base -> base >= end);
        watched.image.truncateTo(end);
        growth.lost(site, place, end);
    }

    // --- what clients were told

    /**
     * @param lossesBefore {@link #lossCount} when the batch was sent
     */
    void acknowledged(Place place, Producing.Sent sent, long base, long lossesBefore) {
        Watched watched = watched(place);
        if (base + sent.count() <= watched.start) {
            return;
        }
        var batch = watched.image.at(base);
        boolean there =
                batch.isPresent()
                        && batch.get().token().equals(sent.token())
                        && batch.get().count() == sent.count();
        if (there) {
            watched.acked.put(base, sent);
        } else if (!watched.incomplete && (durable(place) || lossesBefore == lossCount)) {
            throw new Broken(
                    Law.ACKED_PRESENT,
                    "%s of %s: %s was acknowledged at %d, where %s is"
                            .formatted(place, site.region(), sent, base, batch));
        }
    }

    /** The acknowledged batches that are in the log, by base offset. */
    TreeMap<Long, Producing.Sent> acked(Place place) {
        return watched(place).acked;
    }
}
