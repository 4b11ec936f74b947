package io.tombolo.broker.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.ClientListener;
import io.tombolo.broker.Worlds;
import io.tombolo.broker.quorum.Peer;
import io.tombolo.broker.quorum.Peers;
import io.tombolo.broker.request.ClientConnection;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestDispatcher;
import io.tombolo.broker.request.cluster.ApiVersionsHandler;
import io.tombolo.coordinator.transaction.ProducerIdentity;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.Environment;
import io.tombolo.environment.FrameLimits;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.protocol.ApiVersionsAnswer;
import io.tombolo.protocol.ServedApis;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The bounds of asking coordinators on other brokers. */
class InquiryLanesTest {

    private static final int COORDINATOR = 2;
    private static final Endpoint ADDRESS = new Endpoint("peer", 7000);
    private static final Duration LONG = Duration.ofSeconds(60);

    private final Simulator simulator = new Simulator(1);
    private final List<Integer> sizes = new ArrayList<>();
    private final List<AddPartitionsToTxnRequestData> requests = new ArrayList<>();
    private final List<Errors> told = new ArrayList<>();
    private final Environment self = simulator.addNode("self", 1).start(_ -> {});
    private final InquiryLanes lanes =
            new InquiryLanes(
                    Optional.of(
                            new Peers(
                                    self, 1, List.of(new Peer("cluster", COORDINATOR, ADDRESS)))));

    private void startCoordinator() {
        simulator.addNode("peer", 1).start(this::serve);
    }

    private void serve(Environment environment) {
        var dispatcher = new RequestDispatcher(ServedApis.internalListener());
        dispatcher
                .with(
                        ApiKeys.API_VERSIONS,
                        ApiVersionsRequestData.class,
                        new ApiVersionsHandler(
                                Worlds.images(MetadataImage.EMPTY),
                                new ClientListener("cluster", "INTERNAL", COORDINATOR),
                                new ApiVersionsAnswer(dispatcher.apis(), new TreeMap<>())))
                .with(
                        ApiKeys.ADD_PARTITIONS_TO_TXN,
                        AddPartitionsToTxnRequestData.class,
                        this::answer);
        environment
                .network()
                .listen(
                        ADDRESS,
                        new FrameLimits(1 << 24, Long.MAX_VALUE, Long.MAX_VALUE, 1 << 24),
                        connection -> new ClientConnection(connection, dispatcher));
    }

    private void answer(Exchange exchange, AddPartitionsToTxnRequestData request) {
        sizes.add(request.transactions().size());
        requests.add(request.duplicate());
        exchange.answer(
                new AddPartitionsToTxnResponseData()
                        .setErrorCode(Errors.COORDINATOR_LOAD_IN_PROGRESS.code()));
    }

    private void ask(int count, InquiryLanes asked) {
        self.loops()
                .loop(0)
                .execute(() -> {
                    for (int index = 0; index < count; index++) {
                        asked.ask(COORDINATOR, question("id-" + index));
                    }
                });
    }

    private InquiryLanes.Asked question(String id) {
        var question =
                new Question(
                        id,
                        new ProducerIdentity(7, (short) 0),
                        List.of(new TopicPartition("orders", 0)),
                        true);
        return new InquiryLanes.Asked(question, self.loops().loop(0), this::heard);
    }

    private void heard(Question.Answer answer) {
        told.add(answer.of(new TopicPartition("orders", 0)));
    }

    @Test
    void whatComesWhileOneQuestionIsUnderWayGoesTogetherUpToABound() {
        startCoordinator();

        ask(InquiryLanes.TOGETHER_MAX + 2, lanes);

        assertThat(simulator.runUntil(() -> told.size() == InquiryLanes.TOGETHER_MAX + 2, LONG))
                .isTrue();
        assertThat(sizes).containsExactly(1, InquiryLanes.TOGETHER_MAX, 1);
        assertThat(told).containsOnly(Errors.COORDINATOR_LOAD_IN_PROGRESS);
    }

    @Test
    void oneQuestionMoreThanMayWaitIsToldAtOnceThatItCannotBeAsked() {
        var toldAtOnce = new ArrayList<Errors>();

        self.loops()
                .loop(0)
                .execute(() -> {
                    for (int index = 0; index < 2 + InquiryLanes.WAITING_MAX; index++) {
                        lanes.ask(COORDINATOR, question("id-" + index));
                    }
                    toldAtOnce.addAll(told);
                });
        simulator.runFor(Duration.ofSeconds(1));

        assertThat(toldAtOnce).containsExactly(Errors.COORDINATOR_NOT_AVAILABLE);
    }

    private static Question about(String id, int firstPartition, int count) {
        return new Question(
                id,
                new ProducerIdentity(7, (short) 0),
                IntStream.range(firstPartition, firstPartition + count)
                        .mapToObj(index -> new TopicPartition("orders", index))
                        .toList(),
                true);
    }

    private void askEach(Question... questions) {
        self.loops()
                .loop(0)
                .execute(() -> {
                    for (Question question : questions) {
                        lanes.ask(
                                COORDINATOR,
                                new InquiryLanes.Asked(
                                        question, self.loops().loop(0), this::heard));
                    }
                });
    }

    @Test
    void aQuestionAboutManyPartitionsIsOneRequestForOneTransaction() {
        startCoordinator();

        askEach(about("id", 0, 12));

        assertThat(simulator.runUntil(() -> told.size() == 1, LONG)).isTrue();
        assertThat(requests).hasSize(1);
        var transaction = requests.getFirst().transactions().find("id");
        assertThat(transaction.topics().find("orders").partitions())
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    }

    @Test
    void theBoundsCountPartitionsAndAQuestionAboutMoreThanOneRequestHoldsGoesAlone() {
        startCoordinator();

        askEach(
                about("first", 0, 1),
                about("large", 0, InquiryLanes.TOGETHER_MAX + 1),
                about("small", 0, 1),
                about("full", 0, InquiryLanes.TOGETHER_MAX),
                about("last", 0, 1));

        assertThat(simulator.runUntil(() -> told.size() == 5, LONG)).isTrue();
        assertThat(sizes).containsExactly(1, 1, 1, 1, 1);
    }

    @Test
    void aPartitionThatIsAskedAboutAgainGoesWithTheNextRequest() {
        startCoordinator();

        askEach(about("first", 0, 1), about("id", 0, 2), about("id", 2, 2), about("id", 3, 2));

        assertThat(simulator.runUntil(() -> told.size() == 4, LONG)).isTrue();
        assertThat(requests).hasSize(3);
        assertThat(requests.get(1).transactions().find("id").topics().find("orders").partitions())
                .containsExactly(0, 1, 2, 3);
    }

    @Test
    void questionsToABrokerThatCannotBeReachedAreAllAnswered() {
        ask(3, lanes);

        assertThat(simulator.runUntil(() -> told.size() == 3, LONG)).isTrue();
        assertThat(told).containsOnly(Errors.NETWORK_EXCEPTION);
    }

    @Test
    void whereNoOtherBrokerIsNobodyIsAsked() {
        ask(1, new InquiryLanes(Optional.empty()));
        simulator.runFor(Duration.ofSeconds(1));

        assertThat(told).containsExactly(Errors.COORDINATOR_NOT_AVAILABLE);
    }
}
