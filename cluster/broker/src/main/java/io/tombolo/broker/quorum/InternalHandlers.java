package io.tombolo.broker.quorum;

import io.tombolo.broker.Images;
import io.tombolo.broker.request.Enveloped;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestDispatcher;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.broker.shard.Shards;
import io.tombolo.controller.ActiveController;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.BrokerCommand;
import io.tombolo.controller.command.BrokerCommand.BrokerState;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.RegionCommand;
import io.tombolo.controller.command.RegionCommand.ProducerIdBlock;
import io.tombolo.controller.command.ReplicaCommand.AlterPartitions;
import io.tombolo.controller.command.ReplicaCommand.PartitionState;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.UnreadableRecord;

import org.apache.kafka.common.message.AllocateProducerIdsRequestData;
import org.apache.kafka.common.message.AllocateProducerIdsResponseData;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.message.AssignReplicasToDirsRequestData;
import org.apache.kafka.common.message.AssignReplicasToDirsResponseData;
import org.apache.kafka.common.message.BeginQuorumEpochRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatRequestData;
import org.apache.kafka.common.message.BrokerHeartbeatResponseData;
import org.apache.kafka.common.message.BrokerRegistrationRequestData;
import org.apache.kafka.common.message.BrokerRegistrationResponseData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.EndQuorumEpochRequestData;
import org.apache.kafka.common.message.EnvelopeRequestData;
import org.apache.kafka.common.message.EnvelopeResponseData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchSnapshotRequestData;
import org.apache.kafka.common.message.VoteRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Answers what other brokers of the region ask on the internal listener. What is for the controller
 * is taken only while it is active here; otherwise NOT_CONTROLLER, and nothing has been done.
 *
 * @param topicFetch answers fetches of partitions
 * @param enveloped the handlers of clients' requests that come in envelopes
 */
