package io.tombolo.broker;

import io.tombolo.broker.admin.AdminRegions;
import io.tombolo.broker.admin.AdminRoutes;
import io.tombolo.broker.admin.HttpRegistry;
import io.tombolo.broker.admin.HttpSitePost;
import io.tombolo.broker.admin.PeerBrokers;
import io.tombolo.broker.admin.Probes;
import io.tombolo.broker.board.BrokerVoice;
import io.tombolo.broker.board.RegionBoard;
import io.tombolo.broker.lease.SitePost;
import io.tombolo.broker.process.ServerLife;
import io.tombolo.broker.publish.StrayLogs;
import io.tombolo.broker.publish.StrayLogs.Stray;
import io.tombolo.broker.replica.UncleanLeaders;
import io.tombolo.broker.voter.RoomNews;
import io.tombolo.environment.Clock;
import io.tombolo.environment.Disk;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.Environment;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.FileDisk;
import io.tombolo.environment.Network;
import io.tombolo.environment.SystemClock;
import io.tombolo.environment.SystemEntropy;
import io.tombolo.environment.ThreadOffload;
import io.tombolo.environment.WanNetwork;
import io.tombolo.network.FrameMemory;
import io.tombolo.network.HttpListener;
import io.tombolo.network.LoopSettings;
import io.tombolo.network.NettyLoops;
import io.tombolo.network.NettyNetwork;
import io.tombolo.raft.core.RaftEvent.Room;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.LinkProvider;
import io.tombolo.region.link.LinkType;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology.Guarantee;
import io.tombolo.replication.Partition.Discarded;
import io.tombolo.storage.cleaner.CleanerSettings;
import io.tombolo.storage.log.DirectoryIdentity.Refusal;
import io.tombolo.storage.log.LogDamage;
import io.tombolo.storage.log.Recovery;

