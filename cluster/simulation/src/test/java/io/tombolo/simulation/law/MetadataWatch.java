package io.tombolo.simulation.law;

import io.tombolo.broker.Images;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.region.DomainName;
import io.tombolo.simulation.site.Machine;

import org.apache.kafka.common.Uuid;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** Looks at what one machine knows of the metadata: nothing decided is forgotten. */
final class MetadataWatch {

    private final Machine machine;
    private final Predicate<String> mayGo;
    private final BiConsumer<Machine, MetadataImage> agreement;
    private final Map<String, Uuid> topicIds = new HashMap<>();

    /** Which ownership epoch was known at which offset of the metadata log, in any life. */
    private final Map<DomainName, TreeMap<Long, Long>> epochs = new HashMap<>();

    private final Map<DomainName, Long> epochsOfLife = new HashMap<>();
    private Optional<Images> life = Optional.empty();
    private MetadataImage image = MetadataImage.EMPTY;
    private boolean serving;
    private long offset = -1;

    /**
     * @param mayGo which topics may be deleted
     */
    MetadataWatch(
            Machine machine,
            Predicate<String> mayGo,
            BiConsumer<Machine, MetadataImage> agreement) {
        this.machine = machine;
        this.mayGo = mayGo;
        this.agreement = agreement;
    }

    /** The machine was replaced: it begins with nothing. */
    void wiped() {
        topicIds.clear();
        epochs.clear();
        epochsOfLife.clear();
        offset = -1;
    }

    void check() {
        Optional<Images> images = machine.images();
        if (images.isPresent() && images.get().current() != image) {
            if (!images.equals(life)) {
                life = images;
                epochsOfLife.clear();
            }
            published(images.get().current());
            agreement.accept(machine, image);
        }
        if (machine.servesClients()) {
            checkServing();
        }
    }

    private void published(MetadataImage next) {
        image = next;
        next.region().ownership().values().forEach(owned -> checkOwnership(next, owned));
        offset = Math.max(offset, next.place().offset());
        next.topics().byId().values().stream()
                .filter(topic -> !mayGo.test(topic.name()))
                .forEach(topic -> topicIds.putIfAbsent(topic.name(), topic.id()));
    }

    /**
     * Within a life epochs ascend; a new life reads the log again and knows as much at each place.
     */
    private void checkOwnership(MetadataImage next, OwnershipRecord owned) {
        var history = epochs.computeIfAbsent(owned.domain(), _ -> new TreeMap<>());
        var known = history.floorEntry(next.place().offset());
        long floor =
                Math.max(
                        known == null ? 0 : known.getValue(),
                        epochsOfLife.getOrDefault(owned.domain(), 0L));
        Broken.unless(
                owned.epoch() >= floor,
                Law.OWNERSHIP,
                "%s knows epoch %d of %s after %d",
                machine,
                owned.epoch(),
                owned.domain(),
                floor);
        epochsOfLife.put(owned.domain(), owned.epoch());
        if (known == null || known.getValue() < owned.epoch()) {
            history.put(next.place().offset(), owned.epoch());
        }
    }

    /** Looks at the metadata each time the broker begins to serve: by then all of it is read. */
    private void checkServing() {
        if (serving == machine.serving()) {
            return;
        }
        serving = machine.serving();
        if (!serving) {
            return;
        }
        Broken.unless(
                image.place().offset() >= offset,
                Law.METADATA,
                "%s serves with metadata up to %d, it had %d",
                machine,
                image.place().offset(),
                offset);
        topicIds.forEach((name, id) ->
                Broken.unless(
                        image.topics().topic(name).filter(t -> t.id().equals(id)).isPresent(),
                        Law.METADATA,
                        "%s has forgotten topic %s with id %s",
                        machine,
                        name,
                        id));
    }
}
