package io.tombolo.broker.process;

import io.tombolo.broker.StartRefused;
import io.tombolo.network.FrameMemory;
import io.tombolo.storage.log.DirectoryIdentity.Refusal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Whether a server has started, and why it cannot go on. Callable from any thread. */
public final class ServerLife {

    private static final long START_MINUTES_MAX = 10;

    private final CompletableFuture<StartRefused> failure = new CompletableFuture<>();
    private final CompletableFuture<Boolean> ready = new CompletableFuture<>();

    /**
     * The direct memory that one of several servers in this process may use, in bytes.
     *
     * @param what a word for people, with its article
     * @param servers how many share the process, this one included
     * @throws StartRefused when it is too little to take requests
     */
    public static long directBytes(String what, int servers) throws StartRefused {
        long bytes = FrameMemory.directBytesOfThisProcess() / servers;
        if (bytes < FrameMemory.DIRECT_BYTES_MIN) {
            throw new StartRefused(
                    "%s needs %d bytes of direct memory and this JVM gives it %d"
                            .formatted(what, FrameMemory.DIRECT_BYTES_MIN, bytes),
                    "raise TOMBOLO_HEAP (-Xmx), or -XX:MaxDirectMemorySize");
        }
        return bytes;
    }

    /** It does what it is there for. */
    public void begin() {
        ready.complete(true);
    }

    /** It cannot go on; the first reason counts. */
    public void fail(String reason, StartRefused.Fix fix) {
        failure.complete(new StartRefused(reason, fix));
    }

    /** It must not go on, as what is on its disks tells; the first reason counts. */
    public void refuse(Refusal refusal) {
        failure.complete(StartRefused.forSafety(refusal.reason(), refusal.fix()));
    }

    public boolean failed() {
        return failure.isDone();
    }

    /**
     * Blocks until it has begun or failed, ten minutes at most; a thread that is interrupted waits
     * no longer.
     *
     * @param close run when it has failed
     * @throws StartRefused why it failed
     */
    public void awaitStart(Runnable close) throws StartRefused {
        try {
            CompletableFuture.anyOf(ready, failure).get(START_MINUTES_MAX, TimeUnit.MINUTES);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException late) {
            fail(
                    "it did not start within " + START_MINUTES_MAX + " minutes",
                    StartRefused.Fix.MISSING_NODES);
        }
        if (failed()) {
            close.run();
            throw failure.join();
        }
    }

    /** Blocks until it cannot go on; returns why. Never returns in an orderly life. */
    public String awaitFailure() throws InterruptedException {
        try {
            return String.valueOf(failure.get().getMessage());
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
