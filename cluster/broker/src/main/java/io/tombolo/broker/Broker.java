package io.tombolo.broker;

import io.tombolo.broker.board.Standings;
import io.tombolo.broker.lease.SitePost;
import io.tombolo.broker.link.RegionPeers;
import io.tombolo.broker.redirect.ClientUses;
import io.tombolo.broker.redirect.Redirection;
import io.tombolo.broker.request.ClientConnection;
import io.tombolo.broker.request.OpenConnections;
import io.tombolo.broker.request.RequestDispatcher;
import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
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
import io.tombolo.storage.directory.DirectoryPaths;
import io.tombolo.storage.directory.LogDirectories;
import io.tombolo.storage.log.DirectoryIdentity;
import io.tombolo.storage.log.DirectoryIdentity.Refusal;
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
import java.util.function.Function;

/**
 * One broker, on whatever environment it is given: the same code in production and in simulation.
 * Its controller, its links and its life cycle share the first loop; partitions are spread over
 * all.
 *
 * <pre>
 * open the data directory -> listening to other brokers -> quorum and controller
 *   -> registered, and every log has the role that the metadata give it
 *   -> listening to clients -> unfenced -> what the file declares is there
 *   -> the other regions were asked who owns what: all writes are taken
 *
 * stop: what is led here is handed over, while everybody is served
 *   -> no longer listening to clients -> logs closed, marked as clean
 * </pre>
 */
public final class Broker {

    /**
     * How long the other regions are waited for before writes to topics that they may own by now
     * are taken.
     */
    private static final long FIRST_CONTACT_NANOS = Duration.ofSeconds(2).toNanos();

    /** How long, when they are there and do not tell yet. */
    private static final long FIRST_ANSWER_NANOS = Duration.ofSeconds(20).toNanos();

    /** When a wait is worth a line in the log. */
    private static final long UNUSUAL_NANOS = Duration.ofSeconds(3).toNanos();

    private static final long FIRST_CONTACT_CHECK_NANOS = Duration.ofMillis(50).toNanos();
    private static final long QUEUED_BYTES_MAX = 64L << 20;
    private static final Duration LAST_ANSWERS_MAX = Duration.ofMillis(500);
    private static final Duration STALL_MAX = Duration.ofSeconds(30);

    private final BrokerSettings settings;
    private final Environment environment;
    private final Surroundings surroundings;
    private final BrokerObserver observer;
    private final EventLoop loop;
    private volatile @Nullable BrokerCore core;
    private final OpenConnections clients = new OpenConnections();
    private Network.@Nullable Listener listener;
    private Network.@Nullable Listener internal;
    private boolean stopped;
    private boolean admitted;
    private boolean ownersKnown;
    private volatile LifePhase phase = LifePhase.OPENING;

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

    /** How many clients are connected. Callable from any thread. */
    public int clientConnections() {
        return clients.count();
    }

    /** Who of them uses what links move. */
    public ClientUses clientUses() {
        return new ClientUses(clients);
    }

    /** The loop that {@link #core} belongs to. */
    public EventLoop loop() {
        return loop;
    }

