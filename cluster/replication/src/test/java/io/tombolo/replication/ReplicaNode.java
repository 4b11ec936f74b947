package io.tombolo.replication;

import io.tombolo.environment.Environment;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.simulated.SimulatedNode;
import io.tombolo.region.LinkName;
import io.tombolo.replication.Partition.Surroundings;
import io.tombolo.replication.Role.Follower;
import io.tombolo.replication.Role.Idle;
import io.tombolo.replication.Role.Leader;
import io.tombolo.replication.Role.MirrorLeader;
import io.tombolo.replication.Role.WriteAccess;
import io.tombolo.replication.fetch.FetcherEvent;
import io.tombolo.replication.fetch.FetcherRequest;
import io.tombolo.replication.fetch.FetcherSettings;
import io.tombolo.replication.fetch.ReplicaFetcher;
import io.tombolo.replication.leader.Leadership;
import io.tombolo.replication.leader.Peers;
import io.tombolo.replication.leader.Peers.Standing;
import io.tombolo.storage.log.CreateResult;
import io.tombolo.storage.log.DirectoryIdentity;
import io.tombolo.storage.log.LogDirectory;
import io.tombolo.storage.log.LogEnvironment;
import io.tombolo.storage.log.LogName;
import io.tombolo.storage.log.LogPlacement;
import io.tombolo.storage.log.LogSettings;
import io.tombolo.storage.log.OpenResult;
import io.tombolo.storage.log.PartitionLog;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/** One broker of a {@link ReplicaRegion}: a real partition, a real fetcher, a small driver. */
final class ReplicaNode {

    static final TopicIdPartition ID = new TopicIdPartition(new Uuid(1, 2), 0, "orders");
    static final Duration LAG_MAX = Duration.ofSeconds(1);

    private static final Path DIRECTORY = Path.of("/data/one");
    private static final LogName NAME = new LogName("orders", 0);
    private static final FetcherSettings FETCHING =
            new FetcherSettings(
                    Duration.ofMillis(100),
                    1,
                    1 << 20,
                    1 << 16,
                    Duration.ofMillis(20),
                    Duration.ofMillis(300));

    final int id;
    final SimulatedNode node;
    private final ReplicaRegion region;
    int life;
    long brokerEpoch = -1;
    boolean cleanOnDisk = true;
    @Nullable Partition partition;
    @Nullable Environment environment;
    private ModelController.@Nullable Image image;
    private @Nullable ReplicaFetcher fetcher;
    private int fetchedLeader = -1;
    private EventLoop.Timer wake = () -> {};
    private @Nullable ReplicaMender mender;

    ReplicaNode(int id, ReplicaRegion region) {
        this.id = id;
        this.region = region;
        this.node = region.simulator.addNode("broker" + id, 1);
        node.disk().mount(Path.of("/data"));
        node.start(this::begin);
    }

    private void begin(Environment started) {
        environment = started;
        life++;
        EventLoop loop = started.loops().loop(0);
        var logs =
                new LogEnvironment(
                        started.disk(), started.offload(), started.clock(), started.entropy());
        LogDirectory.open(
                DIRECTORY,
                new DirectoryIdentity("cluster-a", id),
                logs,
                _ -> new LogPlacement(LogSettings.STANDARD, loop),
                loop,
                result -> {
                    if (result instanceof OpenResult.Opened opened) {
                        openLog(opened.directory(), loop);
                    }
                });
    }

    private void openLog(LogDirectory directory, EventLoop loop) {
        mender = new ReplicaMender(this, region, directory, NAME);
        Optional<PartitionLog> present = directory.log(NAME);
        if (present.isPresent()) {
            host(present.get());
            return;
        }
        directory.createLog(
                NAME,
                Optional.of(new UUID(1, 2)),
                new LogPlacement(LogSettings.STANDARD, loop),
                result -> {
                    if (result instanceof CreateResult.Created(PartitionLog log)) {
                        host(log);
                    }
                });
    }

    private void host(PartitionLog log) {
        use(log);
        brokerEpoch = region.controller.register(id, cleanOnDisk);
        cleanOnDisk = false;
        region.started(this);
        tick();
    }

