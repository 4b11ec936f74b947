package io.tombolo.broker.redirect;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.BrokerSettings;
import io.tombolo.broker.ClientListener;
import io.tombolo.broker.Images;
import io.tombolo.broker.Worlds;
import io.tombolo.broker.request.ClientConnection;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestDispatcher;
import io.tombolo.broker.request.topic.AutoCreation;
import io.tombolo.broker.request.topic.MetadataHandler;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Command;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.Environment;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.FrameLimits;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.BrokerListener;
import io.tombolo.metadata.record.BrokerRecord.BrokerRegistered;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.RegionRecord.RegionIdentity;
import io.tombolo.metadata.record.TopicRecord.PartitionCreated;
import io.tombolo.metadata.record.TopicRecord.TopicCreated;
import io.tombolo.protocol.ApiVersionsAnswer;
import io.tombolo.protocol.ServedApis;
import io.tombolo.protocol.client.ChannelSettings;
import io.tombolo.protocol.client.ClientCall;
import io.tombolo.protocol.client.ClientCall.Result;
import io.tombolo.protocol.client.ClientChannel;
import io.tombolo.region.RegionId;
import io.tombolo.region.registry.InMemoryRegistry;
import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.file.TopologyFile;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Two regions of one broker each, {@code us} owns what {@code eu} had. */
class RedirectionTest {

    private static final FrameLimits LIMITS =
            new FrameLimits(1 << 20, Long.MAX_VALUE, Long.MAX_VALUE, 1 << 20);
    private static final Topology TOPOLOGY =
            ((TopologyFile.Valid)
                            TopologyFile.parse(
                                    "world.yaml",
                                    """
                                    tombolo: 1
                                    regions:
                                      eu: { kafka: "eu-host:9092", allowInsecure: true }
                                      us: { kafka: "us-host:9092", allowInsecure: true }
                                    links:
                                      eu-to-us: { from: eu, to: us, topics: ["orders*"] }
                                    failover:
                                      eu-to-us: { follows: eu-to-us, moves: clients }
                                    """))
                    .topology();
    private static final int EU_BROKER = 1;
    private static final int US_BROKER = 1001;

    private final List<String> dismissed = new ArrayList<>();
    private final Simulator simulator = new Simulator(1);

    private final Map<RegionId, Images> images = new HashMap<>();
    private final Environment clients = simulator.addNode("clients", 1).start(_ -> {});
    private final InMemoryRegistry registry = new InMemoryRegistry(clients.clock());

    @BeforeEach
    void begin() {
        begin(
                Worlds.EU,
                EU_BROKER,
                Worlds.image(
                        identity(Worlds.EU),
                        broker(Worlds.EU, EU_BROKER),
                        topic("orders", EU_BROKER, 3),
                        topic("local", EU_BROKER, 0),
                        Worlds.link(),
                        Worlds.owned(Worlds.US, 2)));
        begin(
                Worlds.US,
                US_BROKER,
                Worlds.image(
                        identity(Worlds.US),
                        broker(Worlds.US, US_BROKER),
                        topic("orders", US_BROKER, 2 << 16),
                        topic("of-us", US_BROKER, 0),
                        Worlds.link(),
                        Worlds.owned(Worlds.US, 2)));
    }

    private void begin(RegionId region, int brokerId, MetadataImage image) {
        var newest = Worlds.images(image);
        Worlds.controller(newest, brokerId);
        images.put(region, newest);
        simulator.addNode(addressOf(region).host(), 1).start(here -> serve(region, brokerId, here));
    }

