package io.tombolo.controller;

import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.BrokerCommand;
import io.tombolo.controller.command.BrokerCommand.BrokerState;
import io.tombolo.controller.command.BrokerCommand.ContinueDrain;
import io.tombolo.controller.command.BrokerCommand.DrainBroker;
import io.tombolo.controller.command.BrokerCommand.FenceBroker;
import io.tombolo.controller.command.BrokerCommand.HeartbeatBroker;
import io.tombolo.controller.command.BrokerCommand.RegisterBroker;
import io.tombolo.controller.command.BrokerCommand.UnregisterBroker;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.replica.Elections;
import io.tombolo.controller.replica.SafetyRules;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerRecord.BrokerChange;
import io.tombolo.metadata.record.BrokerRecord.BrokerRegistered;
import io.tombolo.metadata.record.BrokerRecord.BrokerUnregistered;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.BrokerRegistration.PreviousStop;
import io.tombolo.metadata.record.BrokerRegistration.Standing;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.PartitionChange;
import io.tombolo.metadata.record.TopicRecord.PartitionChanged;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Decides about brokers.
 *
 * <pre>
 * broker           event                                     becomes         partitions
 * any, silent      other incarnation registers, clean stop   fenced          it leaves
 * any, silent      other incarnation registers, otherwise    fenced          its tail is lost
 * unknown          registers                                 fenced          its tail is lost
 * any, live        other incarnation registers               refused
 * any              registers, too old for a feature          refused
 * fenced           heartbeat, caught up, wants to serve      active          it returns
 * active           heartbeat, wants to fence                 fenced          it leaves
 * active or        heartbeat, wants to stop, leads or is     shutting down   it leaves those that
 *   shutting down  needed for the in-sync minimum                            do not need it
 * active or        heartbeat, wants to stop, neither         fenced          it leaves
 *   shutting down  (or wants to fence as well)
 * any              heartbeat, more directories offline       same            it leaves those
 * active           silent for a session                      fenced          it leaves
 * any              unregistered                              unknown         it leaves
 * </pre>
 *
 * <p>A broker that is unknown may have been unregistered with replicas left, hence its tail counts
 * as lost; a sole replica keeps its place in any case ({@code PartitionTransition}).
 */
final class BrokerDecisions {

    private static final Predicate<MetadataRecord> MOVES_LEADER =
            record ->
                    record instanceof PartitionChanged changed
                            && changed.changes().stream()
                                    .anyMatch(PartitionChange.Leader.class::isInstance);

    private final SafetyRules rules;
    private final DrainDecisions drains;

    BrokerDecisions(SafetyRules rules, DrainDecisions drains) {
        this.rules = rules;
        this.drains = drains;
    }

    ControllerResult<?> decide(
            BrokerCommand<?> command, MetadataImage tip, Circumstances circumstances) {
        return switch (command) {
            case RegisterBroker register -> register(register, tip, circumstances);
            case HeartbeatBroker heartbeat -> heartbeat(heartbeat, tip);
            case FenceBroker(int brokerId, long brokerEpoch) -> fence(brokerId, brokerEpoch, tip);
            case UnregisterBroker(int brokerId) -> unregister(brokerId, tip);
            case DrainBroker drain -> drains.drain(drain, tip);
            case ContinueDrain more -> drains.carryOn(more, tip);
        };
    }

