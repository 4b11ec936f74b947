package io.tombolo.broker.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Connection;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Frame;
import io.tombolo.environment.Payload;
import io.tombolo.protocol.ServedApis;

import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

class ClientConnectionTest {

    private final Wire wire = new Wire();
    private final List<Exchange> taken = new ArrayList<>();

    @Test
    void aRequestThatWaitsHoldsBackTheNextOneOnly() {
        var client = client((exchange, _) -> taken.add(exchange));

        client.received(wire.frame());
        assertThat(wire.paused).isTrue();
        assertThat(wire.framesHeld).isEqualTo(1);

        taken.getFirst().answer(new ApiVersionsResponseData());
        assertThat(wire.sent).hasSize(1);
        assertThat(wire.paused).isFalse();
        assertThat(wire.framesHeld).isZero();
    }

    @Test
    void producesAreUnderWayTogetherAndAnsweredInTheirOrder() {
        var client = client((exchange, _) -> taken.add(exchange));
        client.received(wire.produce(1));
        client.received(wire.produce(2));
        assertThat(taken).hasSize(2);
        assertThat(wire.paused).isFalse();

        taken.get(1).answer(new ProduceResponseData());
        assertThat(wire.sent).isEmpty();
        assertThat(wire.framesHeld).isEqualTo(1);

        taken.getFirst().answer(new ProduceResponseData());
        assertThat(wire.correlationIds()).containsExactly(1, 2);
        assertThat(wire.framesHeld).isZero();
    }

    @Test
    void soManyProducesAndNoMoreAreUnderWay() {
        var client = client((exchange, _) -> taken.add(exchange));
        for (int id = 0; id < ClientConnection.PRODUCES_MAX; id++) {
            assertThat(wire.paused).isFalse();
            client.received(wire.produce(id));
        }
        assertThat(wire.paused).isTrue();

        taken.getFirst().answerNothing();

        assertThat(wire.paused).isFalse();
    }

    @Test
    void anotherRequestWaitsForTheProducesBeforeIt() {
        var client = client((exchange, _) -> taken.add(exchange));
        client.received(wire.produce(1));
        client.received(wire.frame());
        assertThat(taken).hasSize(1);
        assertThat(wire.paused).isTrue();

        taken.getFirst().answer(new ProduceResponseData());
        assertThat(taken).hasSize(2);
        assertThat(wire.paused).isTrue();

        taken.getLast().answer(new ApiVersionsResponseData());
        assertThat(wire.correlationIds()).containsExactly(1, 7);
        assertThat(wire.paused).isFalse();
    }

    @Test
    void whatComesBeforeTheEndOfAConnectionIsAnsweredAndNothingBehindItIsBegun() {
        var client = client((exchange, _) -> taken.add(exchange));
        client.received(wire.produce(1));
        client.received(wire.produce(2));
        client.received(wire.frame());

        taken.get(1).close("acks=0 and an error");
        assertThat(wire.closed).isEmpty();
        taken.getFirst().answer(new ProduceResponseData());

        assertThat(wire.correlationIds()).containsExactly(1);
        assertThat(wire.closed).hasSize(1);
        assertThat(taken).hasSize(2);
        client.closed(wire.closed.getFirst());
        assertThat(wire.framesHeld).isZero();
    }

    @Test
    void aHandlerThatThrowsCostsItsConnectionAndNothingElse() {
        var client =
                client((_, _) -> {
                    throw new IllegalStateException("a mistake");
                });

        client.received(wire.frame());

        assertThat(wire.closed).hasSize(1);
        assertThat(wire.sent).isEmpty();
        assertThat(wire.framesHeld).isZero();
    }

    @Test
    void aTaskOfTheRequestThatThrowsLaterCostsItsConnection() {
        var client = client((exchange, _) -> taken.add(exchange));
        client.received(wire.frame());

        taken.getFirst()
                .loop()
                .execute(() -> {
                    throw new IllegalStateException("a mistake");
                });
        wire.drain();

        assertThat(wire.closed).hasSize(1);
        assertThat(wire.framesHeld).isZero();
    }

