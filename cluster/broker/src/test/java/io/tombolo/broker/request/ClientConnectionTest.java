package io.tombolo.broker.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.Environment;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Frame;
import io.tombolo.environment.FrameLimits;
import io.tombolo.environment.Payload;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.protocol.ServedApis;

import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A client's connection and what is under way on it, over a simulated network. */
class ClientConnectionTest {

    private static final Endpoint ADDRESS = new Endpoint("broker", 9092);
    private static final FrameLimits LIMITS =
            new FrameLimits(1 << 20, Long.MAX_VALUE, Long.MAX_VALUE, 1 << 20);

    private final Simulator simulator = new Simulator(1);
    private final List<Exchange> taken = new ArrayList<>();
    private final Environment clients = simulator.addNode("clients", 1).start(_ -> {});
    private final EventLoop broker = serve().loops().loop(0);
    private RequestHandler<ApiVersionsRequestData> handler = (exchange, _) -> taken.add(exchange);

    @Test
    void aRequestThatWaitsHoldsBackTheNextOneOfItsConnectionOnly() {
        var client = new Client();
        client.send(versions(7), versions(8));
        assertThat(taken).hasSize(1);
        assertThat(framesHeld()).isEqualTo(1);

        var another = new Client();
        another.send(versions(9));
        assertThat(taken).hasSize(2);
        assertThat(framesHeld()).isEqualTo(2);

        later(() -> taken.getFirst().answer(new ApiVersionsResponseData()));
        assertThat(client.answered).containsExactly(7);
        assertThat(taken).hasSize(3);

        later(() -> taken.get(1).answer(new ApiVersionsResponseData()));
        later(() -> taken.get(2).answer(new ApiVersionsResponseData()));
        assertThat(client.answered).containsExactly(7, 8);
        assertThat(another.answered).containsExactly(9);
        assertThat(framesHeld()).isZero();
    }

    @Test
    void producesAreUnderWayTogetherAndAnsweredInTheirOrder() {
        var client = new Client();
        client.send(produce(1), produce(2));
        assertThat(taken).hasSize(2);

        later(() -> taken.get(1).answer(new ProduceResponseData()));
        assertThat(client.answered).isEmpty();
        assertThat(framesHeld()).isEqualTo(1);

        later(() -> taken.getFirst().answer(new ProduceResponseData()));
        assertThat(client.answered).containsExactly(1, 2);
        assertThat(framesHeld()).isZero();
    }

    @Test
    void soManyProducesAndNoMoreAreUnderWay() {
        var client = new Client();
        for (int id = 0; id <= ClientConnection.PRODUCES_MAX; id++) {
            client.send(produce(id));
        }
        assertThat(taken).hasSize(ClientConnection.PRODUCES_MAX);
        assertThat(framesHeld()).isEqualTo(ClientConnection.PRODUCES_MAX);

        later(() -> taken.getFirst().answerNothing());

        assertThat(taken).hasSize(ClientConnection.PRODUCES_MAX + 1);
    }

    @Test
    void anotherRequestWaitsForTheProducesBeforeIt() {
        var client = new Client();
        client.send(produce(1), versions(7), versions(8));
        assertThat(taken).hasSize(1);

        later(() -> taken.getFirst().answer(new ProduceResponseData()));
        assertThat(taken).hasSize(2);

        later(() -> taken.getLast().answer(new ApiVersionsResponseData()));
        assertThat(client.answered).containsExactly(1, 7);
        assertThat(taken).hasSize(3);
    }

    @Test
    void whatComesBeforeTheEndOfAConnectionIsAnsweredAndNothingBehindItIsBegun() {
        var client = new Client();
        client.send(produce(1), produce(2), versions(7));

        later(() -> taken.get(1).close("acks=0 and an error"));
        assertThat(client.closed).isEmpty();
        later(() -> taken.getFirst().answer(new ProduceResponseData()));

        assertThat(client.answered).containsExactly(1);
        assertThat(client.closed).hasSize(1);
        assertThat(taken).hasSize(2);
        assertThat(framesHeld()).isZero();
    }