    private ControllerResult<Long> register(
            RegisterBroker command, MetadataImage tip, Circumstances circumstances) {
        int brokerId = command.brokerId();
        BrokerRegistration known = tip.brokers().byId().get(brokerId);
        if (known != null && known.incarnation().equals(command.incarnation())) {
            return ControllerResult.done(known.brokerEpoch());
        }
        if (known != null && circumstances.live().test(brokerId)) {
            return ControllerResult.refused(
                    Errors.DUPLICATE_BROKER_REGISTRATION,
                    "Another broker is registered with that broker id.");
        }
        Optional<Refusal> older = notUnderstood(command, tip);
        if (older.isPresent()) {
            return ControllerResult.refused(older.get());
        }
        boolean clean = known != null && known.brokerEpoch() == command.previousBrokerEpoch();
        PreviousStop previousStop =
                clean
                        ? PreviousStop.CLEAN
                        : known == null ? PreviousStop.UNKNOWN : PreviousStop.UNCLEAN;
        BrokerRegistration successor = successor(command, previousStop);
        var then = new Elections(tip, tip.brokers().with(successor), rules);
        List<MetadataRecord> elections = then.replaced(successor, clean);
        // The offset that the registration is going to have, or less: larger than every earlier
        // epoch, and a broker that has applied it has applied its registration.
        long brokerEpoch = tip.place().offset() + elections.size() + 1;
        var registration =
                new BrokerRegistration(
                        brokerId,
                        successor.incarnation(),
                        brokerEpoch,
                        successor.endpoints(),
                        successor.logDirs(),
                        successor.standing());
        return oneByOne(brokerEpoch, elections, new BrokerRegistered(registration));
    }

    /** Why a broker cannot follow this region's metadata: a release of before some feature rose. */
    private static Optional<Refusal> notUnderstood(RegisterBroker command, MetadataImage tip) {
        for (var feature : tip.region().features().entrySet()) {
            Optional<String> objection =
                    command.endpoints().objection(feature.getKey(), feature.getValue());
            if (objection.isPresent()) {
                return Optional.of(
                        new Refusal(
                                Errors.UNSUPPORTED_VERSION,
                                "Unable to register because the broker does not support finalized version %d of %s. It %s."
                                        .formatted(
                                                feature.getValue(),
                                                feature.getKey(),
                                                objection.get())));
            }
        }
        return Optional.empty();
    }

    private static BrokerRegistration successor(RegisterBroker command, PreviousStop previousStop) {
        var standing = new Standing(true, false, List.of(), previousStop);
        return new BrokerRegistration(
                command.brokerId(),
                command.incarnation(),
                0,
                command.endpoints(),
                command.logDirs(),
                standing);
    }

    private ControllerResult<BrokerState> heartbeat(HeartbeatBroker command, MetadataImage tip) {
        Optional<BrokerRegistration> registered =
                registered(tip, command.brokerId(), command.brokerEpoch());
        if (registered.isEmpty()) {
            return ControllerResult.refused(
                    Errors.STALE_BROKER_EPOCH,
                    "Broker %d is not registered with epoch %d."
                            .formatted(command.brokerId(), command.brokerEpoch()));
        }
        BrokerRegistration broker = registered.get();
        boolean caughtUp = command.metadataOffset() >= broker.brokerEpoch();
        boolean mustStop = command.wantFence() || command.wantShutDown();
        if (!broker.standing().offlineLogDirs().containsAll(command.offlineLogDirs())) {
            return offline(command, caughtUp, broker, tip);
        }
        if (broker.fenced() && caughtUp && !mustStop) {
            return changed(
                    new BrokerState(true, false, false),
                    broker,
                    standing(broker, false, false),
                    tip);
        }
        if (broker.fenced() || !mustStop) {
            boolean shouldShutDown = broker.fenced() && command.wantShutDown();
            return ControllerResult.done(
                    new BrokerState(caughtUp, broker.fenced(), shouldShutDown));
        }
        boolean stops = command.wantShutDown();
        return stops && !command.wantFence()
                ? shutDown(caughtUp, broker, tip)
                : changed(
                        new BrokerState(caughtUp, true, stops),
                        broker,
                        standing(broker, true, stops || broker.shuttingDown()),
                        tip);
    }

    /**
     * First what can be given away is, while the broker still serves and tells clients where to go,
     * and it stays in sync where too few would be left while another replica returns; the heartbeat
     * that finds nothing more of this lets it stop.
     */
    private ControllerResult<BrokerState> shutDown(
            boolean caughtUp, BrokerRegistration broker, MetadataImage tip) {
        ControllerResult<BrokerState> leaving =
                changed(
                        new BrokerState(caughtUp, false, false),
                        broker,
                        standing(broker, false, true),
                        tip);
        boolean gaveAway = leaving.batches().stream().flatMap(List::stream).anyMatch(MOVES_LEADER);
        return gaveAway || new Elections(tip, tip.brokers(), rules).need(broker.brokerId())
                ? leaving
                : changed(
                        new BrokerState(caughtUp, true, true),
                        broker,
                        standing(broker, true, true),
                        tip);
    }

