package io.tombolo.broker;

import io.tombolo.broker.link.RegionPeers;
import io.tombolo.broker.request.ClientConnection;
import io.tombolo.broker.request.RequestDispatcher;
import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.Environment;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.FrameLimits;
import io.tombolo.environment.Network;
import io.tombolo.environment.Offload;
import io.tombolo.region.link.LinkProvider;
import io.tombolo.region.registry.RegionRegistry;
import io.tombolo.region.topology.Region;
import io.tombolo.storage.directory.DirectoriesResult;
import io.tombolo.storage.directory.LogDirectories;
import io.tombolo.storage.log.DirectoryIdentity;
import io.tombolo.storage.log.LogEnvironment;
import io.tombolo.storage.log.LogPlacement;
import io.tombolo.storage.log.LogSettings;
import io.tombolo.storage.log.OpenResult;

import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One broker, on whatever environment it is given: the same code in production and in simulation.
 * Its controller, its links and its life cycle share the first loop; partitions are spread over
 * all.
 *
 * <pre>
 * open the data directory -> listening to other brokers -> quorum and controller
 *   -> registered and unfenced
 *   -> what the file declares is there -> the other regions were asked who owns what -> listening
 * </pre>
 */
public final class Broker {

    /** How long the other regions are waited for before the first request is taken. */
    private static final long FIRST_CONTACT_NANOS = Duration.ofSeconds(2).toNanos();

    /** How long, when they are there and do not tell yet. */
    private static final long FIRST_ANSWER_NANOS = Duration.ofSeconds(20).toNanos();

    private static final long FIRST_CONTACT_CHECK_NANOS = Duration.ofMillis(50).toNanos();
    private static final long QUEUED_BYTES_MAX = 64L << 20;
    private static final Duration STALL_MAX = Duration.ofSeconds(30);

    private final BrokerSettings settings;
    private final Environment environment;
    private final Surroundings surroundings;
    private final BrokerObserver observer;
    private final EventLoop loop;
    private volatile @Nullable BrokerCore core;
    private Network.@Nullable Listener listener;
    private Network.@Nullable Listener internal;
    private boolean stopped;
    private volatile LifePhase phase = LifePhase.OPENING;

    /**
     * What lies beyond this region.
     *
     * @param links the link module
     * @param linkNetwork what links connect over
     * @param expectsMore whether a region that has not been heard of yet may be there
     * @param peers what the other brokers of this region tell
     */
    public record Surroundings(
            RegionRegistry registry,
            LinkProvider links,
            Network linkNetwork,
            BooleanSupplier expectsMore,
            RegionPeers peers) {

        /** With a registry that shows at once all there is to see. */
        public Surroundings(RegionRegistry registry, LinkProvider links, Network linkNetwork) {
            this(registry, links, linkNetwork, () -> false, RegionPeers.NONE);
        }
    }

    public Broker(
            BrokerSettings settings,
            Environment environment,
            Surroundings surroundings,
            BrokerObserver observer) {
        this.settings = settings;
        this.environment = environment;
        this.surroundings = surroundings;
        this.observer = observer;
        this.loop = environment.loops().loop(0);
    }

    /** Starts; the observer hears of the rest. Callable from any thread, once. */
    public void start() {
        loop.execute(this::openDirectory);
    }

