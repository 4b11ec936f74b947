package io.tombolo.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.Frame;
import io.tombolo.environment.FrameLimits;
import io.tombolo.environment.Payload;
import io.tombolo.environment.SystemClock;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/** Loops that are told to close while they are in the middle of a task. */
class NettyLoopsCloseTest {

    private static final Endpoint ANY_PORT = new Endpoint("127.0.0.1", 0);
    private static final int LOOP_COUNT = 2;

    private final List<Throwable> failures = new CopyOnWriteArrayList<>();

    @AfterEach
    void nothingFailed() {
        assertThat(failures).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void httpConnectionsAreClosedThoughTheLoopsWereBusy(boolean nativeTransport) throws Exception {
        NettyLoops loops = loops(nativeTransport);
        var listener =
                HttpListener.open(loops, ANY_PORT, _ -> HttpAnswer.text(200, "ok"), failures::add);
        try (var peer = new RawPeer(listener.address())) {
            peer.write("GET / HTTP/1.1\r\nhost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            peer.readThrough("ok");

            listener.close();
            closeWhileBusy(loops);

            assertThat(peer.isClosedByPeer()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void framedConnectionsAreClosedThoughTheLoopsWereBusy(boolean nativeTransport)
            throws Exception {
        NettyLoops loops = loops(nativeTransport);
        var reasons = new CopyOnWriteArrayList<CloseReason>();
        var listener =
                new NettyNetwork(loops, new SystemClock())
                        .listen(
                                ANY_PORT,
                                new FrameLimits(1024, Long.MAX_VALUE, Long.MAX_VALUE, 1 << 20),
                                _ -> new Greeter(reasons));
        try (var peer = new RawPeer(listener.address())) {
            peer.readFrame();

            closeWhileBusy(loops);

            assertThat(peer.isClosedByPeer()).isTrue();
            assertThat(reasons)
                    .extracting(CloseReason::kind)
                    .containsExactly(CloseReason.Kind.LOCAL);
        }
    }

    /** Sends one frame, by which the peer knows that it is served. */
    private record Greeter(List<CloseReason> reasons) implements ConnectionHandler {

        @Override
        public void opened(Connection connection) {
            connection.send(List.of(new Payload.Memory(ByteBuffer.allocate(8))));
        }

        @Override
        public void received(Frame frame) {
            frame.release();
        }

        @Override
        public void closed(CloseReason reason) {
            reasons.add(reason);
        }
    }

    private NettyLoops loops(boolean nativeTransport) {
        return new NettyLoops(
                new LoopSettings("closing", LOOP_COUNT, 1 << 20, nativeTransport), failures::add);
    }

    /** Closes the loops; each is busy with a task until the close waits for it. */
    private static void closeWhileBusy(NettyLoops loops) throws InterruptedException {
        var closer = Thread.ofPlatform().name("closer").unstarted(loops::close);
        for (int index = 0; index < LOOP_COUNT; index++) {
            loops.loop(index)
                    .execute(() -> {
                        while (closer.getState() != Thread.State.TIMED_WAITING) {
                            LockSupport.parkNanos(200_000);
                        }
                    });
        }
        closer.start();
        closer.join();
    }
}