    private void serve(RegionId region, int brokerId, Environment here) {
        Images newest = Objects.requireNonNull(images.get(region));
        var place =
                new Redirection.Place(
                        TOPOLOGY, region, here.loops().loop(0), here.clock(), here.network());
        var redirection = new Redirection(place, registry.of(region), newest);
        var listener = new ClientListener("logical", BrokerSettings.LISTENER, brokerId);
        var nothing = new AutoCreation(RedirectionTest::refuse, false, List.of(), List.of());
        var dispatcher =
                new RequestDispatcher(ServedApis.clientListener())
                        .with(
                                ApiKeys.API_VERSIONS,
                                ApiVersionsRequestData.class,
                                (exchange, _) ->
                                        exchange.answer(
                                                new ApiVersionsAnswer(
                                                                ServedApis.clientListener(),
                                                                new TreeMap<>())
                                                        .list(
                                                                exchange.version(),
                                                                new TreeMap<>(),
                                                                0)))
                        .with(
                                ApiKeys.METADATA,
                                MetadataRequestData.class,
                                redirection.metadata(
                                        new MetadataHandler(newest, listener, nothing)))
                        .with(
                                ApiKeys.HEARTBEAT,
                                HeartbeatRequestData.class,
                                (Exchange exchange, HeartbeatRequestData _) ->
                                        exchange.answer(new HeartbeatResponseData()));
        redirection.guard(dispatcher, (_, group, member) -> dismissed.add(group + "/" + member));
        here.network()
                .listen(addressOf(region), LIMITS, it -> new ClientConnection(it, dispatcher));
    }

    private static <A> void refuse(
            Command<A> command, EventLoop replyTo, Consumer<Answer<A>> answered) {
        throw new IllegalStateException("nothing is created here: " + command);
    }

    @Test
    void whoHasLostATopicNamesTheOwnersLeaderAndTheBrokersOfBoth() {
        MetadataResponseData told = metadata(Worlds.EU, "app", "orders");

        MetadataResponseTopic orders = told.topics().find("orders");
        assertThat(orders.partitions().getFirst().leaderId()).isEqualTo(US_BROKER);
        assertThat(orders.partitions().getFirst().leaderEpoch()).isEqualTo(2 << 16);
        assertThat(told.brokers())
                .extracting(MetadataResponseBroker::nodeId)
                .containsExactlyInAnyOrder(EU_BROKER, US_BROKER);
        assertThat(told.controllerId()).isEqualTo(US_BROKER);
        assertThat(told.clusterId()).isEqualTo("logical");
    }

    @Test
    void theOwnerTellsOfTheOthersBrokersToo() {
        MetadataResponseData told = metadata(Worlds.US, "app", "orders");

        assertThat(told.topics().find("orders").partitions().getFirst().leaderId())
                .isEqualTo(US_BROKER);
        assertThat(told.brokers())
                .extracting(MetadataResponseBroker::nodeId)
                .containsExactlyInAnyOrder(EU_BROKER, US_BROKER);
    }

    @Test
    void whoAsksForARegionByItsNameSeesThatRegion() {
        MetadataResponseData told = metadata(Worlds.EU, "app@eu", "orders");

        assertThat(told.topics().find("orders").partitions().getFirst().leaderId())
                .isEqualTo(EU_BROKER);
        assertThat(told.brokers())
                .extracting(MetadataResponseBroker::nodeId)
                .containsExactly(EU_BROKER);
        assertThat(heartbeat(Worlds.EU, "app@eu")).isEqualTo(Errors.NONE);
    }

    @Test
    void aTopicOfOneRegionAloneIsKnownInBoth() {
        assertThat(leaderOf(metadata(Worlds.EU, "app", "of-us"), "of-us")).isEqualTo(US_BROKER);
        assertThat(leaderOf(metadata(Worlds.US, "app", "local"), "local")).isEqualTo(EU_BROKER);
        MetadataResponseData unknown = metadata(Worlds.EU, "app", "nowhere");
        assertThat(unknown.topics().find("nowhere").errorCode())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
    }

    @Test
    void allTopicsAreThoseOfBothRegionsOnceEach() {
        MetadataResponseData told = metadata(Worlds.EU, "app");

        assertThat(told.topics())
                .extracting(MetadataResponseTopic::name)
                .containsExactlyInAnyOrder("orders", "local", "of-us");
        assertThat(leaderOf(told, "orders")).isEqualTo(US_BROKER);
    }

