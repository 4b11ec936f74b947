package io.tombolo.protocol.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.Environment;
import io.tombolo.environment.Frame;
import io.tombolo.environment.Payload;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.protocol.ApiVersionsAnswer;
import io.tombolo.protocol.DecodedFrame;
import io.tombolo.protocol.Request;
import io.tombolo.protocol.RequestDecoder;
import io.tombolo.protocol.ResponseEncoder;
import io.tombolo.protocol.ServedApis;
import io.tombolo.protocol.client.ClientCall.Cause;
import io.tombolo.protocol.client.ClientCall.Result;

import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.VoteRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** A connection to a broker, on a simulated network. */
class ClientChannelTest {

    private static final Endpoint ADDRESS = new Endpoint("there", 9092);
    private static final int CALLS_MAX = 4;
    private static final long CALL_NANOS = Duration.ofSeconds(5).toNanos();

    private final Simulator simulator = new Simulator(1);
    private final Environment here = simulator.addNode("here", 1).start(_ -> {});
    private final List<Result> results = new ArrayList<>();
    private final List<String> events = new ArrayList<>();
    private final List<Request> asked = new ArrayList<>();
    private Errors welcome = Errors.NONE;
    private Answering answering = Answering.PROPERLY;

    private enum Answering {
        PROPERLY,
        NOT_AT_ALL,
        WITH_ANOTHER_ID,
        WITH_TOO_FEW_BYTES,
        BY_CLOSING
    }

    private final ClientChannel channel =
            new ClientChannel(
                    ClientChannel.Place.on(here.loops().loop(0), here.network()),
                    new ClientChannel.Remote(ADDRESS, "the broker"),
                    new ChannelSettings("me", ChannelSettings.LIMITS, CALLS_MAX, CALL_NANOS),
                    new ChannelSettings.Handshake((short) 3, named()),
                    new ClientChannel.Events() {
                        @Override
                        public void ready() {
                            events.add("ready");
                        }

                        @Override
                        public void refused(Errors error) {
                            events.add("refused " + error);
                        }

                        @Override
                        public void dropped() {
                            events.add("dropped");
                        }
                    });

    @AfterEach
    void everyFrameIsReleased() {
        assertThat(simulator.node("here").framesHeldCount()).isZero();
    }

    @Test
    void callsThatComeBeforeTheConnectionIsThereAreSentOnItInTheirOrder() {
        startBroker();

        callGroups("a");
        callGroups("b");
        runUntil(() -> results.size() == 2);

        assertThat(results).allMatch(Result.Answered.class::isInstance);
        assertThat(asked).extracting(Request::clientId).containsOnly("me");
        assertThat(asked)
                .extracting(each -> ((ListGroupsRequestData) each.body()).statesFilter().getFirst())
                .containsExactly("a", "b");
        assertThat(events).containsExactly("ready");
    }

    @Test
    void theHighestVersionThatBothSpeakIsSpoken() {
        startBroker();

        call(ClientCall.of(ApiKeys.LIST_GROUPS, 0, 2, new ListGroupsRequestData()));
        runUntil(() -> results.size() == 1);

        assertThat(((Result.Answered) results.getFirst()).version()).isEqualTo((short) 2);
    }

    @Test
    void aCallThatTheBrokerDoesNotServeFailsAloneAndUnsent() {
        startBroker();

        call(ClientCall.of(ApiKeys.VOTE, 0, 2, new VoteRequestData()));
        callGroups("a");
        runUntil(() -> results.size() == 2);

        assertThat(results).anyMatch(Result.Answered.class::isInstance);
        assertThat(results)
                .contains(
                        new Result.Failed(
                                Cause.UNSERVED,
                                Errors.NONE,
                                false,
                                "the broker does not serve VOTE as needed"));
        assertThat(events).containsExactly("ready");
    }

    @Test
    void aBrokerThatRefusesTheHandshakeIsLeft() {
        startBroker();
        welcome = Errors.CLUSTER_AUTHORIZATION_FAILED;

        callGroups("a");
        runUntil(() -> results.size() == 1);

        Result.Failed failed = failure();
        assertThat(failed.cause()).isEqualTo(Cause.REFUSED);
        assertThat(failed.error()).isEqualTo(Errors.CLUSTER_AUTHORIZATION_FAILED);
        assertThat(failed.sent()).isFalse();
        assertThat(events).containsExactly("refused CLUSTER_AUTHORIZATION_FAILED", "dropped");
    }

    @Test
    void aCallThatIsNotAnsweredInTimeTakesTheOthersWithIt() {
        startBroker();
        answering = Answering.NOT_AT_ALL;

        callGroups("a");
        callGroups("b");
        runUntil(() -> results.size() == 2);

        assertThat(results)
                .containsOnly(
                        new Result.Failed(
                                Cause.TIMED_OUT,
                                Errors.NONE,
                                true,
                                "the broker did not answer LIST_GROUPS in time"));
        assertThat(simulator.nowNanos()).isBetween(CALL_NANOS, 2 * CALL_NANOS);
    }

    @Test
    void anAnswerToAnotherQuestionEndsTheConnection() {
        startBroker();
        answering = Answering.WITH_ANOTHER_ID;

        callGroups("a");
        runUntil(() -> results.size() == 1);

        assertThat(failure().cause()).isEqualTo(Cause.MALFORMED);
        assertThat(failure().sent()).isTrue();
    }

