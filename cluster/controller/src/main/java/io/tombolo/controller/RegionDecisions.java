package io.tombolo.controller;

import io.tombolo.controller.ControllerSettings.FeatureRange;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.RegionCommand;
import io.tombolo.controller.command.RegionCommand.AllocateProducerIds;
import io.tombolo.controller.command.RegionCommand.ClaimOwnership;
import io.tombolo.controller.command.RegionCommand.Direction;
import io.tombolo.controller.command.RegionCommand.FeatureUpdate;
import io.tombolo.controller.command.RegionCommand.FormatRegion;
import io.tombolo.controller.command.RegionCommand.ObserveOwnership;
import io.tombolo.controller.command.RegionCommand.ProducerIdBlock;
import io.tombolo.controller.command.RegionCommand.RegisterController;
import io.tombolo.controller.command.RegionCommand.UnregisterController;
import io.tombolo.controller.command.RegionCommand.UpdateFeatures;
import io.tombolo.controller.handover.Takings;
import io.tombolo.controller.topic.OwnerRules;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.metadata.record.RegionRecord.ControllerRegistered;
import io.tombolo.metadata.record.RegionRecord.ControllerUnregistered;
import io.tombolo.metadata.record.RegionRecord.FeatureLevel;
import io.tombolo.metadata.record.RegionRecord.ProducerIdsAllocated;
import io.tombolo.metadata.record.RegionRecord.RegionIdentity;
import io.tombolo.region.ownership.Claim;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.ownership.OwnershipLedger;

import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** Decides what concerns the region as a whole. */
final class RegionDecisions {

    /** Kafka's size of a block of producer ids. */
    private static final int PRODUCER_ID_BLOCK = 1_000;

    private final ControllerSettings settings;

    RegionDecisions(ControllerSettings settings) {
        this.settings = settings;
    }

    ControllerResult<?> decide(
            RegionCommand<?> command, MetadataImage tip, Circumstances circumstances) {
        return switch (command) {
            case FormatRegion() -> format(tip);
            case AllocateProducerIds allocate -> allocate(allocate, tip);
            case UpdateFeatures update -> update(update, tip, circumstances);
            case RegisterController register -> register(register, tip);
            case UnregisterController(int controllerId) -> unregister(controllerId, tip);
            case ClaimOwnership claim -> claim(claim, tip);
            case ObserveOwnership observe -> observe(observe, tip);
        };
    }

    private ControllerResult<Applied> format(MetadataImage tip) {
        Optional<RegionIdentity> present = tip.region().identity();
        if (present.isPresent()) {
            return present.get().equals(settings.identity())
                    ? ControllerResult.done(new Applied())
                    : ControllerResult.refused(
                            Errors.INCONSISTENT_CLUSTER_ID,
                            "The metadata log belongs to %s, not to %s."
                                    .formatted(present.get(), settings.identity()));
        }
        var records = new ArrayList<MetadataRecord>();
        records.add(settings.identity());
        settings.features()
                .forEach((feature, range) -> {
                    if (range.initial() > 0) {
                        records.add(new FeatureLevel(feature, range.initial()));
                    }
                });
        return ControllerResult.atomic(new Applied(), records);
    }

    private ControllerResult<ProducerIdBlock> allocate(
            AllocateProducerIds command, MetadataImage tip) {
        Optional<BrokerRegistration> broker = tip.brokers().broker(command.brokerId());
        if (broker.isEmpty() || broker.get().brokerEpoch() != command.brokerEpoch()) {
            return ControllerResult.refused(
                    Errors.STALE_BROKER_EPOCH,
                    "Broker %d is not registered with epoch %d."
                            .formatted(command.brokerId(), command.brokerEpoch()));
        }
        long first = Math.max(settings.producerIds().first(), tip.region().nextProducerId());
        if (settings.producerIds().last() - first < PRODUCER_ID_BLOCK - 1) {
            return ControllerResult.refused(
                    Errors.UNKNOWN_SERVER_ERROR,
                    "The producer ids of this region are used up at " + first + ".");
        }
        return ControllerResult.done(
                new ProducerIdBlock(first, PRODUCER_ID_BLOCK),
                new ProducerIdsAllocated(
                        command.brokerId(), command.brokerEpoch(), first + PRODUCER_ID_BLOCK));
    }

