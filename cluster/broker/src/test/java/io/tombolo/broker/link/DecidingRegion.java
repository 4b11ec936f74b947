package io.tombolo.broker.link;

import io.tombolo.controller.Circumstances;
import io.tombolo.controller.ConfigValidator;
import io.tombolo.controller.Controller;
import io.tombolo.controller.ControllerResult;
import io.tombolo.controller.ControllerSettings;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.Refusal;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.metadata.image.LogPlace;
import io.tombolo.metadata.image.MetadataDelta;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.RegionRecord.RegionIdentity;
import io.tombolo.region.ProducerIdRange;
import io.tombolo.region.RegionId;

import org.apache.kafka.common.Uuid;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/** A region's real controller, whose decisions are committed at once. */
final class DecidingRegion {

    private final Controller controller;
    private final Circumstances circumstances =
            new Circumstances(new Simulator(1).entropy("controller"), _ -> true);
    private MetadataImage image;
    private Consumer<MetadataDelta> listener = _ -> {};

    DecidingRegion(RegionId region, MetadataImage image) {
        this.image = image;
        this.controller =
                new Controller(
                        new ControllerSettings(
                                new RegionIdentity(new Uuid(1, 1), region),
                                new ProducerIdRange(0, 9_999),
                                new ControllerSettings.TopicDefaults(1, 1),
                                new TreeMap<>(),
                                new ControllerSettings.Pace(
                                        Duration.ofSeconds(9), Optional.empty()),
                                new ControllerSettings.Bounds(8, 4_000, 50_000)),
                        new AnyConfigs());
    }

    /** Calls the listener with every change, before the command is answered. */
    void onChange(Consumer<MetadataDelta> wanted) {
        listener = wanted;
    }

    MetadataImage image() {
        return image;
    }

    <A> Answer<A> decide(Command<A> command) {
        ControllerResult<A> result = controller.handle(command, image, circumstances);
        result.batches().forEach(this::commit);
        return result.answer();
    }

    void commit(List<? extends MetadataRecord> batch) {
        MetadataImage.Applied applied =
                image.apply(
                        List.copyOf(batch), new LogPlace(image.place().offset() + batch.size(), 1));
        image = applied.image();
        listener.accept(applied.delta());
    }

    /** Every config is as good as any other. */
    private record AnyConfigs() implements ConfigValidator {

        @Override
        public Optional<Refusal> violation(
                ConfigResource resource, SortedMap<String, String> configs) {
            return Optional.empty();
        }

        @Override
        public Optional<String> listDefault(ConfigResource resource, String key) {
            return Optional.empty();
        }
    }
}
