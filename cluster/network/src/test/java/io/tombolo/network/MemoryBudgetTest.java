package io.tombolo.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.Frame;
import io.tombolo.environment.FrameLimits;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

class MemoryBudgetTest {

    private static final int MIB = 1 << 20;
    private static final long LONG_NANOS = 60_000_000_000L;
    private static final FrameLimits PATIENT =
            new FrameLimits(100 * MIB, LONG_NANOS, Long.MAX_VALUE, MIB);

    private final List<RawPeer> peers = new ArrayList<>();
    private final Queue<Held> held = new ConcurrentLinkedQueue<>();
    private final Queue<CloseReason> closed = new ConcurrentLinkedQueue<>();
    private final AtomicInteger openCount = new AtomicInteger();
    private final AtomicInteger deliveredCount = new AtomicInteger();
    private NettyBench bench;
    private boolean holdFrames;

    /** A frame that its handler keeps, as a slow one would. */
    private record Held(Connection connection, Frame frame) {}

    @AfterEach
    void close() throws IOException {
        for (RawPeer peer : peers) {
            peer.close();
        }
        bench.until(() -> {
            releaseAll();
            return closed.size() == openCount.get();
        });
        assertThat(heldBytes()).as("bytes held after the last connection closed").isZero();
        bench.close();
    }

    @Test
    void twoHundredAnnouncedFramesCostNextToNothing() throws IOException {
        Endpoint address = listen(64 * MIB, PATIENT);
        long directBefore = directBytes();

        for (RawPeer peer : connect(address, 200)) {
            peer.announce(99 * MIB);
            peer.write(new byte[1]);
        }

        bench.until(() -> heldBytes() >= 200 * 4096);
        assertThat(heldBytes()).isLessThan(2 * MIB);
        assertThat(directBytes() - directBefore).isLessThan(8 * MIB);
    }

    @Test
    void aSpentBudgetStopsReadingUntilFramesAreReleased() throws IOException {
        holdFrames = true;
        Endpoint address = listen(MIB, PATIENT);
        RawPeer peer = connect(address, 1).getFirst();
        Thread sender = sendFrames(peer, 100, 60_000);

        bench.until(() -> waits() > 0);
        bench.settle();
        assertThat(deliveredCount.get()).isLessThan(60);
        assertThat(heldBytes()).isLessThan(MIB + 64 * 1024 + 60_000);

        bench.until(() -> {
            releaseAll();
            return deliveredCount.get() == 100;
        });
        assertThat(sender.isAlive() && heldBytes() > 2 * MIB).isFalse();
    }

    @Test
    void halfReceivedFramesNeverWaitForEachOther() throws IOException {
        Endpoint address = listen(256 * 1024, PATIENT);
        List<RawPeer> all = connect(address, 8);
        for (RawPeer peer : all) {
            peer.announce(300_000);
            peer.write(new byte[120_000]);
        }
        bench.until(() -> waits() > 0);

        for (RawPeer peer : all) {
            peer.write(new byte[180_000]);
        }

        bench.until(() -> deliveredCount.get() == 8);
        assertThat(closed).isEmpty();
    }

    @Test
    void onlyOneFrameAtATimeIsBeyondTheBudgetAlsoWhenHandlersKeepThem() throws IOException {
        holdFrames = true;
        Endpoint address = listen(256 * 1024, PATIENT);
        List<RawPeer> all = connect(address, 8);
        for (RawPeer peer : all) {
            peer.announce(300_000);
            peer.write(new byte[100_000]);
        }
        bench.until(() -> waits() > 0);
        for (RawPeer peer : all) {
            peer.write(new byte[200_000]);
        }
        bench.until(() -> deliveredCount.get() > 0);
        bench.settle();

        // Two loops, each with its limit, one frame, and the overdraft of its connections.
        assertThat(heldBytes()).isLessThan(2 * (256 * 1024 + 300_000 + 8 * 512));
        assertThat(deliveredCount.get()).isLessThan(8);

        bench.until(() -> {
            releaseAll();
            return deliveredCount.get() == 8;
        });
    }