public record InternalHandlers(
        Place place,
        ActiveController controller,
        Images images,
        QuorumTransport quorum,
        DeathWatch deaths,
        RequestHandler<FetchRequestData> topicFetch,
        RequestDispatcher enveloped) {

    /** Of which cluster this is, and the loop of its controller. */
    public record Place(String clusterId, EventLoop loop) {}

    /** Adds what every node that may vote answers, but for ApiVersions. */
    public void addTo(RequestDispatcher dispatcher) {
        dispatcher
                .with(ApiKeys.VOTE, VoteRequestData.class, quorum::take)
                .with(ApiKeys.BEGIN_QUORUM_EPOCH, BeginQuorumEpochRequestData.class, quorum::take)
                .with(ApiKeys.END_QUORUM_EPOCH, EndQuorumEpochRequestData.class, quorum::take)
                .with(ApiKeys.FETCH_SNAPSHOT, FetchSnapshotRequestData.class, quorum::take)
                .with(ApiKeys.DESCRIBE_QUORUM, DescribeQuorumRequestData.class, quorum::take)
                .with(ApiKeys.FETCH, FetchRequestData.class, this::fetch)
                .with(
                        ApiKeys.BROKER_REGISTRATION,
                        BrokerRegistrationRequestData.class,
                        this::register)
                .with(ApiKeys.BROKER_HEARTBEAT, BrokerHeartbeatRequestData.class, this::beat)
                .with(
                        ApiKeys.ALLOCATE_PRODUCER_IDS,
                        AllocateProducerIdsRequestData.class,
                        this::allocate)
                .with(ApiKeys.ALTER_PARTITION, AlterPartitionRequestData.class, this::alter)
                .with(
                        ApiKeys.ASSIGN_REPLICAS_TO_DIRS,
                        AssignReplicasToDirsRequestData.class,
                        this::assign)
                .with(ApiKeys.ENVELOPE, EnvelopeRequestData.class, this::open);
    }

    private void fetch(Exchange exchange, FetchRequestData body) {
        if (QuorumTransport.takes(body)) {
            quorum.take(exchange, body);
        } else {
            topicFetch.handle(exchange, body);
        }
    }

    private void register(Exchange exchange, BrokerRegistrationRequestData body) {
        var response = new BrokerRegistrationResponseData();
        if (!body.clusterId().equals(place.clusterId())) {
            exchange.answer(response.setErrorCode(Errors.INCONSISTENT_CLUSTER_ID.code()));
            return;
        }
        BrokerCommand.RegisterBroker command;
        try {
            command = Registrations.decode(body);
        } catch (IllegalArgumentException impossible) {
            exchange.answer(response.setErrorCode(Errors.INVALID_REGISTRATION.code()));
            return;
        }
        whenActive(
                () ->
                        controller.submit(
                                command,
                                (Answer<Long> answer) -> {
                                    if (answer instanceof Answer.Done<Long>(Long epoch)) {
                                        response.setBrokerEpoch(epoch);
                                    }
                                    exchange.answer(response.setErrorCode(code(answer)));
                                }),
                () -> exchange.answer(response.setErrorCode(Errors.NOT_CONTROLLER.code())));
    }

    private void beat(Exchange exchange, BrokerHeartbeatRequestData body) {
        deaths.heard(exchange, body);
        var response = new BrokerHeartbeatResponseData();
        var command =
                new BrokerCommand.HeartbeatBroker(
                        body.brokerId(),
                        body.brokerEpoch(),
                        body.currentMetadataOffset(),
                        body.wantFence(),
                        body.wantShutDown(),
                        body.offlineLogDirs());
        whenActive(
                () ->
                        controller.submit(
                                command,
                                (Answer<BrokerState> answer) -> {
                                    if (answer instanceof Answer.Done<BrokerState>(var state)) {
                                        response.setIsCaughtUp(state.caughtUp())
                                                .setIsFenced(state.fenced())
                                                .setShouldShutDown(state.shouldShutDown());
                                    }
                                    exchange.answer(response.setErrorCode(code(answer)));
                                }),
                () -> exchange.answer(response.setErrorCode(Errors.NOT_CONTROLLER.code())));
    }

    private void allocate(Exchange exchange, AllocateProducerIdsRequestData body) {
        var response = new AllocateProducerIdsResponseData();
        var command = new RegionCommand.AllocateProducerIds(body.brokerId(), body.brokerEpoch());
        whenActive(
                () ->
                        controller.submit(
                                command,
                                (Answer<ProducerIdBlock> answer) -> {
                                    if (answer instanceof Answer.Done<ProducerIdBlock>(var block)) {
                                        response.setProducerIdStart(block.first())
                                                .setProducerIdLen(block.count());
                                    }
                                    exchange.answer(response.setErrorCode(code(answer)));
                                }),
                () -> exchange.answer(response.setErrorCode(Errors.NOT_CONTROLLER.code())));
    }

    private void alter(Exchange exchange, AlterPartitionRequestData body) {
        AlterPartitions command;
        try {
            command = AlterPartitionCodec.decode(body);
        } catch (IllegalArgumentException impossible) {
            exchange.answer(
                    new AlterPartitionResponseData().setErrorCode(Errors.INVALID_REQUEST.code()));
            return;
        }
        whenActive(
                () ->
                        controller.submit(
                                command,
                                (Answer<Map<PartitionId, Answer<PartitionState>>> answer) ->
                                        exchange.answer(
                                                AlterPartitionCodec.encode(
                                                        command.brokerId(), answer))),
                () ->
                        exchange.answer(
                                new AlterPartitionResponseData()
                                        .setErrorCode(Errors.NOT_CONTROLLER.code())));
    }

    private void assign(Exchange exchange, AssignReplicasToDirsRequestData body) {
        whenActive(
                () ->
                        controller.submit(
                                AssignmentCodec.decode(body),
                                (Answer<Map<PartitionId, Answer<Applied>>> answer) ->
                                        exchange.answer(AssignmentCodec.encode(body, answer))),
                () ->
                        exchange.answer(
                                new AssignReplicasToDirsResponseData()
                                        .setErrorCode(Errors.NOT_CONTROLLER.code())));
    }

    private void open(Exchange exchange, EnvelopeRequestData body) {
        ByteBuffer inside = body.requestData();
        whenActive(
                () -> {
                    if (CommandCodec.holdsCommand(inside)) {
                        decide(exchange, inside);
                    } else {
                        Shards.run(
                                exchange.loop(),
                                () ->
                                        Enveloped.dispatch(
                                                enveloped,
                                                exchange,
                                                inside,
                                                frame ->
                                                        seal(
                                                                exchange,
                                                                EnvelopeBody.seal(
                                                                        frame, offset()))));
                    }
                },
                () -> refuse(exchange, Errors.NOT_CONTROLLER));
    }

    private void decide(Exchange exchange, ByteBuffer inside) {
        CommandCodec.Addressed letter;
        try {
            letter = CommandCodec.decode(inside);
        } catch (UnreadableRecord unreadable) {
            refuse(exchange, Errors.INVALID_REQUEST);
            return;
        }
        if (letter.controllerEpoch() == controller.epoch()) {
            submit(
                    letter.command(),
                    answer ->
                            seal(
                                    exchange,
                                    EnvelopeBody.seal(AnswerCodec.encode(answer), offset())));
        } else {
            refuse(exchange, Errors.NOT_CONTROLLER);
        }
    }

    private <A> void submit(Command<A> command, Consumer<Answer<?>> answered) {
        controller.submit(command, answered::accept);
    }

    private static void seal(Exchange exchange, ByteBuffer sealed) {
        exchange.answer(new EnvelopeResponseData().setResponseData(sealed));
    }

    private static void refuse(Exchange exchange, Errors error) {
        exchange.answer(new EnvelopeResponseData().setErrorCode(error.code()));
    }

    private long offset() {
        return images.current().place().offset();
    }

    private void whenActive(Runnable active, Runnable otherwise) {
        Shards.run(place.loop(), () -> (controller.active() ? active : otherwise).run());
    }

    private static short code(Answer<?> answer) {
        return answer instanceof Answer.Refused<?> refused ? refused.error().code() : 0;
    }
}