    /** Puts a partition on a log; the one before, if there was one, has failed. */
    void use(PartitionLog log) {
        Environment here = running();
        var peers =
                new Peers(
                        broker ->
                                image == null
                                        ? Optional.empty()
                                        : Optional.ofNullable(image.standings().get(broker)),
                        (_, proposal, answer) -> region.propose(this, proposal, answer),
                        LAG_MAX,
                        Duration.ofMillis(500));
        var made =
                new Partition(
                        ID,
                        log,
                        ReplicaRegion.SETTINGS,
                        new Surroundings(here.loops().loop(0), here.clock(), peers),
                        region.mutant.rules());
        partition = made;
        ReplicaMender ours = mender;
        if (region.trouble != null && ours != null) {
            made.onOffline(cause -> ours.failed(made, cause));
        }
        ModelController.Image known = image;
        if (known != null) {
            take(made, known);
        }
    }

    Environment running() {
        if (environment == null) {
            throw new IllegalStateException("broker " + id + " does not run");
        }
        return environment;
    }

    /** Ends the process. */
    void crash(boolean power) {
        if (power) {
            node.losePower();
        } else {
            node.kill();
        }
        partition = null;
        mender = null;
        environment = null;
        image = null;
        fetcher = null;
        fetchedLeader = -1;
        brokerEpoch = -1;
    }

    private void tick() {
        if (partition != null) {
            partition.reviewReplicas();
            running().loops().loop(0).schedule(LAG_MAX.toNanos() / 4, this::tick);
        }
    }

    /** News from the controller, which may come late and out of order. */
    void learn(ModelController.Image news) {
        Partition here = partition;
        if (here == null || image != null && image.version() >= news.version()) {
            return;
        }
        Standing own = news.standings().get(id);
        if (own == null || own.brokerEpoch() != brokerEpoch) {
            return; // from before this start: what it says of this log may not hold any more
        }
        image = news;
        Optional.ofNullable(mender).ifPresent(it -> it.cast(roleIn(news), news.outOfUse()));
        take(here, news);
    }

    /** The role of the last image. */
    Role role() {
        return image == null ? new Idle() : roleIn(image);
    }

    private void take(Partition here, ModelController.Image news) {
        Role role = roleIn(news);
        boolean same = role instanceof Follower && role.equals(here.role());
        if (!same) {
            if (region.mutant == ReplicaMutant.TRUNCATES_TO_THE_HIGH_WATERMARK
                    && role instanceof Follower) {
                here.log().truncateTo(here.highWatermark());
            }
            here.become(role);
            follow(here);
        }
    }

    private Role roleIn(ModelController.Image news) {
        if (news.leader() == id) {
            var leadership =
                    new Leadership(
                            id,
                            news.leaderEpoch(),
                            news.partitionEpoch(),
                            news.replicas(),
                            news.isr());
            return region.origin.isPresent()
                    ? new MirrorLeader(leadership, new LinkName("from-afar"), 1)
                    : new Leader(leadership, new WriteAccess.Open());
        }
        return news.leader() < 0 ? new Idle() : new Follower(news.leaderEpoch(), news.leader());
    }

    private void follow(Partition here) {
        if (!(here.role() instanceof Follower(int _, int leaderId, int _))) {
            if (fetcher != null) {
                drive(new FetcherEvent.Unfollowed(ID));
            }
            return;
        }
        if (leaderId != fetchedLeader || fetcher == null) {
            fetchedLeader = leaderId;
            fetcher = new ReplicaFetcher(FETCHING, new ReplicaFetcher.Identity(id, brokerEpoch));
        }
        drive(new FetcherEvent.Followed(here));
    }

    private void drive(FetcherEvent event) {
        ReplicaFetcher driven = fetcher;
        if (driven == null) {
            return;
        }
        EventLoop loop = running().loops().loop(0);
        long now = running().clock().nanoTime();
        Optional<FetcherRequest> request = driven.step(event, now);
        int leaderId = fetchedLeader;
        request.ifPresent(wanted ->
                region.ask(
                        this,
                        region.nodes.get(leaderId - 1),
                        wanted,
                        answer -> {
                            if (fetcher == driven) {
                                drive(answer);
                            }
                        }));
        wake.cancel();
        driven.wakeAtNanos()
                .ifPresent(at ->
                        wake = loop.schedule(at - now, () -> drive(new FetcherEvent.TimePassed())));
    }
}
