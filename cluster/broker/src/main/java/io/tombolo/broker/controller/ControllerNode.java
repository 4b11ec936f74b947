package io.tombolo.broker.controller;

import io.tombolo.broker.ControllerCore;
import io.tombolo.broker.LifePhase;
import io.tombolo.broker.NodeSettings;
import io.tombolo.broker.StartRefused;
import io.tombolo.broker.request.ClientConnection;
import io.tombolo.environment.Environment;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.FrameLimits;
import io.tombolo.environment.Network;
import io.tombolo.environment.Offload;
import io.tombolo.storage.directory.DirectoriesResult;
import io.tombolo.storage.directory.DirectoryPaths;
import io.tombolo.storage.directory.LogDirectories;
import io.tombolo.storage.log.DirectoryIdentity;
import io.tombolo.storage.log.DirectoryIdentity.Refusal;
import io.tombolo.storage.log.LogEnvironment;
import io.tombolo.storage.log.LogPlacement;
import io.tombolo.storage.log.LogSettings;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Optional;

/**
 * One controller that is no broker, on whatever environment it is given: the same code in
 * production and in simulation. All of it is on the first loop.
 *
 * <pre>
 * open the data directory -> listening to the other nodes of the region -> part of the quorum
 *   -> it votes and knows who leads: ready
 *
 * stop: leaves the quorum, another one is told to stand -> no longer listening
 * </pre>
 */
public final class ControllerNode {

    private static final long LOOK_NANOS = Duration.ofMillis(50).toNanos();
    private static final long QUEUED_BYTES_MAX = 64L << 20;
    private static final Duration STALL_MAX = Duration.ofSeconds(30);

    private final NodeSettings.Controller settings;
    private final Environment environment;
    private final Observer observer;
    private final EventLoop loop;
    private volatile @Nullable ControllerCore core;
    private volatile LifePhase phase = LifePhase.OPENING;
    private @Nullable LogDirectories directories;
    private Network.@Nullable Listener listener;
    private boolean stopped;

    /** Hears of its life; on its loop. */
    public interface Observer extends ControllerCore.Observer {

        /** It votes, and knows who leads; called once. */
        void ready();

        /** Something about the data directory was not as it should be, and has been put right. */
        default void remarked(String remark) {}
    }

    public ControllerNode(
            NodeSettings.Controller settings, Environment environment, Observer observer) {
        this.settings = settings;
        this.environment = environment;
        this.observer = observer;
        this.loop = environment.loops().loop(0);
    }

    /** Starts; the observer hears of the rest. Callable from any thread, once. */
    public void start() {
        loop.execute(this::openDirectory);
    }

    /** Empty before the data directory is open; callable from any thread. */
    public Optional<ControllerCore> core() {
        return Optional.ofNullable(core);
    }

    /** Where it stands; callable from any thread. */
    public LifePhase phase() {
        return phase;
    }

    /** The loop that {@link #core} belongs to. */
    public EventLoop loop() {
        return loop;
    }

    /** A controller has no logs of topics; its directory is locked, and has its owner's name. */
    private void openDirectory() {
        LogDirectories.open(
                DirectoryPaths.of(settings.dataDirectories()),
                new DirectoryIdentity(settings.clusterId().toString(), settings.nodeId()),
                new LogEnvironment(
                        environment.disk(),
                        environment.offload(),
                        environment.clock(),
                        environment.entropy()),
                _ -> new LogPlacement(LogSettings.STANDARD, loop),
                loop,
                result -> {
                    switch (result) {
                        case DirectoriesResult.Opened opened -> begin(opened);
                        case DirectoriesResult.Refused(Refusal refusal) ->
                                observer.refused(refusal);
                        case DirectoriesResult.Failed(Exception cause) ->
                                observer.failed(
                                        "the data directory cannot be used: "
                                                + StartRefused.reason(cause),
                                        StartRefused.Fix.USABLE_DIRECTORY);
                    }
                });
    }

    private void begin(DirectoriesResult.Opened opened) {
        opened.remarks().forEach(observer::remarked);
        if (stopped) {
            opened.directories().close(-1, loop, _ -> {});
            return;
        }
        directories = opened.directories();
        var begun =
                new ControllerCore(
                        settings,
                        environment,
                        opened.directories().metadata().directoryId(),
                        observer);
        core = begun;
        phase = LifePhase.JOINING;
        listen(begun);
    }

    private void listen(ControllerCore begun) {
        var limits =
                new FrameLimits(
                        settings.config().integer("socket.request.max.bytes"),
                        STALL_MAX.toNanos(),
                        Long.MAX_VALUE,
                        QUEUED_BYTES_MAX);
        environment
                .offload()
                .submit(
                        0,
                        () ->
                                environment
                                        .network()
                                        .listen(
                                                settings.self().internal(),
                                                limits,
                                                connection ->
                                                        new ClientConnection(
                                                                connection, begun.dispatcher())),
                        loop,
                        outcome -> listening(begun, outcome));
    }

    private void listening(ControllerCore begun, Offload.Outcome<Network.Listener> outcome) {
        switch (outcome) {
            case Offload.Outcome.Done<Network.Listener>(Network.Listener open) -> {
                if (stopped) {
                    open.close();
                } else {
                    listener = open;
                    begun.start();
                    awaitPart(begun);
                }
            }
            case Offload.Outcome.Failed<Network.Listener>(Exception cause) ->
                    observer.failed(
                            "the other nodes of the region cannot be served: "
                                    + StartRefused.reason(cause),
                            StartRefused.Fix.INTERNAL_ADDRESS);
        }
    }

    private void awaitPart(ControllerCore begun) {
        if (stopped) {
            return;
        }
        if (begun.trouble().isEmpty()) {
            phase = LifePhase.SERVING;
            observer.ready();
        } else {
            loop.schedule(LOOK_NANOS, () -> awaitPart(begun));
        }
    }

    /**
     * Stops in an orderly way. Callable from any thread.
     *
     * @param done called on the loop when everything is closed
     */
    public void stop(Runnable done) {
        loop.execute(() -> {
            ControllerCore running = core;
            if (stopped || running == null) {
                stopped = true;
                done.run();
                return;
            }
            stopped = true;
            phase = LifePhase.STOPPING;
            running.close(() -> closeDirectory(done));
        });
    }

    private void closeDirectory(Runnable done) {
        Network.Listener open = listener;
        if (open != null) {
            environment
                    .offload()
                    .submit(
                            0,
                            () -> {
                                open.close();
                                return true;
                            },
                            loop,
                            _ -> {});
        }
        LogDirectories held = directories;
        if (held == null) {
            done.run();
        } else {
            held.close(-1, loop, _ -> done.run());
        }
    }
}