    private static ControllerResult<Applied> register(
            RegisterController command, MetadataImage tip) {
        var registered = new ControllerRegistered(command.controllerId(), command.features());
        for (var feature : tip.region().features().entrySet()) {
            Optional<String> objection = registered.objection(feature.getKey(), feature.getValue());
            if (objection.isPresent()) {
                return ControllerResult.refused(
                        Errors.UNSUPPORTED_VERSION,
                        "The controller cannot run version %d of %s, which is finalized. It %s."
                                .formatted(feature.getValue(), feature.getKey(), objection.get()));
            }
        }
        return registered.equals(tip.region().controllers().get(command.controllerId()))
                ? ControllerResult.done(new Applied())
                : ControllerResult.done(new Applied(), registered);
    }

    private static ControllerResult<Applied> unregister(int controllerId, MetadataImage tip) {
        return tip.region().controllers().containsKey(controllerId)
                ? ControllerResult.done(new Applied(), new ControllerUnregistered(controllerId))
                : ControllerResult.refused(
                        Errors.CONTROLLER_ID_NOT_REGISTERED,
                        "Controller ID %d is not currently registered".formatted(controllerId));
    }

    private ControllerResult<Applied> update(
            UpdateFeatures command, MetadataImage tip, Circumstances circumstances) {
        var records = new ArrayList<MetadataRecord>();
        var seen = new HashSet<String>();
        for (FeatureUpdate update : command.updates()) {
            short present = tip.region().features().getOrDefault(update.feature(), (short) 0);
            Optional<String> flaw =
                    seen.add(update.feature())
                            ? flaw(update, present)
                                    .or(() -> notUnderstood(update, tip))
                                    .or(() -> notUnderstoodByVoters(update, tip, circumstances))
                            : Optional.of("The feature is named twice.");
            if (flaw.isPresent()) {
                return ControllerResult.refused(
                        Errors.INVALID_UPDATE_VERSION,
                        "Invalid update version %d for feature %s. %s"
                                .formatted(update.level(), update.feature(), flaw.get()));
            }
            if (update.level() != present) {
                records.add(new FeatureLevel(update.feature(), update.level()));
            }
        }
        ControllerResult<Applied> result = ControllerResult.atomic(new Applied(), records);
        return command.validateOnly() ? result.withoutRecords() : result;
    }

    /** Every broker that is registered, also one that is down, has to be able to come back. */
    private static Optional<String> notUnderstood(FeatureUpdate update, MetadataImage tip) {
        if (update.level() == 0) {
            return Optional.empty();
        }
        return tip.brokers().byId().values().stream()
                .flatMap(broker ->
                        broker
                                .endpoints()
                                .objection(update.feature(), update.level())
                                .map(why -> "Broker %d %s.".formatted(broker.brokerId(), why))
                                .stream())
                .findFirst();
    }

    /** Who votes and is no broker has to tell what it can run before anything rises. */
    private static Optional<String> notUnderstoodByVoters(
            FeatureUpdate update, MetadataImage tip, Circumstances circumstances) {
        if (update.level() == 0) {
            return Optional.empty();
        }
        return circumstances.voters().get().stream()
                .sorted()
                .filter(voter -> tip.brokers().broker(voter).isEmpty())
                .flatMap(voter -> notUnderstoodBy(voter, update, tip).stream())
                .findFirst();
    }