    private ControllerResult<BrokerState> offline(
            HeartbeatBroker command,
            boolean caughtUp,
            BrokerRegistration broker,
            MetadataImage tip) {
        var standing =
                new Standing(
                        broker.fenced(),
                        broker.shuttingDown(),
                        union(broker.standing().offlineLogDirs(), command.offlineLogDirs()),
                        broker.standing().previousStop());
        var then = new Elections(tip, tip.brokers().with(broker.with(standing)), rules);
        return oneByOne(
                new BrokerState(caughtUp, broker.fenced(), false),
                then.withoutDirectories(broker.brokerId(), command.offlineLogDirs()),
                change(broker, standing));
    }

    private ControllerResult<Applied> fence(int brokerId, long brokerEpoch, MetadataImage tip) {
        return registered(tip, brokerId, brokerEpoch)
                .filter(broker -> !broker.fenced())
                .map(broker ->
                        changed(
                                new Applied(),
                                broker,
                                standing(broker, true, broker.shuttingDown()),
                                tip))
                .orElseGet(() -> ControllerResult.done(new Applied()));
    }

    private ControllerResult<Applied> unregister(int brokerId, MetadataImage tip) {
        BrokerRegistration broker = tip.brokers().byId().get(brokerId);
        if (broker == null) {
            return ControllerResult.refused(
                    Errors.BROKER_ID_NOT_REGISTERED,
                    "Broker ID " + brokerId + " is not currently registered");
        }
        var then = new Elections(tip, tip.brokers().without(brokerId), rules);
        return oneByOne(
                new Applied(),
                then.leaving(brokerId),
                new BrokerUnregistered(brokerId, broker.brokerEpoch()));
    }

    /** Another standing of a broker, with what follows from it for its partitions. */
    private <A> ControllerResult<A> changed(
            A answer, BrokerRegistration broker, Standing standing, MetadataImage tip) {
        int brokerId = broker.brokerId();
        var then = new Elections(tip, tip.brokers().with(broker.with(standing)), rules);
        List<MetadataRecord> elections =
                standing.fenced()
                        ? then.leaving(brokerId)
                        : standing.shuttingDown()
                                ? then.stopping(brokerId)
                                : then.returning(brokerId);
        return oneByOne(answer, elections, change(broker, standing));
    }

    private static Standing standing(
            BrokerRegistration broker, boolean fenced, boolean shuttingDown) {
        Standing now = broker.standing();
        return new Standing(fenced, shuttingDown, now.offlineLogDirs(), now.previousStop());
    }

    private static BrokerChange change(BrokerRegistration broker, Standing standing) {
        return new BrokerChange(
                broker.brokerId(),
                broker.brokerEpoch(),
                standing.fenced(),
                standing.shuttingDown(),
                standing.offlineLogDirs());
    }

    private static List<Uuid> union(List<Uuid> some, List<Uuid> others) {
        return Stream.concat(some.stream(), others.stream()).distinct().sorted().toList();
    }

    private static Optional<BrokerRegistration> registered(
            MetadataImage tip, int brokerId, long brokerEpoch) {
        return tip.brokers().broker(brokerId).filter(one -> one.brokerEpoch() == brokerEpoch);
    }

    private static <A> ControllerResult<A> oneByOne(
            A answer, List<MetadataRecord> elections, MetadataRecord last) {
        var batches = new ArrayList<List<MetadataRecord>>(elections.size() + 1);
        elections.forEach(record -> batches.add(List.of(record)));
        batches.add(List.of(last));
        return ControllerResult.inBatches(answer, batches);
    }
}