    @Test
    void aGroupThatHasMovedIsNotCoordinatedHere() {
        assertThat(heartbeat(Worlds.EU, "app")).isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(dismissed).containsExactly("billing/m");
        assertThat(heartbeat(Worlds.US, "app")).isEqualTo(Errors.NONE);
    }

    @Test
    void whileTheOwnerDoesNotAnswerThereIsNoLeaderAndItsBrokersAreKnown() {
        simulator.node(addressOf(Worlds.US).host()).kill();

        MetadataResponseData told = metadata(Worlds.EU, "app", "orders", "local");

        assertThat(told.topics().find("orders").errorCode())
                .isEqualTo(Errors.LEADER_NOT_AVAILABLE.code());
        assertThat(leaderOf(told, "local")).isEqualTo(EU_BROKER);
        assertThat(told.brokers()).extracting(MetadataResponseBroker::nodeId).contains(US_BROKER);
    }

    private static int leaderOf(MetadataResponseData told, String topic) {
        return told.topics().find(topic).partitions().getFirst().leaderId();
    }

    private MetadataResponseData metadata(RegionId region, String clientId, String... topics) {
        var wanted = new ArrayList<MetadataRequestTopic>();
        for (String topic : topics) {
            wanted.add(new MetadataRequestTopic().setName(topic));
        }
        var body = new MetadataRequestData().setTopics(topics.length == 0 ? null : wanted);
        return (MetadataResponseData)
                ask(region, clientId, ClientCall.of(ApiKeys.METADATA, 12, 12, body));
    }

    private Errors heartbeat(RegionId region, String clientId) {
        var body = new HeartbeatRequestData().setGroupId("billing").setMemberId("m");
        var answer =
                (HeartbeatResponseData)
                        ask(region, clientId, ClientCall.of(ApiKeys.HEARTBEAT, 4, 4, body));
        return Errors.forCode(answer.errorCode());
    }

    private ApiMessage ask(RegionId region, String clientId, ClientCall call) {
        var answers = new ArrayList<ApiMessage>();
        var loop = clients.loops().loop(0);
        var channel =
                new ClientChannel(
                        ClientChannel.Place.on(loop, clients.network()),
                        new ClientChannel.Remote(addressOf(region), region.name()),
                        new ChannelSettings(clientId, LIMITS, 10, Duration.ofSeconds(5).toNanos()),
                        new ChannelSettings.Handshake((short) 0, new ApiVersionsRequestData()),
                        new ClientChannel.Events() {});
        loop.execute(() ->
                channel.call(
                        call,
                        Duration.ofSeconds(10).toNanos(),
                        result -> {
                            if (result instanceof Result.Answered answered) {
                                answers.add(answered.body());
                                answered.frame().release();
                            }
                        }));
        simulator.runFor(Duration.ofSeconds(10));
        loop.execute(channel::close);
        return answers.getFirst();
    }

    private static Endpoint addressOf(RegionId region) {
        return TOPOLOGY.hosted(region).orElseThrow().broker(1).orElseThrow().kafka();
    }

    private static List<MetadataRecord> identity(RegionId region) {
        return List.of(new RegionIdentity(new Uuid(5, 5), region));
    }

    private static List<MetadataRecord> broker(RegionId region, int id) {
        Endpoint at = addressOf(region);
        var listener =
                new BrokerListener(BrokerSettings.LISTENER, at.host(), at.port(), "PLAINTEXT");
        return List.of(
                new BrokerRegistered(
                        new BrokerRegistration(
                                id,
                                new Uuid(0, id),
                                id,
                                new BrokerRegistration.Endpoints(List.of(listener), ""),
                                List.of(),
                                false)));
    }

    private static List<MetadataRecord> topic(String name, int leader, int epoch) {
        Uuid id = Worlds.idOf(name);
        var replicas = BrokerIds.of(leader);
        return List.of(
                new TopicCreated(name, id),
                new PartitionCreated(
                        id,
                        0,
                        new PartitionRegistration(
                                replicas, replicas, leader, epoch, 0, List.of())));
    }
}