    private static Optional<String> notUnderstoodBy(
            int controllerId, FeatureUpdate update, MetadataImage tip) {
        ControllerRegistered told = tip.region().controllers().get(controllerId);
        return told == null
                ? Optional.of(
                        "Controller %d has not told yet what it supports.".formatted(controllerId))
                : told.objection(update.feature(), update.level())
                        .map(why -> "Controller %d %s.".formatted(controllerId, why));
    }

    private Optional<String> flaw(FeatureUpdate update, short present) {
        FeatureRange range = settings.features().get(update.feature());
        if (range == null) {
            return Optional.of("This release does not know the feature.");
        }
        short level = update.level();
        if (level < 0 || level != 0 && !range.has(level) || level == 0 && range.min() > 1) {
            return Optional.of(
                    "This release only supports versions %d-%d"
                            .formatted(range.min(), range.max()));
        }
        if (level < present && update.direction() == Direction.UPGRADE) {
            return Optional.of(
                    "Can't downgrade the version of this feature without setting the upgrade type"
                            + " to either safe or unsafe downgrade.");
        }
        if (level < present
                && level < range.lossBelow()
                && update.direction() == Direction.SAFE_DOWNGRADE) {
            return Optional.of(
                    "Metadata would be lost below version %d; only an unsafe downgrade goes there."
                            .formatted(range.lossBelow()));
        }
        if (level > present && update.direction() != Direction.UPGRADE) {
            return Optional.of("Can't downgrade to a newer version.");
        }
        return Optional.empty();
    }

    private static ControllerResult<Ownership> claim(ClaimOwnership command, MetadataImage tip) {
        Optional<Refusal> second = OwnerRules.claim(command, tip);
        if (second.isPresent()) {
            return ControllerResult.refused(second.get());
        }
        Claim claim =
                ledger(tip)
                        .claim(
                                command.domain(),
                                command.region(),
                                command.expectedEpoch(),
                                command.mode());
        return switch (claim) {
            case Claim.Granted(var granted) -> {
                Ownership next = Takings.with(granted, tip);
                yield ControllerResult.done(next, new OwnershipRecord(next, command.cause()));
            }
            case Claim.StaleEpoch(var expected, var current) ->
                    ControllerResult.refused(
                            Errors.INVALID_UPDATE_VERSION,
                            "Domain %s is at ownership epoch %d, not %d."
                                    .formatted(command.domain(), current, expected));
            case Claim.AlreadyOwner(var current) ->
                    ControllerResult.refused(
                            new Refusal(
                                    Errors.INVALID_REQUEST,
                                    "Region %s owns domain %s already, since epoch %d."
                                            .formatted(
                                                    current.owner(),
                                                    current.domain(),
                                                    current.epoch())));
            case Claim.NotOwner(var current) ->
                    ControllerResult.refused(
                            Errors.INVALID_REQUEST,
                            "Region %s cannot hand over domain %s: %s."
                                    .formatted(
                                            command.region(),
                                            command.domain(),
                                            current.map(RegionDecisions::standing)
                                                    .orElse("nobody owns it yet")));
            case Claim.Exhausted(var current) ->
                    ControllerResult.refused(
                            Errors.INVALID_REQUEST,
                            "No ownership epoch is left for domain " + current.domain() + ".");
        };
    }

    private static String standing(Ownership current) {
        return current.isWritten()
                ? "%s owns it since epoch %d".formatted(current.owner(), current.epoch())
                : "it is %s since epoch %d".formatted(current.mode(), current.epoch());
    }

    private static ControllerResult<List<OwnershipRecord>> observe(
            ObserveOwnership command, MetadataImage tip) {
        List<OwnershipRecord> news =
                ledger(tip).observe(command.remote()).stream()
                        .map(ownership -> new OwnershipRecord(ownership, command.cause()))
                        .toList();
        return ControllerResult.atomic(news, news);
    }

    private static OwnershipLedger ledger(MetadataImage tip) {
        return OwnershipLedger.of(
                tip.region().ownership().values().stream()
                        .map(OwnershipRecord::ownership)
                        .toList());
    }
}
