package io.tombolo.broker.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.TopicConfigs;
import io.tombolo.broker.publish.Hosting.Wanted;
import io.tombolo.broker.shard.Shard;
import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.Environment;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.simulated.DiskOperation;
import io.tombolo.environment.simulated.SimulatedNode;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.region.config.BrokerConfig;
import io.tombolo.region.config.TopicConfig;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Role;
import io.tombolo.replication.Role.Leader;
import io.tombolo.replication.Role.WriteAccess;
import io.tombolo.replication.leader.Leadership;
import io.tombolo.replication.leader.Peers;
import io.tombolo.storage.directory.DirectoriesResult;
import io.tombolo.storage.directory.DirectoryPaths;
import io.tombolo.storage.directory.LogDirectories;
import io.tombolo.storage.log.DirectoryIdentity;
import io.tombolo.storage.log.LogEnvironment;
import io.tombolo.storage.log.LogName;
import io.tombolo.storage.log.LogPlacement;
import io.tombolo.storage.log.LogSettings;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What becomes of partitions whose logs cannot be made or read. */
class HostingTest {

    private static final Path DATA = Path.of("/data");
    private static final TopicIdPartition ORDERS =
            new TopicIdPartition(new Uuid(1, 2), 0, "orders");
    private static final TopicIdPartition OTHERS =
            new TopicIdPartition(new Uuid(3, 4), 0, "others");

    private final Simulator simulator = new Simulator(1);
    private final SimulatedNode node = simulator.addNode("one", 1);
    private final TopicConfigs configs = new TopicConfigs(() -> BrokerConfig.STANDARD);
    private final List<Partition> hosted = new ArrayList<>();
    private final List<TopicIdPartition> offline = new ArrayList<>();
    private @Nullable LogDirectories directories;
    private @Nullable Hosting hosting;

    @BeforeEach
    void openDirectory() {
        node.disk().mount(DATA);
        node.start(this::begin);
        simulator.runUntil(() -> hosting != null, Duration.ofSeconds(9));
    }

    private void begin(Environment environment) {
        hosting = null;
        var logs =
                new LogEnvironment(
                        environment.disk(),
                        environment.offload(),
                        environment.clock(),
                        environment.entropy());
        EventLoop loop = environment.loops().loop(0);
        LogDirectories.open(
                DirectoryPaths.of(List.of(DATA.resolve("broker"))),
                new DirectoryIdentity("cluster", 1),
                logs,
                _ -> new LogPlacement(LogSettings.STANDARD, loop),
                loop,
                result -> {
                    directories = ((DirectoriesResult.Opened) result).directories();
                    hosting = hosting(environment, directories);
                });
    }

    private Hosting hosting(Environment environment, LogDirectories opened) {
        return new Hosting(
                new Shards(environment.loops()).all().getFirst(),
                opened,
                configs,
                new Partition.Surroundings(
                        environment.loops().loop(0), environment.clock(), Peers.NONE),
                new PartitionPublisher.Audience(hosted::add, (id, _) -> offline.add(id)));
    }

    private void cast(TopicIdPartition id, int epoch) {
        cast(id, epoch, Hosting.Assigned.NOWHERE);
    }

    private void cast(TopicIdPartition id, int epoch, Hosting.Assigned where) {
        var role = new Leader(Leadership.alone(1, epoch), new WriteAccess.Open());
        var wanted = new Wanted(role, TopicConfig.of(Map.of(), BrokerConfig.STANDARD), where);
        on(() -> hosting.cast(id, wanted));
    }

    /** Does something on the loop and lets its work off the loop end. */
    private void on(Runnable step) {
        node.environment().loops().loop(0).execute(step);
        simulator.runFor(Duration.ofMillis(200));
    }

    /** What a client is told that asks for the partition; empty when it is not hosted. */
    private Optional<Errors> answerOf(TopicIdPartition id) {
        Shard shard = hosting.shard();
        return Optional.ofNullable(shard.find(id)).map(found -> found.checkEpoch(-1));
    }

    /** A folder of the name of the log, in which files are looked for when it is made. */
    private void somethingInTheWay(TopicIdPartition id) {
        Path folder = DATA.resolve("broker").resolve(id.topicPartition().toString());
        try {
            node.disk().createDirectories(folder);
        } catch (IOException unexpected) {
            throw new UncheckedIOException(unexpected);
        }
    }

    private void failBelow(TopicIdPartition id, DiskOperation.Kind kind) {
        somethingInTheWay(id);
        String folder = id.topic() + "-" + id.partition();
        node.disk()
                .failWhen(operation ->
                        operation.kind() == kind && operation.path().toString().contains(folder));
    }

    @Test
    void aLogThatCannotBeMadeIsAStorageErrorAndToldOnce() {
        failBelow(ORDERS, DiskOperation.Kind.OPEN);

        cast(ORDERS, 1);
        cast(OTHERS, 1);
        cast(ORDERS, 2);

        assertThat(answerOf(ORDERS)).contains(Errors.KAFKA_STORAGE_ERROR);
        assertThat(answerOf(OTHERS)).contains(Errors.NONE);
        assertThat(offline).containsExactly(ORDERS);
        assertThat(hosted).extracting(Partition::id).containsExactly(OTHERS);
    }

