package io.tombolo.broker.request.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.ClientListener;
import io.tombolo.broker.Worlds;
import io.tombolo.broker.quota.ClientQuotas;
import io.tombolo.broker.request.ClientConnection;
import io.tombolo.broker.request.RequestDispatcher;
import io.tombolo.broker.shard.Shards;
import io.tombolo.broker.transaction.NoTransactions;
import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.Environment;
import io.tombolo.environment.Frame;
import io.tombolo.environment.FrameLimits;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.protocol.RecordBytes;
import io.tombolo.protocol.ServedApis;
import io.tombolo.protocol.client.DecodedResponse;
import io.tombolo.protocol.client.RequestEncoder;
import io.tombolo.protocol.client.ResponseDecoder;
import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.replication.Partition;
import io.tombolo.replication.PartitionSettings;
import io.tombolo.replication.Role.Leader;
import io.tombolo.replication.Role.WriteAccess;
import io.tombolo.replication.leader.Leadership;
import io.tombolo.replication.leader.Peers;
import io.tombolo.storage.log.CreateResult;
import io.tombolo.storage.log.DirectoryIdentity;
import io.tombolo.storage.log.LogDirectory;
import io.tombolo.storage.log.LogEnvironment;
import io.tombolo.storage.log.LogName;
import io.tombolo.storage.log.LogPlacement;
import io.tombolo.storage.log.LogSettings;
import io.tombolo.storage.log.OpenResult;
import io.tombolo.storage.log.PartitionLog;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;

/** A leader of three replicas, none of which ever fetches. */
class ProduceHandlerTest {

    private static final TopicIdPartition ORDERS =
            new TopicIdPartition(Worlds.idOf("orders"), 0, "orders");
    private static final BrokerIds ALL = BrokerIds.of(1, 2, 3);
    private static final Endpoint ADDRESS = new Endpoint("broker", 9092);
    private static final FrameLimits LIMITS =
            new FrameLimits(1 << 20, Long.MAX_VALUE, Long.MAX_VALUE, 1 << 20);
    private static final short VERSION = 9;

    private final Simulator simulator = new Simulator(1);
    private final Environment clients = simulator.addNode("clients", 1).start(_ -> {});
    private final List<Partition> hosted = new ArrayList<>();
    private Environment broker = clients;

    @BeforeEach
    void begin() {
        var node = simulator.addNode("broker", 1);
        node.disk().mount(Path.of("/data"));
        broker = node.start(this::open);
        settle();
        assertThat(hosted).hasSize(1);
    }

    private void open(Environment environment) {
        var logs =
                new LogEnvironment(
                        environment.disk(),
                        environment.offload(),
                        environment.clock(),
                        environment.entropy());
        var placement = new LogPlacement(LogSettings.STANDARD, environment.loops().loop(0));
        LogDirectory.open(
                Path.of("/data/logs"),
                new DirectoryIdentity("cluster", 1),
                logs,
                _ -> placement,
                placement.owner(),
                opened ->
                        ((OpenResult.Opened) opened)
                                .directory()
                                .createLog(
                                        new LogName("orders", 0),
                                        Optional.of(new UUID(1, 2)),
                                        placement,
                                        made ->
                                                serve(
                                                        environment,
                                                        ((CreateResult.Created) made).log())));
    }

    private void serve(Environment environment, PartitionLog log) {
        var loop = environment.loops().loop(0);
        var surroundings = new Partition.Surroundings(loop, environment.clock(), Peers.NONE);
        var partition = new Partition(ORDERS, log, PartitionSettings.STANDARD, surroundings);
        partition.become(new Leader(new Leadership(1, 3, 0, ALL, ALL), new WriteAccess.Open()));
        var shards = new Shards(environment.loops());
        shards.ownerOf(ORDERS).host(ORDERS, partition);
        hosted.add(partition);
        var images = Worlds.images(Worlds.image(Worlds.topic("orders", 1)));
        var hints =
                new LeaderHints(
                        images, new ClientListener("cluster", "PLAINTEXT", 1), new LongAdder());
        var handler =
                new ProduceHandler(
                        images,
                        hints,
                        shards,
                        new NoTransactions(),
                        AwayTopics.NONE,
                        new ClientQuotas(images, environment.clock()));
        var dispatcher =
                new RequestDispatcher(ServedApis.clientListener())
                        .with(ApiKeys.PRODUCE, ProduceRequestData.class, handler);
        environment.network().listen(ADDRESS, LIMITS, it -> new ClientConnection(it, dispatcher));
    }

    @Test
    void aLeaderInDoubtAnswersItsProducersAndClosesTheirConnections() {
        var waiting = new Client();
        waiting.produce((short) -1);
        doubt();
        assertThat(waiting.answers).isEmpty();
        doubt();
        assertThat(waiting.answers).containsExactly(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(waiting.closed).hasSize(1);

        var late = new Client();
        late.produce((short) -1);

        assertThat(late.answers).containsExactly(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(late.closed).hasSize(1);
    }

    @Test
    void whoDoesNotWaitForReplicasStays() {
        var waiting = new Client();
        waiting.produce((short) -1);
        doubt();
        doubt();
        var other = new Client();

        other.produce((short) 1);

        assertThat(other.answers).containsExactly(Errors.NONE);
        assertThat(other.closed).isEmpty();
    }

    private void doubt() {
        broker.loops().loop(0).execute(hosted.getFirst()::doubtLeadership);
        settle();
    }

    private void settle() {
        simulator.runFor(Duration.ofMillis(500));
    }

    /** A client with one connection, open when the constructor returns. */
    private final class Client implements ConnectionHandler {

        private final List<Connection> open = new ArrayList<>();
        private final List<Errors> answers = new ArrayList<>();
        private final List<CloseReason> closed = new ArrayList<>();

        Client() {
            clients.network().connect(clients.loops().loop(0), ADDRESS, LIMITS, this);
            settle();
        }

        void produce(short acks) {
            var batch = new BatchBuilder(BatchSpec.PLAIN);
            batch.append(0, null, ByteBuffer.wrap(new byte[] {1}));
            var partition = new PartitionProduceData().setIndex(0);
            RecordBytes.attach(partition, batch.build());
            var body = new ProduceRequestData().setAcks(acks).setTimeoutMs(30_000);
            body.topicData()
                    .add(
                            new TopicProduceData()
                                    .setName("orders")
                                    .setPartitionData(List.of(partition)));
            var frame = new RequestEncoder("test").encode(ApiKeys.PRODUCE, VERSION, 1, body);
            clients.loops().loop(0).execute(() -> open.getFirst().send(frame));
            settle();
        }

        @Override
        public void opened(Connection connection) {
            open.add(connection);
        }

        @Override
        public void received(Frame frame) {
            if (new ResponseDecoder().decode(frame.bytes(), ApiKeys.PRODUCE, VERSION)
                    instanceof DecodedResponse.Answer(_, ProduceResponseData response)) {
                short code =
                        response.responses()
                                .iterator()
                                .next()
                                .partitionResponses()
                                .getFirst()
                                .errorCode();
                answers.add(Errors.forCode(code));
            }
            frame.release();
        }

        @Override
        public void closed(CloseReason reason) {
            closed.add(reason);
        }
    }
}