    @Test
    void whoIsSentAwayHasAllAnswersBeforeTheConnectionEnds() {
        var client = new Client();
        client.send(produce(1), produce(2), produce(3));

        later(() -> taken.get(1).answerAndLeave(new ProduceResponseData(), "ask another broker"));
        client.send(produce(4));
        assertThat(client.closed).isEmpty();
        later(() -> taken.get(2).answer(new ProduceResponseData()));
        later(() -> taken.getFirst().answer(new ProduceResponseData()));

        assertThat(client.answered).containsExactly(1, 2, 3);
        assertThat(client.closed).hasSize(1);
        assertThat(taken).hasSize(3);
        assertThat(framesHeld()).isZero();
    }

    @Test
    void whoIsMutedHasHisAnswerAtOnceAndWaitsWithTheNextRequest() {
        var client = new Client();
        client.send(versions(7), versions(8));

        later(() -> {
            taken.getFirst().mute(30_000);
            taken.getFirst().answer(new ApiVersionsResponseData());
        });
        assertThat(client.answered).containsExactly(7);
        assertThat(taken).as("the next one is held back").hasSize(1);
        simulator.runFor(Duration.ofSeconds(28));
        assertThat(taken).hasSize(1);

        simulator.runFor(Duration.ofSeconds(2));

        assertThat(taken).hasSize(2);
        later(() -> taken.getLast().answer(new ApiVersionsResponseData()));
        assertThat(client.answered).containsExactly(7, 8);
    }

    @Test
    void producesThatAreUnderWayAreAnsweredAndTheLongestMuteHolds() {
        var client = new Client();
        client.send(produce(1), produce(2));

        later(() -> {
            for (int id = 0; id < 2; id++) {
                taken.get(id).mute(id == 0 ? 20_000 : 10_000);
                taken.get(id).answer(new ProduceResponseData());
            }
        });
        client.send(produce(3));
        assertThat(client.answered).containsExactly(1, 2);
        simulator.runFor(Duration.ofSeconds(12));
        assertThat(taken).hasSize(2);

        simulator.runFor(Duration.ofSeconds(10));

        assertThat(taken).hasSize(3);
    }

    @Test
    void whoIsSentAwayIsNotKeptByAMute() {
        var client = new Client();
        client.send(produce(1), produce(2), versions(7));
        later(() -> {
            taken.getFirst().mute(30_000);
            taken.getFirst().answer(new ProduceResponseData());
        });

        later(() -> taken.get(1).answerAndLeave(new ProduceResponseData(), "this broker stops"));
        assertThat(taken).as("what was held back is begun").hasSize(3);
        later(() -> taken.getLast().answer(new ApiVersionsResponseData()));

        assertThat(client.answered).containsExactly(1, 2, 7);
        assertThat(client.closed).hasSize(1);
    }

    @Test
    void whoWaitsForOthersGivesTheMemoryOfItsRequestBack() {
        var client = new Client();
        client.send(versions(7));

        later(() -> taken.getFirst().releaseFrame());
        assertThat(framesHeld()).isZero();
        later(() -> taken.getFirst().answer(new ApiVersionsResponseData()));

        assertThat(client.answered).containsExactly(7);
        assertThat(framesHeld()).as("given back once").isZero();
    }

    @Test
    void aHandlerThatThrowsCostsItsConnectionAndNothingElse() {
        handler =
                (_, _) -> {
                    throw new IllegalStateException("a mistake");
                };
        var client = new Client();
        var another = new Client();

        client.send(versions(7));

        assertThat(client.closed).hasSize(1);
        assertThat(client.answered).isEmpty();
        assertThat(framesHeld()).isZero();
        another.send(produce(1));
        assertThat(another.closed).isEmpty();
        assertThat(taken).hasSize(1);
    }

    /** Whoever runs the loop ends the process: after an Error nobody knows what is half done. */
    @Test
    void anErrorOfAHandlerGoesOnToTheLoop() {
        handler =
                (_, _) -> {
                    throw new StackOverflowError();
                };
        var client = new Client();

        assertThatThrownBy(() -> client.send(versions(7)))
                .hasRootCauseInstanceOf(StackOverflowError.class);
    }

    @Test
    void aTaskOfTheRequestThatThrowsLaterCostsItsConnection() {
        var client = new Client();
        client.send(versions(7));

        failLater(taken.getFirst());

        assertThat(client.closed).hasSize(1);
        assertThat(framesHeld()).isZero();
    }

