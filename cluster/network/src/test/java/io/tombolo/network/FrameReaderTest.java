package io.tombolo.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.tombolo.environment.Frame;
import io.tombolo.environment.simulated.SimulatedEntropy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

class FrameReaderTest {

    private static final int LIMIT_BYTES = 1 << 20;

    private final NettyBench bench = new NettyBench(false, 8 << 20);
    private final Collector collector = new Collector();
    private NettyLoop loop;
    private FrameReader reader;

    @BeforeEach
    void open() {
        loop = (NettyLoop) bench.loop(0);
        reader = new FrameReader(loop, collector, LIMIT_BYTES);
    }

    @AfterEach
    void close() {
        bench.run(loop, reader::close);
        assertThat(loop.budget().heldBytes()).isZero();
        bench.close();
    }

    @Test
    void framesAreWholeWhereverTheStreamIsSplit() {
        byte[] stream = streamOf(0, 1, 5, 0, 11);
        for (int first = 0; first <= stream.length; first++) {
            for (int second = first; second <= stream.length; second++) {
                collector.clear();
                int[] splits = {first, second};
                bench.run(loop, () -> feed(stream, splits));
                assertThat(collector.sizes).containsExactly(0, 1, 5, 0, 11);
            }
        }
        assertThat(collector.intact).isTrue();
    }

    @Test
    void anySequenceOfFramesReadsAndPausesKeepsOrderAndContent() {
        for (long seed = 0; seed < 60; seed++) {
            var entropy = new SimulatedEntropy(seed);
            int[] sizes = new int[1 + entropy.nextInt(20)];
            for (int index = 0; index < sizes.length; index++) {
                int magnitude = 1 << entropy.nextInt(19);
                sizes[index] = entropy.nextInt(magnitude);
            }
            collector.clear();
            collector.pauseShare = entropy.nextInt(3) * 0.4;
            collector.entropy = entropy;
            byte[] stream = streamOf(sizes);

            bench.run(loop, () -> feedAtRandom(stream, entropy));

            assertThat(collector.sizes).as("seed %d", seed).containsExactly(boxed(sizes));
            assertThat(collector.intact).as("seed %d", seed).isTrue();
            assertThat(loop.budget().heldBytes()).as("seed %d", seed).isZero();
        }
    }

    @Test
    void anAnnouncedFrameCostsNothingBeforeItsBytesArrive() {
        byte[] stream = streamOf(900_000);
        bench.run(
                loop,
                () -> {
                    feedPart(stream, 0, 4);
                    assertThat(loop.budget().heldBytes()).isZero();
                    feedPart(stream, 4, 5);
                    assertThat(loop.budget().heldBytes()).isEqualTo(4096);
                    feedPart(stream, 5, 5000);
                    assertThat(loop.budget().heldBytes()).isLessThan(5000 * 8);
                });
    }

    @Test
    void aSizeThatCannotBeIsReportedAtOnce() {
        for (int size : new int[] {-1, Integer.MIN_VALUE, LIMIT_BYTES + 1}) {
            var refused = new Collector();
            var fresh = new FrameReader(loop, refused, LIMIT_BYTES);
            bench.run(
                    loop,
                    () -> {
                        ByteBuf buffer = fresh.receiveBuffer(ByteBufAllocator.DEFAULT);
                        fresh.arrived(buffer.writeInt(size).writeLong(0));
                        fresh.close();
                    });
            assertThat(refused.illegal).containsExactly(size);
            assertThat(refused.sizes).isEmpty();
        }
    }

    @Test
    void aClosedReaderTakesNothing() {
        bench.run(
                loop,
                () -> {
                    reader.close();
                    feedPart(streamOf(10), 0, 14);
                });
        assertThat(collector.sizes).isEmpty();
    }

    /** Writes the frames of these sizes, each byte telling its frame and its place. */
    private static byte[] streamOf(int... sizes) {
        int total = 0;
        for (int size : sizes) {
            total += 4 + size;
        }
        var stream = ByteBuffer.allocate(total);
        for (int number = 0; number < sizes.length; number++) {
            stream.putInt(sizes[number]);
            for (int at = 0; at < sizes[number]; at++) {
                stream.put((byte) (number * 31 + at));
            }
        }
        return stream.array();
    }

    private void feed(byte[] stream, int... splits) {
        int from = 0;
        for (int split : splits) {
            feedPart(stream, from, split);
            from = split;
        }
        feedPart(stream, from, stream.length);
    }

    private void feedPart(byte[] stream, int from, int to) {
        int at = from;
        while (at < to) {
            at += read(stream, at, to - at);
        }
    }

    private void feedAtRandom(byte[] stream, SimulatedEntropy entropy) {
        int at = 0;
        while (at < stream.length) {
            int most = Math.min(stream.length - at, 1 + entropy.nextInt(1 << entropy.nextInt(18)));
            at += read(stream, at, most);
            if (collector.paused && entropy.chance(0.5)) {
                resume();
            }
        }
        while (collector.paused) {
            resume();
        }
    }

    private void resume() {
        collector.paused = false;
        reader.decode();
        reader.makeRoom();
    }

    /** One read of the socket, as Netty does it. */
    private int read(byte[] stream, int from, int most) {
        ByteBuf buffer = reader.receiveBuffer(ByteBufAllocator.DEFAULT);
        int count = Math.min(most, buffer.writableBytes());
        buffer.writeBytes(stream, from, count);
        reader.arrived(buffer);
        reader.makeRoom();
        return count;
    }

    private static Integer[] boxed(int[] sizes) {
        return java.util.Arrays.stream(sizes).boxed().toArray(Integer[]::new);
    }

    private static final class Collector implements FrameReader.Sink {

        private final List<Integer> sizes = new ArrayList<>();
        private final List<Integer> illegal = new ArrayList<>();
        private SimulatedEntropy entropy = new SimulatedEntropy(0);
        private double pauseShare;
        private boolean paused;
        private boolean intact = true;

        @Override
        public boolean takesFrames() {
            return !paused;
        }

        @Override
        public void deliver(Frame frame) {
            ByteBuffer bytes = frame.bytes();
            intact &= bytes.isDirect() && bytes.position() == 0;
            for (int at = 0; at < bytes.limit(); at++) {
                intact &= bytes.get(at) == (byte) (sizes.size() * 31 + at);
            }
            sizes.add(bytes.remaining());
            frame.release();
            paused = entropy.chance(pauseShare);
        }

        @Override
        public void illegalSize(int announced, int frameBytesMax) {
            illegal.add(announced);
            paused = true;
        }

        @Override
        public void tryAgain() {}

        private void clear() {
            sizes.clear();
        }
    }
}
