package io.tombolo.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Environment;
import io.tombolo.environment.FileDisk;
import io.tombolo.environment.SystemClock;
import io.tombolo.environment.SystemEntropy;
import io.tombolo.environment.ThreadOffload;
import io.tombolo.environment.contract.Bench;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Two loops of this machine; what tasks throw fails the test when the bench is closed. */
final class NettyBench implements Bench {

    private static final long LIMIT_NANOS = 30_000_000_000L;
    private static final int TURNS = 20;

    private final List<Throwable> failures = new CopyOnWriteArrayList<>();
    private final NettyLoops loops;
    private final ThreadOffload offload = new ThreadOffload("bench", 2);
    private final Environment environment;

    NettyBench(boolean nativeTransport) {
        this(nativeTransport, 64 << 20);
    }

    NettyBench(boolean nativeTransport, long frameBytesBudget) {
        this(nativeTransport, new FrameMemory(frameBytesBudget, Integer.MAX_VALUE));
    }

    NettyBench(boolean nativeTransport, FrameMemory memory) {
        loops =
                new NettyLoops(
                        new LoopSettings("bench", 2, memory, nativeTransport), failures::add);
        var clock = new SystemClock();
        environment =
                new Environment(
                        clock,
                        loops,
                        new NettyNetwork(loops, clock),
                        new FileDisk(),
                        offload,
                        new SystemEntropy());
    }

    NettyLoops loops() {
        return loops;
    }

    List<Throwable> failures() {
        return failures;
    }

    @Override
    public Environment environment() {
        return environment;
    }

    @Override
    public void until(BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT_NANOS;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("it happens in time").isLessThan(deadline);
            LockSupport.parkNanos(200_000);
        }
    }

    /** Some turns of every loop: what loopback has taken has then been read. */
    @Override
    public void settle() {
        for (int turn = 0; turn < TURNS; turn++) {
            run(loop(0), () -> {});
            run(loop(1), () -> {});
        }
    }

    @Override
    public void close() {
        loops.close();
        try {
            offload.close();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        assertThat(failures).isEmpty();
    }
}