    /** What the admin interface looks at; empty before the data directory is open. Any loop. */
    public Optional<BrokerCore> core() {
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

    private void openDirectory() {
        var shards = new Shards(environment.loops());
        LogDirectories.open(
                settings.dataDirectories(),
                new DirectoryIdentity(settings.clusterId().toString(), settings.id().value()),
                logEnvironment(),
                name ->
                        new LogPlacement(
                                LogSettings.STANDARD,
                                shards.loopOf(new TopicPartition(name.topic(), name.partition()))),
                loop,
                result -> {
                    switch (result) {
                        case DirectoriesResult.Opened opened -> begin(opened, shards);
                        case DirectoriesResult.Refused(String reason) ->
                                observer.failed(namingRegions(reason));
                        case DirectoriesResult.Failed(Exception cause) ->
                                observer.failed("the data directory cannot be used: " + cause);
                    }
                });
    }

    /** The ids of clusters mean little to people: each is followed by the region it stands for. */
    private String namingRegions(String reason) {
        String named = reason;
        for (Region.Hosted region : settings.topology().hostedRegions()) {
            String id = settings.clusterIdOf(region).toString();
            named = named.replace(id, "%s (region %s)".formatted(id, region.id()));
        }
        return named;
    }

    private LogEnvironment logEnvironment() {
        return new LogEnvironment(
                environment.disk(),
                environment.offload(),
                environment.clock(),
                environment.entropy());
    }

    private void begin(DirectoriesResult.Opened opened, Shards shards) {
        opened.logs().stream()
                .map(OpenResult.OpenedLog::recovery)
                .filter(recovery -> !recovery.uneventful())
                .forEach(observer::repaired);
        opened.remarks().forEach(observer::remarked);
        opened.directories()
                .unopened()
                .forEach(it -> observer.directoryOffline(it.path(), it.cause()));
        if (stopped) {
            opened.directories().close(-1, loop, _ -> {});
            return;
        }
        var begun =
                new BrokerCore(
                        settings,
                        environment,
                        surroundings,
                        opened.directories(),
                        shards,
                        observer);
        core = begun;
        phase = LifePhase.JOINING;
        Runnable start = () -> begun.start(() -> awaitFirstContact(environment.clock().nanoTime()));
        begun.internalDispatcher()
                .ifPresentOrElse(dispatcher -> listenToBrokers(dispatcher, start), start);
    }

    private void listenToBrokers(RequestDispatcher dispatcher, Runnable then) {
        bind(
                settings.self().internal(),
                dispatcher,
                Long.MAX_VALUE,
                outcome -> {
                    switch (outcome) {
                        case Offload.Outcome.Done<Network.Listener>(Network.Listener open) -> {
                            if (stopped) {
                                open.close();
                            } else {
                                internal = open;
                                then.run();
                            }
                        }
                        case Offload.Outcome.Failed<Network.Listener>(Exception cause) ->
                                observer.failed(
                                        "the other brokers cannot be served: "
                                                + StartRefused.reason(cause));
                    }
                });
    }

    /**
     * Asks the other regions who owns what before taking the first write: a region that was away
     * during a failover must not write under an ownership that is over. A region was not away while
     * a broker of it serves clients: that one has asked, and goes on listening to the others.
     */
    private void awaitFirstContact(long sinceNanos) {
        BrokerCore running = core;
        if (running == null || stopped) {
            return;
        }
        phase = LifePhase.ASKING;
        boolean heard = running.regionsHeard() >= settings.topology().hostedRegions().size() - 1;
        long patienceNanos =
                surroundings.expectsMore().getAsBoolean()
                        ? FIRST_ANSWER_NANOS
                        : FIRST_CONTACT_NANOS;
        boolean regionThere = surroundings.peers().serving();
        if (heard || regionThere || environment.clock().nanoTime() - sinceNanos >= patienceNanos) {
            listen();
        } else {
            loop.schedule(FIRST_CONTACT_CHECK_NANOS, () -> awaitFirstContact(sinceNanos));
        }
    }

    private void listen() {
        BrokerCore running = core;
        if (running == null || stopped) {
            return;
        }
        long idleMs = settings.config().number("connections.max.idle.ms");
        bind(
                settings.self().kafka(),
                running.dispatcher(),
                TimeUnit.MILLISECONDS.toNanos(idleMs),
                this::listening);
    }

    /** Binding blocks, which a loop must not. */
    private void bind(
            Endpoint address,
            RequestDispatcher dispatcher,
            long idleNanosMax,
            Consumer<Offload.Outcome<Network.Listener>> done) {
        var limits =
                new FrameLimits(
                        settings.config().integer("socket.request.max.bytes"),
                        STALL_MAX.toNanos(),
                        idleNanosMax,
                        QUEUED_BYTES_MAX);
        environment
                .offload()
                .submit(
                        0,
                        () ->
                                environment
                                        .network()
                                        .listen(
                                                address,
                                                limits,
                                                connection ->
                                                        new ClientConnection(
                                                                connection, dispatcher)),
                        loop,
                        done);
    }

    private void listening(Offload.Outcome<Network.Listener> outcome) {
        switch (outcome) {
            case Offload.Outcome.Done<Network.Listener>(Network.Listener open) -> {
                if (stopped) {
                    open.close();
                } else {
                    listener = open;
                    phase = LifePhase.SERVING;
                    observer.serving();
                }
            }
            case Offload.Outcome.Failed<Network.Listener>(Exception cause) ->
                    observer.failed("clients cannot be served: " + StartRefused.reason(cause));
        }
    }

    /**
     * Stops in an orderly way: no new requests, then links and groups, then the logs, which are
     * marked as cleanly closed. Callable from any thread.
     *
     * @param done called on the loop when everything is closed
     */
    public void stop(Runnable done) {
        loop.execute(() -> {
            if (stopped) {
                done.run();
                return;
            }
            stopped = true;
            phase = LifePhase.STOPPING;
            close(listener);
            BrokerCore running = core;
            if (running == null) {
                done.run();
            } else {
                running.stop(() -> {
                    close(internal);
                    done.run();
                });
            }
        });
    }

    private void close(Network.@Nullable Listener open) {
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
    }
}
