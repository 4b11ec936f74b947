package io.tombolo.controller;

import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.BrokerCommand;
import io.tombolo.controller.command.BrokerCommand.BrokerState;
import io.tombolo.controller.command.BrokerCommand.FenceBroker;
import io.tombolo.controller.command.BrokerCommand.HeartbeatBroker;
import io.tombolo.controller.command.BrokerCommand.RegisterBroker;
import io.tombolo.controller.command.BrokerCommand.UnregisterBroker;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerRecord.BrokerChange;
import io.tombolo.metadata.record.BrokerRecord.BrokerRegistered;
import io.tombolo.metadata.record.BrokerRecord.BrokerUnregistered;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.MetadataRecord;

import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Decides about brokers.
 *
 * <pre>
 * broker         event                                     becomes     partitions
 * unknown        registers                                 fenced
 * any, silent    other incarnation registers               fenced      it leaves
 * any, live      other incarnation registers               refused
 * fenced         heartbeat, caught up, wants to serve      active      it returns
 * active         heartbeat, wants fence or shutdown        fenced      it leaves
 * active         silent for a session                      fenced      it leaves
 * any            unregistered                              unknown     it leaves
 * </pre>
 */
final class BrokerDecisions {

    ControllerResult<?> decide(
            BrokerCommand<?> command, MetadataImage tip, Circumstances circumstances) {
        return switch (command) {
            case RegisterBroker register -> register(register, tip, circumstances);
            case HeartbeatBroker heartbeat -> heartbeat(heartbeat, tip);
            case FenceBroker(int brokerId, long brokerEpoch) -> fence(brokerId, brokerEpoch, tip);
            case UnregisterBroker(int brokerId) -> unregister(brokerId, tip);
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
        List<MetadataRecord> elections = Elections.without(brokerId, tip);
        // The offset that the registration is going to have, or less: larger than every earlier
        // epoch, and a broker that has applied it has applied its registration.
        long brokerEpoch = tip.place().offset() + elections.size() + 1;
        var registration =
                new BrokerRegistration(
                        brokerId,
                        command.incarnation(),
                        brokerEpoch,
                        command.endpoints(),
                        command.logDirs(),
                        true);
        return oneByOne(brokerEpoch, elections, new BrokerRegistered(registration));
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
        boolean mayServe = caughtUp && !command.wantFence() && !command.wantShutDown();
        boolean mustStop = command.wantFence() || command.wantShutDown();
        if (broker.fenced() && mayServe) {
            return oneByOne(
                    new BrokerState(true, false, false),
                    Elections.with(broker.brokerId(), tip),
                    new BrokerChange(broker.brokerId(), broker.brokerEpoch(), false));
        }
        var state = new BrokerState(caughtUp, broker.fenced() || mustStop, command.wantShutDown());
        return !broker.fenced() && mustStop
                ? fenced(state, broker, tip)
                : ControllerResult.done(state);
    }

    private ControllerResult<Applied> fence(int brokerId, long brokerEpoch, MetadataImage tip) {
        return registered(tip, brokerId, brokerEpoch)
                .filter(broker -> !broker.fenced())
                .map(broker -> fenced(new Applied(), broker, tip))
                .orElseGet(() -> ControllerResult.done(new Applied()));
    }

    private ControllerResult<Applied> unregister(int brokerId, MetadataImage tip) {
        BrokerRegistration broker = tip.brokers().byId().get(brokerId);
        if (broker == null) {
            return ControllerResult.refused(
                    Errors.BROKER_ID_NOT_REGISTERED,
                    "Broker ID " + brokerId + " is not currently registered");
        }
        return oneByOne(
                new Applied(),
                Elections.without(brokerId, tip),
                new BrokerUnregistered(brokerId, broker.brokerEpoch()));
    }

    private static <A> ControllerResult<A> fenced(
            A answer, BrokerRegistration broker, MetadataImage tip) {
        return oneByOne(
                answer,
                Elections.without(broker.brokerId(), tip),
                new BrokerChange(broker.brokerId(), broker.brokerEpoch(), true));
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