    @Test
    void theLastEighthIsForSmallBuffersOnly() {
        bench = new NettyBench(true);
        var budget = new FrameBudget(MIB, new LargeFrames(MIB), Runnable::run);
        var bulk = ByteBufAllocator.DEFAULT.directBuffer(MIB / 8 * 7);
        var small = ByteBufAllocator.DEFAULT.directBuffer(MIB / 8);

        budget.charge(bulk, null);
        assertThat(budget.affords(1)).isFalse();
        assertThat(budget.receiveBytes(64 * 1024)).isEqualTo(FrameBudget.SMALL_BYTES);
        assertThat(budget.isDry()).isFalse();

        budget.charge(small, null);
        assertThat(budget.isDry()).isTrue();
        assertThat(budget.receiveBytes(64 * 1024)).isEqualTo(FrameBudget.OVERDRAFT_BYTES);

        budget.release(bulk, null);
        budget.release(small, null);
        assertThat(budget.heldBytes()).isZero();
    }

    @Test
    void aFrameLargerThanTheWholeBudgetStillArrives() throws IOException {
        Endpoint address = listen(64 * 1024, PATIENT);
        RawPeer peer = connect(address, 1).getFirst();

        sendFrames(peer, 3, 3 * MIB);

        bench.until(() -> deliveredCount.get() == 3);
    }

    @Test
    void oneFrameOfAllLoopsIsBeyondTheBudgetAndTheOthersComeAfterIt() throws IOException {
        holdFrames = true;
        Endpoint address = listen(new FrameMemory(256 * 1024, 5 * MIB), PATIENT);
        List<RawPeer> all = connect(address, 4);
        for (RawPeer peer : all) {
            sendFrames(peer, 1, 5 * MIB);
        }
        bench.until(() -> deliveredCount.get() == 1);
        bench.settle();

        assertThat(heldBytes()).isLessThan(2 * 256 * 1024 + 5 * MIB + 4 * 512);
        assertThat(deliveredCount.get()).isEqualTo(1);

        bench.until(() -> {
            releaseAll();
            return deliveredCount.get() == 4;
        });
        assertThat(closed).isEmpty();
    }

    @Test
    void aFrameThatMemoryCanNeverHoldIsRefusedWithTheReason() throws IOException {
        Endpoint address = listen(new FrameMemory(256 * 1024, 5 * MIB), PATIENT);
        RawPeer peer = connect(address, 1).getFirst();
        peer.announce(5 * MIB + 1);

        bench.until(() -> !closed.isEmpty());

        assertThat(closed.element().kind()).isEqualTo(CloseReason.Kind.FRAME_SIZE);
        assertThat(closed.element().detail()).contains("0 to 5242880 are taken", "direct memory");
    }

    @Test
    void aFrameForWhichNoMemoryIsLeftClosesItsConnectionAlone() throws IOException {
        int beyondThisProcess = 2_000_000_000;
        assertThat(FrameMemory.directBytesOfThisProcess()).isLessThan(beyondThisProcess);
        var greedy = new FrameLimits(beyondThisProcess, LONG_NANOS, Long.MAX_VALUE, MIB);
        Endpoint address = listen(256 * 1024, greedy);
        RawPeer healthy = connect(address, 1).getFirst();
        for (int time = 1; time <= 2; time++) {
            RawPeer huge = connect(address, 1).getFirst();
            huge.announce(beyondThisProcess);
            sendFrames(huge, 1, MIB);
            assertThat(huge.isClosedByPeer()).isTrue();
        }

        bench.until(() -> closed.size() == 2 && heldBytes() == 0);
        assertThat(closed)
                .allSatisfy(
                        reason -> assertThat(reason.kind()).isEqualTo(CloseReason.Kind.NO_MEMORY));
        assertThat(bench.loops().memoryRefusalCount(0) + bench.loops().memoryRefusalCount(1))
                .isEqualTo(2);
        sendFrames(healthy, 1, MIB);
        bench.until(() -> deliveredCount.get() == 1);
    }

    @Test
    void theSharesOfAnyMemoryFitIntoIt() {
        bench = new NettyBench(true);
        for (int mebibytes : new int[] {16, 64, 128, 256, 1024, 65_536}) {
            for (int loops : new int[] {1, 2, 16, 64}) {
                long directBytes = (long) mebibytes * MIB;
                var memory = FrameMemory.within(directBytes, loops);
                assertThat(memory.loopBytes() * loops + memory.largeFrameBytesMax())
                        .isLessThanOrEqualTo(directBytes / 4 * 3);
            }
        }
    }