    @Test
    void itIsTriedAgainUntilThereIsRoom() {
        somethingInTheWay(ORDERS);
        node.disk().capacityBytes(0);
        cast(ORDERS, 1);
        simulator.runFor(Duration.ofMinutes(10));
        assertThat(answerOf(ORDERS)).contains(Errors.KAFKA_STORAGE_ERROR);

        node.disk().capacityBytes(Long.MAX_VALUE);
        simulator.runFor(Hosting.PAUSE_MAX.plusSeconds(1));

        assertThat(answerOf(ORDERS)).contains(Errors.NONE);
        assertThat(offline).containsExactly(ORDERS);
        assertThat(hosted).extracting(Partition::role).extracting(Role::leaderEpoch).contains(1);
    }

    @Test
    void attemptsBecomeRarer() {
        somethingInTheWay(ORDERS);
        var attempts = new ArrayList<Long>();
        node.disk()
                .failWhen(operation -> {
                    if (operation.kind() == DiskOperation.Kind.CREATE_DIRECTORIES) {
                        attempts.add(simulator.nowNanos());
                        return true;
                    }
                    return false;
                });

        cast(ORDERS, 1);
        simulator.runFor(Duration.ofMinutes(10));

        // 1 + 2 + 4 + 8 + 16 + 32 seconds, and once a minute from then on.
        assertThat(attempts).hasSizeBetween(14, 16);
    }

    @Test
    void beingPublishedAgainIsReasonEnoughToTry() {
        failBelow(ORDERS, DiskOperation.Kind.OPEN);
        cast(ORDERS, 1);
        simulator.runFor(Duration.ofMinutes(10));
        node.disk().failNever();

        cast(ORDERS, 2);

        assertThat(answerOf(ORDERS)).contains(Errors.NONE);
        assertThat(hosted.getFirst().role().leaderEpoch()).isEqualTo(2);
    }

    @Test
    void aTopicThatIsDeletedIsTriedNoMore() {
        failBelow(ORDERS, DiskOperation.Kind.OPEN);
        cast(ORDERS, 1);

        on(() -> hosting.drop(ORDERS));
        node.disk().failNever();
        simulator.runFor(Duration.ofMinutes(10));

        assertThat(answerOf(ORDERS)).isEmpty();
        assertThat(directories.first().names()).isEmpty();
    }

    @Test
    void whoIsClosedTriesNoMore() {
        failBelow(ORDERS, DiskOperation.Kind.OPEN);
        cast(ORDERS, 1);

        on(hosting::close);
        node.disk().failNever();
        simulator.runFor(Duration.ofMinutes(10));

        assertThat(answerOf(ORDERS)).contains(Errors.KAFKA_STORAGE_ERROR);
        assertThat(directories.first().names()).isEmpty();
    }

    @Test
    void whoseFolderIsGoneIsOfflineWhereverItIsBelievedToBeAndNewWhereNobodyKnowsOfIt()
            throws Exception {
        loseFolders(ORDERS, OTHERS);

        Uuid here = Hosting.kafka(directories.first().directoryId());
        cast(ORDERS, 2, new Hosting.Assigned(here, true));
        cast(OTHERS, 2);

        assertThat(answerOf(ORDERS)).contains(Errors.KAFKA_STORAGE_ERROR);
        assertThat(answerOf(OTHERS)).contains(Errors.NONE);
        node.kill();
        node.restart();
        simulator.runUntil(() -> hosting != null, Duration.ofSeconds(9));
        cast(ORDERS, 3, new Hosting.Assigned(BrokerRegistration.LOST, true));
        assertThat(answerOf(ORDERS)).contains(Errors.KAFKA_STORAGE_ERROR);
    }

    @Test
    void aNewTopicIsNotTakenForAnEarlierOneOfItsNameWhoseFolderIsGone() throws Exception {
        loseFolders(ORDERS, OTHERS);

        cast(
                ORDERS,
                2,
                new Hosting.Assigned(Hosting.kafka(directories.first().directoryId()), false));

        assertThat(answerOf(ORDERS)).contains(Errors.NONE);
        assertThat(hosted.getLast().log().endOffset()).isZero();
    }

    /** Logs that had records, whose folders somebody takes away while the broker is stopped. */
    private void loseFolders(TopicIdPartition... ids) throws IOException {
        for (TopicIdPartition id : ids) {
            cast(id, 1);
        }
        on(() -> hosted.forEach(it -> it.log().truncateFullyAndStartAt(3)));
        on(() -> directories.close(1, node.environment().loops().loop(0), _ -> {}));
        node.kill();
        for (TopicIdPartition id : ids) {
            Path log = DATA.resolve("broker").resolve(id.topicPartition().toString());
            node.disk().move(log, DATA.resolve("away-" + id.topic()));
        }
        node.restart();
        simulator.runUntil(() -> hosting != null, Duration.ofSeconds(9));
    }

    @Test
    void aLogWhoseOwnerCannotBeReadIsOfflineAndKept() {
        cast(ORDERS, 1);
        on(() -> hosted.getFirst().log().truncateFullyAndStartAt(0)); // makes its files
        node.kill();
        node.disk()
                .failWhen(operation ->
                        operation.kind() == DiskOperation.Kind.READ
                                && operation.path().endsWith("partition.metadata"));
        node.restart();
        simulator.runUntil(() -> hosting != null, Duration.ofSeconds(9));
        node.disk().failNever();

        cast(ORDERS, 2);

        assertThat(answerOf(ORDERS)).contains(Errors.KAFKA_STORAGE_ERROR);
        assertThat(directories.first().names()).containsExactly(new LogName("orders", 0));
        node.kill();
        node.restart();
        simulator.runUntil(() -> hosting != null, Duration.ofSeconds(9));
        cast(ORDERS, 3);
        assertThat(answerOf(ORDERS)).contains(Errors.NONE);
    }
}