import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** One broker on this machine's real network, disk and clock. */
public final class BrokerServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerServer.class);

    /** How long an orderly stop may take unless somebody says otherwise. */
    public static final Duration GRACE = Duration.ofSeconds(30);

    /** Kept of it for closing the logs. */
    private static final Duration CLOSING = Duration.ofSeconds(10);

    private static final long REGISTRY_NANOS = Duration.ofMillis(500).toNanos();
    private static final long PEERS_NANOS = Duration.ofMillis(1_800).toNanos();
    private static final int OFFLOAD_THREADS = 4;

    private final BrokerSettings settings;
    private final NettyLoops loops;
    private final ThreadOffload offload;
    private final ThreadOffload background;
    private final Broker broker;
    private final HttpListener admin;
    private final RegionBoard board;
    private final ServerLife life = new ServerLife();

    private BrokerServer(BrokerSettings settings, Options options) throws StartRefused {
        this.settings = settings;
        LinkProvider links = linkProvider();
        String name = settings.region().id() + "-" + settings.self().number();
        Clock clock = new SystemClock();
        this.loops =
                new NettyLoops(
                        new LoopSettings(
                                name,
                                settings.networkThreads(),
                                frameMemory(settings, options),
                                true),
                        this::loopFailed);
        this.offload = new ThreadOffload(name + "-io", OFFLOAD_THREADS);
        this.background = new ThreadOffload(name + "-cleaner", CleanerSettings.THREADS_MAX);
        Network network = new NettyNetwork(loops, clock);
        var registry = new HttpRegistry(settings.region().id(), peers(settings), clock);
        var peers = new PeerBrokers(brokersBeside(settings), clock);
        EventLoop loop = loops.loop(0);
        this.board =
                new RegionBoard(
                        new RegionBoard.Place(settings, loop, clock, new SystemEntropy()),
                        new AdminRegions(peers(settings)),
                        options.calm());
        this.broker =
                new Broker(
                        settings,
                        new Environment(
                                clock,
                                loops,
                                network,
                                options.disk(),
                                offload,
                                background,
                                new SystemEntropy()),
                        new Broker.Surroundings(
                                registry,
                                links,
                                options.wanOneWay().isZero()
                                        ? network
                                        : new WanNetwork(network, clock, options.wanOneWay()),
                                registry::expectsMore,
                                peers,
                                board,
                                sites(settings)),
                        new Observer());
        this.admin = openAdmin(registry, peers);
        loop.execute(() -> {
            refresh(registry, peers, loop);
            board.start(new BrokerVoice(broker, registry));
        });
    }

    /**
     * Starts a broker; returns when it serves clients.
     *
     * @throws StartRefused when it cannot, with what to do about it; nothing is left running
     */
    public static BrokerServer start(BrokerSettings settings, Options options) throws StartRefused {
        var server = new BrokerServer(settings, options);
        server.broker.start();
        server.life.awaitStart(server::close);
        return server;
    }

    /**
     * @param wanOneWay latency that links into this region are given in each direction, for
     *     demonstrations; zero for none
     * @param disk where the data directory is; another one than this machine's own in tests
     * @param brokersInProcess how many brokers share the memory of this process, itself included
     * @param calm how long it serves before it takes part in the registry of its region
     */
    public record Options(Duration wanOneWay, Disk disk, int brokersInProcess, Duration calm) {

        /** No emulated latency. */
        public static final Options STANDARD = new Options(Duration.ZERO);

        /** On this machine's file system. */
        public Options(Duration wanOneWay) {
            this(wanOneWay, new FileDisk());
        }

        /** Alone in its process. */
        public Options(Duration wanOneWay, Disk disk) {
            this(wanOneWay, disk, 1, RegionBoard.CALM);
        }

        /** The same for one of several brokers in one process. */
        public Options among(int brokers) {
            return new Options(wanOneWay, disk, brokers, calm);
        }

        /** The same with another time before it takes part in the registry. */
        public Options calmFor(Duration time) {
            return new Options(wanOneWay, disk, brokersInProcess, time);
        }
    }

    /** What received frames may take, of the direct memory that this JVM really has. */
    private static FrameMemory frameMemory(BrokerSettings settings, Options options)
            throws StartRefused {
        long directBytes = ServerLife.directBytes("a broker", options.brokersInProcess());
        var memory = FrameMemory.within(directBytes, settings.networkThreads());
        int wanted = settings.config().integer("socket.request.max.bytes");
        if (wanted > memory.largeFrameBytesMax()) {
            LOG.atWarn()
                    .addKeyValue("socket.request.max.bytes", wanted)
                    .addKeyValue("bytesTaken", memory.largeFrameBytesMax())
                    .addKeyValue("directBytes", directBytes)
                    .log("Requests above half of the direct memory are refused; see TOMBOLO_HEAP");
        }
        return memory;
    }

    private static Map<RegionId, List<Endpoint>> peers(BrokerSettings settings) {
        var peers = new HashMap<RegionId, List<Endpoint>>();
        for (Region.Hosted region : settings.topology().hostedRegions()) {
            if (!region.id().equals(settings.region().id())) {
                peers.put(
                        region.id(), region.brokers().stream().map(Region.Broker::admin).toList());
            }
        }
        return peers;
    }

    /** The way to the voters of the ownership ledger, where the file has one. */
    private static SitePost sites(BrokerSettings settings) {
        return settings.topology().guarantee() instanceof Guarantee.Quorum quorum
                ? HttpSitePost.of(settings.topology(), quorum)
                : SitePost.NOWHERE;
    }

    /** The admin addresses of the other brokers of this region. */
    private static Map<Integer, Endpoint> brokersBeside(BrokerSettings settings) {
        var beside = new HashMap<Integer, Endpoint>();
        for (Region.Broker broker : settings.region().brokers()) {
            if (!broker.id().equals(settings.id())) {
                beside.put(broker.id().value(), broker.admin());
            }
        }
        return beside;
    }

    private static LinkProvider linkProvider() throws StartRefused {
        for (LinkProvider provider : ServiceLoader.load(LinkProvider.class)) {
            if (provider.type() == LinkType.CLUSTER_LINK) {
                return provider;
            }
        }
        throw new StartRefused(
                "no module for links is on the class path", "use the distribution as it is built");
    }

    private HttpListener openAdmin(HttpRegistry registry, PeerBrokers peers) throws StartRefused {
        try {
            return HttpListener.open(
                    loops,
                    settings.self().admin(),
                    new AdminRoutes(
                            broker,
                            new AdminRoutes.Told(registry, peers, board),
                            new Probes(settings, broker, loops)),
                    problem -> LOG.warn("An admin request failed", problem));
        } catch (UncheckedIOException taken) {
            closeThreads();
            throw new StartRefused(
                    "no port for administration: " + StartRefused.reason(taken),
                    "stop what listens there (ss -ltnp names it), or give the region another"
                            + " admin: address");
        }
    }

    /** Asks the other regions and brokers now and then, for as long as the loop lives. */
    private static void refresh(HttpRegistry registry, PeerBrokers peers, EventLoop loop) {
        registry.refresh();
        if (!peers.askedWithin(PEERS_NANOS)) {
            peers.refresh();
        }
        loop.schedule(REGISTRY_NANOS, () -> refresh(registry, peers, loop));
    }

    private void loopFailed(Throwable problem) {
        LOG.atError().setCause(problem).log("A task of the broker failed");
        life.fail("a task of the broker failed: " + problem, StartRefused.Fix.REPORT);
    }

    /** Where clients connect. */
    public Endpoint kafka() {
        return settings.self().kafka();
    }

    /** Where commands and the other regions connect. */
    public Endpoint admin() {
        return admin.address();
    }

    /** Blocks until the broker cannot go on; returns why. Never returns in an orderly life. */
    public String awaitFailure() throws InterruptedException {
        return life.awaitFailure();
    }

    /** As {@link #stop}, in the usual time. */
    @Override
    public void close() {
        stop(GRACE);
    }

    /**
     * Stops in an orderly way: hands over what it leads while it serves, then closes the logs and
     * marks them clean. The admin interface tells of it until the end. Repeatable.
     *
     * @param grace how long all of it may take; two thirds, or all but ten seconds, to hand over
     */
    public void stop(Duration grace) {
        var stopped = new CountDownLatch(1);
        Duration most = grace.minus(CLOSING);
        Duration share = grace.multipliedBy(2).dividedBy(3);
        Duration patience = most.compareTo(share) > 0 ? most : share;
        // Who cannot go on may not even hear who the controller is.
        broker.stop(life.failed() ? Duration.ZERO : patience, stopped::countDown);
        try {
            if (!stopped.await(grace.toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn("The broker did not stop in time; its logs are checked at the next start");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        board.close();
        admin.close();
        closeThreads();
    }

    /** What it leads, while it stops, and has not handed over; empty when nothing. Any thread. */
    public String notHandedOver() {
        return broker.core().map(BrokerCore::notHandedOver).orElse("");
    }

    private void closeThreads() {
        try {
            background.close();
            offload.close();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        loops.close();
    }

    /** Turns what happens into log lines and futures. */
    private final class Observer implements BrokerObserver {

        @Override
        public void repaired(Recovery recovery) {
            LOG.atWarn()
                    .addKeyValue("log", recovery.log())
                    .addKeyValue("truncatedBytes", recovery.truncatedBytes())
                    .addKeyValue("repairs", recovery.repairs())
                    .log("A log was repaired at start");
        }

        @Override
        public void partitionOffline(TopicPartition partition, Exception cause) {
            LOG.atError()
                    .addKeyValue("partition", partition)
                    .setCause(cause)
                    .log("A partition is offline: its clients get KAFKA_STORAGE_ERROR");
        }

        @Override
        public void partitionDamaged(TopicPartition partition, LogDamage damage) {
            LOG.atError()
                    .addKeyValue("partition", partition)
                    .addKeyValue("fromOffset", damage.fromOffset())
                    .addKeyValue("toOffset", damage.toOffset())
                    .setCause(damage)
                    .log("Records are damaged on this disk: whoever reads them gets an error");
        }

        @Override
        public void partitionUncleanable(TopicPartition partition, Exception cause) {
            LOG.atError()
                    .addKeyValue("partition", partition)
                    .setCause(cause)
                    .log(
                            "A partition cannot be compacted and grows; it is tried again now and"
                                    + " then");
        }

        @Override
        public void partitionRepaired(TopicPartition partition, long endOffset) {
            LOG.atInfo()
                    .addKeyValue("partition", partition)
                    .addKeyValue("endOffset", endOffset)
                    .log("A partition that was offline is in use again");
        }

        @Override
        public void partitionRoom(TopicPartition partition, boolean enough) {
            (enough ? LOG.atInfo() : LOG.atError())
                    .addKeyValue("partition", partition)
                    .log(
                            enough
                                    ? "A partition takes records again"
                                    : "The disk is full: a partition takes no records until there"
                                            + " is room; those that it has can be read");
        }

        @Override
        public void strayLogs(StrayLogs found) {
            found.strays().stream()
                    .collect(Collectors.partitioningBy(Stray::forGood))
                    .forEach(this::tellStrays);
        }

        private void tellStrays(boolean deleted, List<Stray> strays) {
            if (strays.isEmpty()) {
                return;
            }
            LOG.atWarn()
                    .addKeyValue("count", strays.size())
                    .addKeyValue("first", strays.stream().limit(10).map(Stray::name).toList())
                    .log(
                            deleted
                                    ? "Logs of replicas that are not here any more are deleted"
                                    : "Logs that the metadata do not explain are set aside as"
                                            + " -stray");
        }

        @Override
        public void waiting(String reason) {
            LOG.atWarn().addKeyValue("reason", reason).log("This broker waits for others");
        }

        @Override
        public void handingOver(String progress) {
            LOG.atInfo().addKeyValue("progress", progress).log("This broker hands over and stops");
        }

        @Override
        public void uncleanLeaders(List<UncleanLeaders.Elected> leaders) {
            tell(
                    leaders.stream().filter(one -> !one.lastKnown()).toList(),
                    LOG.atError(),
                    "Leaders were elected uncleanly: committed records may be lost");
            tell(
                    leaders.stream().filter(UncleanLeaders.Elected::lastKnown).toList(),
                    LOG.atWarn(),
                    "Last known leaders lead again after an unclean stop: if their machine lost"
                            + " power, committed records may be lost");
        }

        private static void tell(
                List<UncleanLeaders.Elected> leaders, LoggingEventBuilder line, String what) {
            if (!leaders.isEmpty()) {
                var first = leaders.getFirst();
                line.addKeyValue("count", leaders.size())
                        .addKeyValue("firstPartition", first.partition())
                        .addKeyValue("lostFromOffset", first.lostFromOffset().orElse(-1))
                        .addKeyValue("oldLeader", first.oldLeader())
                        .log(what);
            }
        }

        @Override
        public void recordsDiscarded(UncleanLeaders.Lost lost) {
            Discarded records = lost.records();
            LOG.atError()
                    .addKeyValue("partition", lost.partition())
                    .addKeyValue("fromOffset", records.fromOffset())
                    .addKeyValue("toOffset", records.toOffset())
                    .addKeyValue("committedToOffset", records.committedToOffset())
                    .log("Records that may have been acknowledged were thrown away");
        }

        @Override
        public void commitLost(String transactionalId, TopicPartition partition) {
            LOG.atError()
                    .addKeyValue("transactionalId", transactionalId)
                    .addKeyValue("partition", partition)
                    .log(
                            "A committed transaction may be aborted: another region took the topic"
                                    + " over before its records were marked");
        }

        @Override
        public void metadataRoom(Room room) {
            RoomNews.tell(LOG, room);
        }

        @Override
        public void directoryOffline(Path directory, Exception cause) {
            LOG.atError()
                    .addKeyValue("directory", directory)
                    .setCause(cause)
                    .log("A log directory is offline: its partitions are led by other brokers");
        }

        @Override
        public void remarked(String remark) {
            LOG.atWarn().addKeyValue("remark", remark).log("A log directory was put right");
        }

        @Override
        public void serving() {
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