    @Test
    void anAnswerAfterAMistakeIsDropped() {
        var client = new Client();
        client.send(versions(7));
        failLater(taken.getFirst());

        later(() -> {
            taken.getFirst().answer(new ApiVersionsResponseData());
            taken.getFirst().answerNothing();
        });

        assertThat(client.answered).isEmpty();
        assertThat(framesHeld()).isZero();
    }

    @Test
    void whatWasKeptForAConnectionIsClosedWithItEvenWhenSomeOfItFails() {
        var closed = new ArrayList<String>();
        var client = new Client();
        client.send(versions(7));
        Attachments attachments = taken.getFirst().attachments();
        attachments.get(
                Broken.class,
                () ->
                        new Broken(() -> {
                            throw new IllegalStateException("does not close");
                        }));
        attachments.get(Sound.class, () -> new Sound(() -> closed.add("sound")));

        client.leave();

        assertThat(closed).containsExactly("sound");
    }

    private record Broken(Runnable onClose) implements AutoCloseable {
        @Override
        public void close() {
            onClose.run();
        }
    }

    private record Sound(Runnable onClose) implements AutoCloseable {
        @Override
        public void close() {
            onClose.run();
        }
    }

    private Environment serve() {
        var dispatcher =
                new RequestDispatcher(ServedApis.clientListener())
                        .with(
                                ApiKeys.API_VERSIONS,
                                ApiVersionsRequestData.class,
                                (exchange, request) -> handler.handle(exchange, request))
                        .with(
                                ApiKeys.PRODUCE,
                                ProduceRequestData.class,
                                (exchange, _) -> taken.add(exchange));
        return simulator
                .addNode("broker", 1)
                .start(environment ->
                        environment
                                .network()
                                .listen(
                                        ADDRESS,
                                        LIMITS,
                                        connection ->
                                                new ClientConnection(connection, dispatcher)));
    }

    /** Frames that the broker was given and has not released. */
    private long framesHeld() {
        return simulator.node("broker").framesHeldCount();
    }

    private void later(Runnable task) {
        broker.execute(task);
        settle();
    }

    private void failLater(Exchange exchange) {
        exchange.loop()
                .execute(() -> {
                    throw new IllegalStateException("a mistake");
                });
        settle();
    }

    private void settle() {
        simulator.runFor(Duration.ofSeconds(1));
    }

    /** An ApiVersions request of version 0. */
    private static ByteBuffer versions(int correlationId) {
        var bytes = ByteBuffer.allocate(10);
        bytes.putShort(ApiKeys.API_VERSIONS.id).putShort((short) 0).putInt(correlationId);
        return bytes.putShort((short) -1).flip();
    }

    /** A Produce request of version 9 that holds nothing. */
    private static ByteBuffer produce(int correlationId) {
        var bytes = ByteBuffer.allocate(20);
        bytes.putShort(ApiKeys.PRODUCE.id).putShort((short) 9).putInt(correlationId);
        bytes.putShort((short) -1).put((byte) 0);
        bytes.put((byte) 0).putShort((short) -1).putInt(1000).put((byte) 1).put((byte) 0);
        return bytes.flip();
    }

    /** A client with one connection, open when the constructor returns. */
    private final class Client implements ConnectionHandler {

        private final EventLoop loop = clients.loops().loop(0);
        private final List<Connection> open = new ArrayList<>();
        private final List<Integer> answered = new ArrayList<>();
        private final List<CloseReason> closed = new ArrayList<>();

        Client() {
            clients.network().connect(loop, ADDRESS, LIMITS, this);
            settle();
        }

        void send(ByteBuffer... frames) {
            loop.execute(() -> {
                for (ByteBuffer frame : frames) {
                    open.getFirst().send(List.of(new Payload.Memory(frame)));
                }
            });
            settle();
        }

        void leave() {
            loop.execute(
                    () -> open.getFirst().close(new CloseReason(CloseReason.Kind.LOCAL, "done")));
            settle();
        }

        @Override
        public void opened(Connection connection) {
            open.add(connection);
        }

        @Override
        public void received(Frame frame) {
            answered.add(frame.bytes().getInt(0));
            frame.release();
        }

        @Override
        public void closed(CloseReason reason) {
            closed.add(reason);
        }
    }
}