    @Test
    void anAnswerAfterAMistakeIsDropped() {
        var client = client((exchange, _) -> taken.add(exchange));
        client.received(wire.frame());
        Exchange exchange = taken.getFirst();
        exchange.loop()
                .execute(() -> {
                    throw new IllegalStateException("a mistake");
                });
        wire.drain();

        exchange.answer(new ApiVersionsResponseData());
        exchange.answerNothing();

        assertThat(wire.sent).isEmpty();
        assertThat(wire.framesHeld).isZero();
    }

    @Test
    void whatWasKeptForAConnectionIsClosedWithItEvenWhenSomeOfItFails() {
        var closed = new ArrayList<String>();
        var client = client((exchange, _) -> taken.add(exchange));
        client.received(wire.frame());
        Attachments attachments = taken.getFirst().attachments();
        attachments.get(
                Broken.class,
                () ->
                        new Broken(() -> {
                            throw new IllegalStateException("does not close");
                        }));
        attachments.get(Sound.class, () -> new Sound(() -> closed.add("sound")));

        client.closed(new CloseReason(CloseReason.Kind.PEER, "gone"));

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

    private ClientConnection client(RequestHandler<ApiVersionsRequestData> handler) {
        var dispatcher =
                new RequestDispatcher(ServedApis.clientListener())
                        .with(ApiKeys.API_VERSIONS, ApiVersionsRequestData.class, handler)
                        .with(
                                ApiKeys.PRODUCE,
                                ProduceRequestData.class,
                                (exchange, _) -> taken.add(exchange));
        return new ClientConnection(wire, dispatcher);
    }

    /** A connection that notes what it is told; its loop runs tasks when it is drained. */
    private static final class Wire implements Connection, EventLoop {

        private final Deque<Runnable> tasks = new ArrayDeque<>();
        private final List<List<Payload>> sent = new ArrayList<>();
        private final List<CloseReason> closed = new ArrayList<>();
        private boolean paused;
        private int framesHeld;

        /** An ApiVersions request of version 0. */
        Frame frame() {
            framesHeld++;
            var bytes = ByteBuffer.allocate(10);
            bytes.putShort(ApiKeys.API_VERSIONS.id).putShort((short) 0).putInt(7);
            bytes.putShort((short) -1).flip();
            return holding(bytes);
        }

        /** A Produce request of version 9 that holds nothing. */
        Frame produce(int correlationId) {
            framesHeld++;
            var bytes = ByteBuffer.allocate(20);
            bytes.putShort(ApiKeys.PRODUCE.id).putShort((short) 9).putInt(correlationId);
            bytes.putShort((short) -1).put((byte) 0);
            bytes.put((byte) 0).putShort((short) -1).putInt(1000).put((byte) 1).put((byte) 0);
            return holding(bytes.flip());
        }

        List<Integer> correlationIds() {
            return sent.stream()
                    .map(frame -> ((Payload.Memory) frame.getFirst()).bytes().getInt(0))
                    .toList();
        }

        private Frame holding(ByteBuffer bytes) {
            return new Frame() {
                @Override
                public ByteBuffer bytes() {
                    return bytes;
                }

                @Override
                public void release() {
                    framesHeld--;
                }
            };
        }

        void drain() {
            while (!tasks.isEmpty()) {
                tasks.remove().run();
            }
        }

        @Override
        public long id() {
            return 1;
        }

        @Override
        public EventLoop loop() {
            return this;
        }

        @Override
        public Endpoint remote() {
            return new Endpoint("127.0.0.1", 1);
        }

        @Override
        public Endpoint local() {
            return new Endpoint("127.0.0.1", 2);
        }

        @Override
        public void send(List<Payload> frame) {
            sent.add(frame);
        }

        @Override
        public void pauseReading() {
            paused = true;
        }

        @Override
        public void resumeReading() {
            paused = false;
        }

        @Override
        public long queuedBytes() {
            return 0;
        }

        @Override
        public void close(CloseReason reason) {
            closed.add(reason);
        }

        @Override
        public int index() {
            return 0;
        }

        @Override
        public boolean inLoop() {
            return true;
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            return () -> {};
        }
    }
}
