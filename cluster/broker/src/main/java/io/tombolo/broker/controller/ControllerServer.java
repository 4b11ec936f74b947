package io.tombolo.broker.controller;

import io.tombolo.broker.NodeSettings;
import io.tombolo.broker.StartRefused;
import io.tombolo.broker.process.ServerLife;
import io.tombolo.broker.voter.RoomNews;
import io.tombolo.environment.Clock;
import io.tombolo.environment.Disk;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.Environment;
import io.tombolo.environment.SystemClock;
import io.tombolo.environment.SystemEntropy;
import io.tombolo.environment.ThreadOffload;
import io.tombolo.network.FrameMemory;
import io.tombolo.network.HttpListener;
import io.tombolo.network.LoopSettings;
import io.tombolo.network.NettyLoops;
import io.tombolo.network.NettyNetwork;
import io.tombolo.raft.core.RaftEvent.Room;
import io.tombolo.storage.log.DirectoryIdentity.Refusal;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One controller that is no broker on this machine's real network, disk and clock. */
public final class ControllerServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ControllerServer.class);
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final int OFFLOAD_THREADS = 2;

    private final NodeSettings.Controller settings;
    private final NettyLoops loops;
    private final ThreadOffload offload;
    private final ControllerNode controller;
    private final HttpListener admin;
    private final ServerLife life = new ServerLife();

    private ControllerServer(NodeSettings.Controller settings, Disk disk, FrameMemory memory)
            throws StartRefused {
        this.settings = settings;
        Clock clock = new SystemClock();
        this.loops =
                new NettyLoops(
                        new LoopSettings(settings.name(), 1, memory, true), this::loopFailed);
        this.offload = new ThreadOffload(settings.name() + "-io", OFFLOAD_THREADS);
        this.controller =
                new ControllerNode(
                        settings,
                        new Environment(
                                clock,
                                loops,
                                new NettyNetwork(loops, clock),
                                disk,
                                offload,
                                new SystemEntropy()),
                        new Watch());
        this.admin = openAdmin();
    }

    /**
     * Starts a controller; returns when it votes and knows who leads.
     *
     * @param processes how many brokers and controllers share the memory of this process, itself
     *     included
     * @throws StartRefused when it cannot, with what to do about it; nothing is left running
     */
    public static ControllerServer start(NodeSettings.Controller settings, Disk disk, int processes)
            throws StartRefused {
        long directBytes = ServerLife.directBytes("a controller", processes);
        var server = new ControllerServer(settings, disk, FrameMemory.within(directBytes, 1));
        server.controller.start();
        server.life.awaitStart(server::close);
        return server;
    }

    private HttpListener openAdmin() throws StartRefused {
        try {
            return HttpListener.open(
                    loops,
                    settings.self().admin(),
                    new ControllerRoutes(controller, settings, loops),
                    problem -> LOG.warn("An admin request failed", problem));
        } catch (UncheckedIOException taken) {
            closeThreads();
            throw new StartRefused(
                    "no port for administration: " + StartRefused.reason(taken),
                    "stop what listens there (ss -ltnp names it), or give the controllers another"
                            + " admin: address");
        }
    }

    private void loopFailed(Throwable problem) {
        LOG.atError().setCause(problem).log("A task of the controller failed");
        life.fail("a task of the controller failed: " + problem, StartRefused.Fix.REPORT);
    }

    /** Where commands connect. */
    public Endpoint admin() {
        return admin.address();
    }

    /** Blocks until the controller cannot go on; returns why. Never returns in an orderly life. */
    public String awaitFailure() throws InterruptedException {
        return life.awaitFailure();
    }

    /** As {@link #stop}, in the usual time. */
    @Override
    public void close() {
        stop(GRACE);
    }

    /** Stops in an orderly way, within this time. Repeatable. */
    public void stop(Duration grace) {
        var stopped = new CountDownLatch(1);
        controller.stop(stopped::countDown);
        try {
            if (!stopped.await(grace.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn("The controller did not stop in time");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        admin.close();
        closeThreads();
    }

    private void closeThreads() {
        try {
            offload.close();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        loops.close();
    }

    /** Turns what happens into log lines and futures. */
    private final class Watch implements ControllerNode.Observer {

        @Override
        public void waiting(String reason) {
            LOG.atWarn().addKeyValue("reason", reason).log("This controller waits for others");
        }

        @Override
        public void metadataRoom(Room room) {
            RoomNews.tell(LOG, room);
        }

        @Override
        public void remarked(String remark) {
            LOG.atWarn().addKeyValue("remark", remark).log("The data directory was put right");
        }

        @Override
        public void ready() {
            life.begin();
        }

        @Override
        public void failed(String reason, StartRefused.Fix fix) {
            life.fail(reason, fix);
        }

        @Override
        public void refused(Refusal refusal) {
            life.refuse(refusal);
        }
    }
}