    @Test
    void smallRequestsComeInWhileLargeFramesHoldTheBudget() throws IOException {
        holdFrames = true;
        Endpoint address = listen(MIB, PATIENT);
        RawPeer large = connect(address, 1).getFirst();
        sendFrames(large, 40, 60_000);
        bench.until(() -> waits() > 0);
        int before = deliveredCount.get();

        for (RawPeer small : connect(address, 5)) {
            small.frame(3000);
        }

        bench.until(() -> deliveredCount.get() >= before + 5);
    }

    @Test
    void aFrameThatStallsClosesItsConnectionAndFreesItsMemory() throws IOException {
        var hasty = new FrameLimits(100 * MIB, 30_000_000L, Long.MAX_VALUE, MIB);
        Endpoint address = listen(64 * MIB, hasty);
        RawPeer stalled = connect(address, 1).getFirst();
        stalled.announce(MIB);
        stalled.write(new byte[100_000]);

        bench.until(() -> !closed.isEmpty());

        assertThat(closed.element().kind()).isEqualTo(CloseReason.Kind.STALLED);
        assertThat(stalled.isClosedByPeer()).isTrue();
        assertThat(heldBytes()).isZero();
    }

    @Test
    void evenAHalfAnnouncedSizeStalls() throws IOException {
        var hasty = new FrameLimits(100 * MIB, 30_000_000L, Long.MAX_VALUE, MIB);
        Endpoint address = listen(64 * MIB, hasty);
        connect(address, 1).getFirst().write(new byte[2]);
        bench.until(() -> !closed.isEmpty());
        assertThat(closed.element().kind()).isEqualTo(CloseReason.Kind.STALLED);
    }

    @Test
    void stalledFramesThatHoldTheWholeBudgetGiveWayToAnHonestOne() throws IOException {
        var hasty = new FrameLimits(100 * MIB, 100_000_000L, Long.MAX_VALUE, MIB);
        Endpoint address = listen(256 * 1024, hasty);
        for (RawPeer stalled : connect(address, 6)) {
            stalled.announce(10 * MIB);
            stalled.write(new byte[60_000]);
        }
        bench.until(() -> heldBytes() > 200 * 1024);

        RawPeer honest = connect(address, 1).getFirst();
        sendFrames(honest, 1, 200_000);

        bench.until(() -> deliveredCount.get() == 1);
    }

    @Test
    void framesThatDripInAndHoldTheBudgetGiveWayToAnHonestOne() throws IOException {
        Endpoint address = listen(new FrameMemory(2 * MIB, MIB), PATIENT);
        List<RawPeer> dripping = connect(address, 40);
        for (RawPeer peer : dripping) {
            peer.announce(400_000);
            sendBytes(peer, 400_000 - 100_000);
        }
        bench.until(() -> waits() > 0);

        RawPeer honest = connect(address, 1).getFirst();
        sendFrames(honest, 1, 200_000);

        bench.until(() -> {
            dripping.forEach(MemoryBudgetTest::drip);
            return deliveredCount.get() == 1;
        });
        assertThat(closed).isNotEmpty().hasSizeLessThanOrEqualTo(40);
        assertThat(closed)
                .allSatisfy(
                        reason -> assertThat(reason.kind()).isEqualTo(CloseReason.Kind.STALLED));
    }

    @Test
    void aDrippingLargeFrameGivesWayToOneOfAnotherLoop() throws IOException {
        Endpoint address = listen(new FrameMemory(256 * 1024, 10 * MIB), PATIENT);
        RawPeer dripping = connect(address, 1).getFirst();
        dripping.announce(10 * MIB);
        sendBytes(dripping, MIB);
        bench.until(() -> heldBytes() >= 10 * MIB);

        RawPeer honest = connect(address, 1).getFirst();
        sendFrames(honest, 1, 5 * MIB);

        bench.until(() -> {
            drip(dripping);
            return deliveredCount.get() == 1;
        });
        assertThat(closed).hasSize(1);
    }