    private void openDirectory() {
        var shards = new Shards(environment.loops());
        LogDirectories.open(
                new DirectoryPaths(
                        settings.dataDirectories(),
                        settings.metadataDirectory(),
                        settings.region().nodes().all().size() == 1),
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
                        case DirectoriesResult.Refused(Refusal refusal) ->
                                observer.refused(
                                        new Refusal(
                                                namingRegions(refusal.reason()), refusal.fix()));
                        case DirectoriesResult.Failed(Exception cause) ->
                                observer.failed(
                                        "the data directory cannot be used: "
                                                + StartRefused.reason(cause),
                                        StartRefused.Fix.USABLE_DIRECTORY);
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
        Runnable start = () -> begun.start(new Stages(this::loaded, this::admitted));
        begun.internalDispatcher()
                .ifPresentOrElse(dispatcher -> listenToBrokers(dispatcher, start), start);
    }

    private void listenToBrokers(RequestDispatcher dispatcher, Runnable then) {
        bind(
                settings.self().internal(),
                connection -> new ClientConnection(connection, dispatcher),
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
                                                + StartRefused.reason(cause),
                                        StartRefused.Fix.INTERNAL_ADDRESS);
                    }
                });
    }

    private void loaded() {
        awaitFirstContact(environment.clock().nanoTime(), false);
        listen();
    }

    private void admitted() {
        admitted = true;
        serveWhenAllIsThere();
    }

    /**
     * Asks the other regions who owns what before taking the first write to what they may own: a
     * region that was away during a failover must not write under an ownership that is over. A
     * region was not away while a broker of it serves clients: that one has asked, and goes on
     * listening to the others.
     */
    private void awaitFirstContact(long sinceNanos, boolean told) {
        BrokerCore running = core;
        if (running == null || stopped) {
            return;
        }
        long waitedNanos = environment.clock().nanoTime() - sinceNanos;
        boolean heard = running.regionsHeard() >= settings.topology().hostedRegions().size() - 1;
        long patienceNanos =
                surroundings.expectsMore().getAsBoolean()
                        ? FIRST_ANSWER_NANOS
                        : FIRST_CONTACT_NANOS;
        boolean regionThere = surroundings.peers().serving();
        if (heard || regionThere || waitedNanos >= patienceNanos) {
            // That a region beside this one is not there yet is how most first starts go.
            boolean answering = patienceNanos > FIRST_CONTACT_NANOS;
            if (!heard && !regionThere && answering) {
                observer.waiting(
                        "not every other region has told who owns what; from now on writes are"
                                + " taken under the ownership that is known here");
            }
            ownersKnown = true;
            running.ownersKnown();
            serveWhenAllIsThere();
            return;
        }
        boolean unusual = waitedNanos >= UNUSUAL_NANOS;
        if (unusual && !told) {
            observer.waiting(
                    "another region may own topics of links by now: writes to them wait until it"
                            + " has told, or for %d s"
                                    .formatted(TimeUnit.NANOSECONDS.toSeconds(patienceNanos)));
        }
        loop.schedule(
                FIRST_CONTACT_CHECK_NANOS, () -> awaitFirstContact(sinceNanos, told || unusual));
    }

    private void serveWhenAllIsThere() {
        if (stopped) {
            return;
        }
        if (admitted && ownersKnown) {
            phase = LifePhase.SERVING;
            observer.serving();
        } else if (admitted) {
            phase = LifePhase.ASKING;
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
                connection -> clients.accept(connection, running.dispatcher()),
                TimeUnit.MILLISECONDS.toNanos(idleMs),
                this::listening);
    }

    /** Binding blocks, which a loop must not. */
    private void bind(
            Endpoint address,
            Function<Connection, ConnectionHandler> acceptor,
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
                        () -> environment.network().listen(address, limits, acceptor),
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
                    accept();
                }
            }
            case Offload.Outcome.Failed<Network.Listener>(Exception cause) ->
                    observer.failed(
                            "clients cannot be served: " + StartRefused.reason(cause),
                            StartRefused.Fix.KAFKA_ADDRESS);
        }
    }

    private void accept() {
        BrokerCore running = core;
        if (running != null) {
            running.accept();
        }
    }

    /** As {@link #stop(Duration, Runnable)}, in the usual time. */
    public void stop(Runnable done) {
        stop(BrokerServer.GRACE, done);
    }

    /**
     * Stops in an orderly way: what is led here is handed over while clients are served, then no
     * new connections, then links and groups, then the logs, which are marked as cleanly closed.
     * Callable from any thread.
     *
     * @param patience how long it may take to hand over
     * @param done called on the loop when everything is closed
     */
    public void stop(Duration patience, Runnable done) {
        loop.execute(() -> {
            if (stopped) {
                done.run();
                return;
            }
            stopped = true;
            phase = LifePhase.STOPPING;
            BrokerCore running = core;
            if (running == null) {
                close(listener);
                done.run();
            } else {
                running.handOver(patience, () -> close(running, done));
            }
        });
    }

    private void close(BrokerCore running, Runnable done) {
        close(listener);
        clients.end(
                loop,
                environment.clock(),
                LAST_ANSWERS_MAX,
                () ->
                        running.close(() -> {
                            close(internal);
                            done.run();
                        }));
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

    /**
     * How far a start is.
     *
     * @param loaded metadata and logs are known here: requests can be taken, {@link #accept}
     * @param admitted clients are sent here, and what the file declares is there
     */
    record Stages(Runnable loaded, Runnable admitted) {

        static final Stages UNHEARD = new Stages(() -> {}, () -> {});
    }

    /**
     * What lies beyond this region.
     *
     * @param links the link module
     * @param linkNetwork what links connect over
     * @param expectsMore whether a region that has not been heard of yet may be there
     * @param peers what the other brokers of this region tell
     * @param standings how they are, to be shown
     * @param sites the way to the voters of the ownership ledger
     */
    public record Surroundings(
            RegionRegistry registry,
            LinkProvider links,
            Network linkNetwork,
            BooleanSupplier expectsMore,
            RegionPeers peers,
            Standings standings,
            SitePost sites) {

        /** With a registry that shows at once all there is to see. */
        public Surroundings(RegionRegistry registry, LinkProvider links, Network linkNetwork) {
            this(
                    registry,
                    links,
                    linkNetwork,
                    () -> false,
                    RegionPeers.NONE,
                    Standings.NONE,
                    SitePost.NOWHERE);
        }

        /** What sends clients to other regions. */
        Redirection redirection(BrokerSettings settings, Environment environment, Images images) {
            var place =
                    new Redirection.Place(
                            settings.topology(),
                            settings.region().id(),
                            environment.loops().loop(0),
                            environment.clock(),
                            linkNetwork);
            return new Redirection(place, registry, images);
        }
    }
}