    @Test
    void anAnswerThatCannotBeReadEndsTheConnection() {
        startBroker();
        answering = Answering.WITH_TOO_FEW_BYTES;

        callGroups("a");
        callGroups("b");
        runUntil(() -> results.size() == 2);

        assertThat(results)
                .allMatch(each -> ((Result.Failed) each).cause() == Cause.MALFORMED)
                .allMatch(each -> ((Result.Failed) each).sent());
    }

    @Test
    void aBrokenConnectionFailsItsCallsAndTheNextCallOpensAnother() {
        startBroker();
        answering = Answering.BY_CLOSING;
        callGroups("a");
        runUntil(() -> results.size() == 1);
        assertThat(failure().cause()).isEqualTo(Cause.UNREACHABLE);

        answering = Answering.PROPERLY;
        callGroups("b");
        runUntil(() -> results.size() == 2);

        assertThat(results.getLast()).isInstanceOf(Result.Answered.class);
        assertThat(events).containsExactly("ready", "dropped", "ready");
    }

    @Test
    void aBrokerThatCannotBeReachedWasSentNothing() {
        simulator.addNode("there", 1); // nothing listens

        callGroups("a");
        runUntil(() -> results.size() == 1);

        assertThat(failure().cause()).isEqualTo(Cause.UNREACHABLE);
        assertThat(failure().sent()).isFalse();
        assertThat(events).containsExactly("dropped");
    }

    @Test
    void soManyCallsWaitAndNoMore() {
        startBroker();
        answering = Answering.NOT_AT_ALL;

        for (int count = 0; count < CALLS_MAX + 1; count++) {
            callGroups("a");
        }
        runUntil(() -> !results.isEmpty());

        assertThat(results).hasSize(1);
        assertThat(failure().cause()).isEqualTo(Cause.NOT_TAKEN);
        assertThat(failure().sent()).isFalse();
        runUntil(() -> results.size() == CALLS_MAX + 1);
    }

    @Test
    void closingFailsWhatWaitsAndTakesNothingMore() {
        startBroker();
        answering = Answering.NOT_AT_ALL;
        callGroups("a");
        runUntil(() -> asked.size() == 1);

        here.loops().loop(0).execute(channel::close);
        callGroups("b");
        runUntil(() -> results.size() == 2);

        assertThat(results)
                .extracting(each -> ((Result.Failed) each).cause())
                .containsExactly(Cause.CLOSED, Cause.NOT_TAKEN);
    }

    private Result.Failed failure() {
        return (Result.Failed) results.getFirst();
    }

    private void callGroups(String state) {
        call(
                ClientCall.of(
                        ApiKeys.LIST_GROUPS,
                        4,
                        5,
                        new ListGroupsRequestData().setStatesFilter(List.of(state))));
    }

    private void call(ClientCall call) {
        here.loops()
                .loop(0)
                .execute(() -> {
                    int before = results.size();
                    channel.call(call, CALL_NANOS, this::told);
                    assertThat(results).as("told before the call returned").hasSize(before);
                });
    }

    private void told(Result result) {
        results.add(result);
        if (result instanceof Result.Answered answer) {
            answer.frame().release();
        }
    }

    private void runUntil(BooleanSupplier condition) {
        assertThat(simulator.runUntil(condition, Duration.ofSeconds(20))).isTrue();
    }

    private void startBroker() {
        simulator
                .addNode("there", 1)
                .start(there ->
                        there.network().listen(ADDRESS, ChannelSettings.LIMITS, Served::new));
    }

    private static ApiVersionsRequestData named() {
        return new ApiVersionsRequestData()
                .setClientSoftwareName("tester")
                .setClientSoftwareVersion("1");
    }

    /** The broker's end of a connection. */
    private final class Served implements ConnectionHandler {

        private final RequestDecoder decoder = new RequestDecoder(ServedApis.clientListener());
        private final Connection connection;

        Served(Connection connection) {
            this.connection = connection;
        }

        @Override
        public void received(Frame frame) {
            Request request = ((DecodedFrame.Accepted) decoder.decode(frame.bytes())).request();
            frame.release();
            if (request.api() == ApiKeys.API_VERSIONS) {
                connection.send(answer(request, versions(request.version())));
                return;
            }
            asked.add(request);
            switch (answering) {
                case PROPERLY -> connection.send(answer(request, new ListGroupsResponseData()));
                case NOT_AT_ALL -> {}
                case WITH_ANOTHER_ID -> connection.send(idOnly(request.correlationId() + 1));
                case WITH_TOO_FEW_BYTES -> connection.send(idOnly(request.correlationId()));
                case BY_CLOSING ->
                        connection.close(new CloseReason(CloseReason.Kind.LOCAL, "as asked"));
            }
        }

        private ApiVersionsResponseData versions(short version) {
            return welcome == Errors.NONE
                    ? new ApiVersionsAnswer(ServedApis.clientListener(), new TreeMap<>())
                            .list(version, new TreeMap<>(), -1)
                    : ApiVersionsAnswer.refusal(welcome);
        }

        private static List<Payload> answer(Request request, ApiMessage body) {
            return ResponseEncoder.encode(
                    request.api(), request.version(), request.correlationId(), body);
        }

        private static List<Payload> idOnly(int correlationId) {
            ByteBuffer id = ByteBuffer.allocate(Integer.BYTES).putInt(correlationId).flip();
            return List.of(new Payload.Memory(id));
        }

        @Override
        public void closed(CloseReason reason) {}
    }
}