    @Test
    void aFrameThatDripsInClosesItsConnectionThoughItNeverRests() throws IOException {
        var hasty = new FrameLimits(100 * MIB, 100_000_000L, Long.MAX_VALUE, MIB);
        Endpoint address = listen(64 * MIB, hasty);
        RawPeer dripping = connect(address, 1).getFirst();
        dripping.announce(30_000);

        bench.until(() -> {
            drip(dripping);
            return !closed.isEmpty();
        });

        assertThat(closed.element().kind()).isEqualTo(CloseReason.Kind.STALLED);
        assertThat(closed.element().detail()).contains("of 30000 bytes");
    }

    @Test
    void aSizeThatCannotBeClosesAtOnce() throws IOException {
        Endpoint address = listen(64 * MIB, PATIENT);
        RawPeer negative = connect(address, 1).getFirst();
        negative.announce(-1);
        assertThat(negative.isClosedByPeer()).isTrue();
        RawPeer huge = connect(address, 1).getFirst();
        huge.announce(100 * MIB + 1);
        assertThat(huge.isClosedByPeer()).isTrue();

        bench.until(() -> closed.size() == 2);
        assertThat(closed)
                .allSatisfy(
                        reason -> assertThat(reason.kind()).isEqualTo(CloseReason.Kind.FRAME_SIZE));
    }

    @Test
    void aCloseInTheMiddleOfEverythingGivesAllMemoryBack() throws IOException {
        holdFrames = true;
        Endpoint address = listen(4 * MIB, PATIENT);
        for (RawPeer peer : connect(address, 10)) {
            peer.frame(1000);
            peer.announce(500_000);
            peer.write(new byte[100_000]);
        }
        bench.until(() -> deliveredCount.get() == 10);
        // The checks after each test see that everything comes back.
    }

    private Endpoint listen(long budgetBytes, FrameLimits limits) {
        return listen(new FrameMemory(budgetBytes, Integer.MAX_VALUE), limits);
    }

    private Endpoint listen(FrameMemory memory, FrameLimits limits) {
        bench = new NettyBench(true, memory);
        return bench.environment()
                .network()
                .listen(new Endpoint("127.0.0.1", 0), limits, connection -> new Keeper())
                .address();
    }

    private List<RawPeer> connect(Endpoint address, int count) throws IOException {
        var added = new ArrayList<RawPeer>();
        for (int number = 0; number < count; number++) {
            added.add(new RawPeer(address));
        }
        peers.addAll(added);
        bench.until(() -> openCount.get() == peers.size());
        return added;
    }

    /** Sends from a thread of its own, since the other side will not always read. */
    private static Thread sendFrames(RawPeer peer, int count, int size) {
        return Thread.ofVirtual()
                .start(() -> {
                    try {
                        for (int number = 0; number < count; number++) {
                            peer.frame(size);
                        }
                    } catch (IOException closed) {
                        // The test is over.
                        return;
                    }
                });
    }

    /** The beginning of a frame that has been announced. */
    private static void sendBytes(RawPeer peer, int count) {
        Thread.ofVirtual()
                .start(() -> {
                    try {
                        peer.write(new byte[count]);
                    } catch (IOException closed) {
                        // It has been given up.
                        return;
                    }
                });
    }

    private static void drip(RawPeer peer) {
        try {
            peer.write(new byte[1]);
        } catch (IOException closed) {
            // It has been given up.
            return;
        }
    }

    private void releaseAll() {
        for (Held one = held.poll(); one != null; one = held.poll()) {
            bench.run(one.connection.loop(), one.frame::release);
        }
    }

    private long heldBytes() {
        return bench.loops().frameBytesHeld(0) + bench.loops().frameBytesHeld(1);
    }

    private long waits() {
        return bench.loops().budgetWaitCount(0) + bench.loops().budgetWaitCount(1);
    }

    private static long directBytes() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }

    private final class Keeper implements ConnectionHandler {

        private Connection connection;

        @Override
        public void opened(Connection opened) {
            connection = opened;
            openCount.incrementAndGet();
        }

        @Override
        public void received(Frame frame) {
            if (holdFrames) {
                held.add(new Held(connection, frame));
            } else {
                frame.release();
            }
            deliveredCount.incrementAndGet();
        }

        @Override
        public void closed(CloseReason reason) {
            closed.add(reason);
        }
    }
}
