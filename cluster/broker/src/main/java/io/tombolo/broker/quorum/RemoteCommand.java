package io.tombolo.broker.quorum;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.BrokerCommand;
import io.tombolo.controller.command.BrokerCommand.BrokerState;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.RegionCommand;
import io.tombolo.controller.command.RegionCommand.ProducerIdBlock;
import io.tombolo.controller.command.ReplicaCommand;
import io.tombolo.controller.command.ReplicaCommand.PartitionState;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.UnreadableRecord;
import io.tombolo.protocol.VersionRange;

import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.message.AssignReplicasToDirsResponseData;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.message.BrokerRegistrationResponseData;
import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * A command as a request to the active controller on another broker. Pure.
 *
 * @param read turns the response into the answer
 */
record RemoteCommand<A>(
        Peers.Purpose purpose, PeerCall call, Function<ApiMessage, Outcome<A>> read) {

    private static final long HEARTBEAT_NANOS = Duration.ofSeconds(2).toNanos();
    private static final long COMMAND_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long VOTERS_NANOS = Duration.ofSeconds(35).toNanos();
    private static final int NOTHING_TO_AWAIT = -1;

    /** What became of an attempt. */
    sealed interface Outcome<A> {

        /**
         * The controller has decided.
         *
         * @param metadataOffset what must be published here before the answer is given
         */
        record Told<A>(Answer<A> answer, long metadataOffset) implements Outcome<A> {}

        /** There is no answer. */
        record Missed<A>(RetryRule.Fate fate, String reason) implements Outcome<A> {}
    }

    /**
     * The form of a command; empty for one that brokers do not hand on.
     *
     * @param controllerEpoch of the controller that it is for; where Kafka has no request for it,
     *     no other one takes it
     */
    @SuppressWarnings("unchecked")
    static <A> Optional<RemoteCommand<A>> of(
            Command<A> command, String clusterId, int controllerEpoch) {
        // Each of these commands declares what it is answered with: the A of its own form.
        return (Optional<RemoteCommand<A>>)
                (Optional<?>)
                        switch (command) {
                            case BrokerCommand.RegisterBroker register ->
                                    Optional.of(register(register, clusterId));
                            case BrokerCommand.HeartbeatBroker beat -> Optional.of(beat(beat));
                            case RegionCommand.AllocateProducerIds allocate ->
                                    Optional.of(allocate(allocate));
                            case ReplicaCommand.AlterPartitions alter -> Optional.of(alter(alter));
                            case ReplicaCommand.AssignReplicasToDirs assign ->
                                    Optional.of(assign(assign));
                            default ->
                                    CommandCodec.encode(
                                                    new CommandCodec.Addressed(
                                                            controllerEpoch, command))
                                            .map(RemoteCommand::enveloped);
                        };
    }

    private static RemoteCommand<Long> register(
            BrokerCommand.RegisterBroker command, String clusterId) {
        return new RemoteCommand<>(
                Peers.Purpose.HEARTBEAT,
                new PeerCall(
                        ApiKeys.BROKER_REGISTRATION,
                        VersionRange.of(3, 4),
                        Registrations.encode(command, clusterId),
                        HEARTBEAT_NANOS),
                body -> {
                    var response = (BrokerRegistrationResponseData) body;
                    return told(response.errorCode(), response.brokerEpoch());
                });
    }

    private static RemoteCommand<BrokerState> beat(BrokerCommand.HeartbeatBroker command) {
        return new RemoteCommand<>(
                Peers.Purpose.HEARTBEAT,
                new PeerCall(
                        ApiKeys.BROKER_HEARTBEAT,
                        VersionRange.of(1, 1),
                        new BrokerHeartbeatRequestData()
                                .setBrokerId(command.brokerId())
                                .setBrokerEpoch(command.brokerEpoch())
                                .setCurrentMetadataOffset(command.metadataOffset())
                                .setWantFence(command.wantFence())
                                .setWantShutDown(command.wantShutDown())
                                .setOfflineLogDirs(command.offlineLogDirs()),
                        HEARTBEAT_NANOS),
                body -> {
                    var response = (BrokerHeartbeatResponseData) body;
                    return told(
                            response.errorCode(),
                            new BrokerState(
                                    response.isCaughtUp(),
                                    response.isFenced(),
                                    response.shouldShutDown()));
                });
    }

    private static RemoteCommand<ProducerIdBlock> allocate(
            RegionCommand.AllocateProducerIds command) {
        return new RemoteCommand<>(
                Peers.Purpose.COMMAND,
                new PeerCall(
                        ApiKeys.ALLOCATE_PRODUCER_IDS,
                        VersionRange.of(0, 0),
                        new AllocateProducerIdsRequestData()
                                .setBrokerId(command.brokerId())
                                .setBrokerEpoch(command.brokerEpoch()),
                        COMMAND_NANOS),
                body -> {
                    var response = (AllocateProducerIdsResponseData) body;
                    return told(
                            response.errorCode(),
                            new ProducerIdBlock(
                                    response.producerIdStart(), response.producerIdLen()));
                });
    }

    private static RemoteCommand<Map<PartitionId, Answer<PartitionState>>> alter(
            ReplicaCommand.AlterPartitions command) {
        return new RemoteCommand<>(
                Peers.Purpose.COMMAND,
                new PeerCall(
                        ApiKeys.ALTER_PARTITION,
                        VersionRange.of(3, 3),
                        AlterPartitionCodec.encode(command),
                        COMMAND_NANOS),
                body -> {
                    var response = (AlterPartitionResponseData) body;
                    try {
                        return told(response.errorCode(), AlterPartitionCodec.decode(response));
                    } catch (IllegalArgumentException senseless) {
                        return new Outcome.Missed<>(RetryRule.Fate.UNKNOWN, senseless.toString());
                    }
                });
    }

    private static RemoteCommand<Map<PartitionId, Answer<Applied>>> assign(
            ReplicaCommand.AssignReplicasToDirs command) {
        return new RemoteCommand<>(
                Peers.Purpose.COMMAND,
                new PeerCall(
                        ApiKeys.ASSIGN_REPLICAS_TO_DIRS,
                        VersionRange.of(0, 0),
                        AssignmentCodec.encode(command),
                        COMMAND_NANOS),
                body -> {
                    var response = (AssignReplicasToDirsResponseData) body;
                    return told(response.errorCode(), AssignmentCodec.decode(response));
                });
    }

    private static <A> Outcome<A> told(short code, A value) {
        Errors error = Errors.forCode(code);
        if (error == Errors.NOT_CONTROLLER) {
            return new Outcome.Missed<>(RetryRule.Fate.UNKNOWN, "the controller has changed");
        }
        Answer<A> answer =
                error == Errors.NONE
                        ? new Answer.Done<>(value)
                        : new Refusal(error, String.valueOf(error.message())).answer();
        return new Outcome.Told<>(answer, NOTHING_TO_AWAIT);
    }

    private static RemoteCommand<?> enveloped(ByteBuffer command) {
        return new RemoteCommand<>(
                Peers.Purpose.COMMAND,
                envelope(command, COMMAND_NANOS),
                RemoteCommand::fromEnvelope);
    }

    /** A client's request on its way to the controller. */
    static PeerCall envelope(ApiKeys api, ByteBuffer inside) {
        return envelope(
                inside,
                Peers.Purpose.of(api) == Peers.Purpose.VOTERS ? VOTERS_NANOS : COMMAND_NANOS);
    }

    private static PeerCall envelope(ByteBuffer inside, long waitNanos) {
        return new PeerCall(
                ApiKeys.ENVELOPE,
                VersionRange.of(0, 0),
                new EnvelopeRequestData().setRequestData(inside).setClientHostAddress(new byte[0]),
                waitNanos);
    }

    private static Outcome<Object> fromEnvelope(ApiMessage body) {
        var response = (EnvelopeResponseData) body;
        Errors error = Errors.forCode(response.errorCode());
        if (error != Errors.NONE) {
            return new Outcome.Missed<>(fateBy(error), String.valueOf(error.message()));
        }
        try {
            return answerIn(EnvelopeBody.open(response.responseData()));
        } catch (IllegalArgumentException | UnreadableRecord unreadable) {
            return new Outcome.Missed<>(RetryRule.Fate.UNKNOWN, unreadable.toString());
        }
    }

    /** By the error of the envelope itself, which is checked before it is opened. */
    static RetryRule.Fate fateBy(Errors error) {
        return error == Errors.NOT_CONTROLLER ? RetryRule.Fate.NOT_TAKEN : RetryRule.Fate.UNKNOWN;
    }

    private static Outcome<Object> answerIn(EnvelopeBody body) {
        Answer<Object> answer = AnswerCodec.decode(body.answer());
        boolean lost =
                answer instanceof Answer.Refused<Object> refused
                        && refused.error() == Errors.NOT_CONTROLLER;
        return lost
                ? new Outcome.Missed<>(RetryRule.Fate.UNKNOWN, "the controller has changed")
                : new Outcome.Told<>(answer, body.metadataOffset());
    }
}
