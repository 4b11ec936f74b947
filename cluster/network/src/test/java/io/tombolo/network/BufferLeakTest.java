package io.tombolo.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.FrameLimits;
import io.tombolo.environment.Payload;
import io.tombolo.environment.SystemClock;
import io.tombolo.environment.contract.Recorder;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

class BufferLeakTest {

    private static final FrameLimits LIMITS =
            new FrameLimits(4 << 20, 60_000_000_000L, Long.MAX_VALUE, 256 * 1024);

    @Test
    void noBufferIsLostHoweverConnectionsEnd() throws Exception {
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
        for (boolean nativeTransport : new boolean[] {true, false}) {
            var bench = new NettyBench(nativeTransport, 512 * 1024);
            useAndBreak(bench);
            bench.close();
        }

        // One buffer is lost on purpose: when it is reported, so is every other lost one.
        loseOne();
        var clock = new SystemClock();
        long deadline = clock.nanoTime() + 30_000_000_000L;
        while (LeakReports.REPORTS.stream().noneMatch(BufferLeakTest::isTheLostOne)) {
            assertThat(clock.nanoTime()).as("the lost buffer is noticed").isLessThan(deadline);
            System.gc();
            ByteBufAllocator.DEFAULT.directBuffer(16).release();
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(LeakReports.REPORTS).allMatch(BufferLeakTest::isTheLostOne);
    }

    private static void loseOne() {
        ByteBufAllocator.DEFAULT.directBuffer(16).touch("lost on purpose").writeLong(1);
    }

    private static boolean isTheLostOne(String report) {
        return report.contains("lost on purpose");
    }

    private static void useAndBreak(NettyBench bench) throws Exception {
        var accepted = new ConcurrentLinkedQueue<Recorder>();
        var listener =
                bench.environment()
                        .network()
                        .listen(
                                new Endpoint("127.0.0.1", 0),
                                LIMITS,
                                connection -> {
                                    var recorder = new Recorder(BufferLeakTest::answer);
                                    accepted.add(recorder);
                                    return recorder;
                                });
        var peers = new ArrayList<RawPeer>();
        for (int number = 0; number < 20; number++) {
            var peer = new RawPeer(listener.address());
            peer.frame(100);
            peer.frame(50_000);
            peer.announce(3_000_000);
            peer.write(new byte[number * 5_000]);
            peers.add(peer);
        }
        bench.until(() -> accepted.stream().mapToInt(Recorder::frameCount).sum() >= 20);
        for (int number = 0; number < 10; number++) {
            peers.get(number).close();
        }
        for (Recorder recorder : accepted) {
            bench.run(
                    recorder.connection().loop(),
                    () -> {
                        answer(recorder.connection(), new byte[1]);
                        recorder.connection()
                                .close(new CloseReason(CloseReason.Kind.LOCAL, "enough"));
                        answer(recorder.connection(), new byte[1]);
                    });
        }
        bench.until(() -> accepted.stream().allMatch(Recorder::isClosed));
        for (RawPeer peer : peers) {
            peer.close();
        }
    }

    private static void answer(io.tombolo.environment.Connection connection, byte[] content) {
        Payload small = new Payload.Memory(ByteBuffer.wrap(content));
        Payload large = new Payload.Memory(ByteBuffer.allocateDirect(100_000));
        connection.send(List.of(small, large, small));
    }
}
