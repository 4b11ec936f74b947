package io.tombolo.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.nodes.KafkaNode;
import io.tombolo.nodes.NodeProgram;
import io.tombolo.nodes.Nodes;
import io.tombolo.nodes.TomboloNode;
import io.tombolo.nodes.Wires;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Three nodes, stock clients and faults. In a build one short round is played; {@code
 * -Dchaos.minutes=60} plays rounds for an hour, {@code -Dchaos.seed=} repeats a schedule, {@code
 * -Dchaos.apart=true} has the nodes be three brokers and three controllers, and {@code
 * -Dchaos.system=kafka} torments a real Apache Kafka instead.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ChaosEndToEnd {

    private static final int SIZE = 3;
    private static final int FAULTS_PER_ROUND = 6;
    private static final long MINUTES = Long.getLong("chaos.minutes", 0);
    private static final String SYSTEM = System.getProperty("chaos.system", "tombolo");
    private static final boolean CONTROLLERS_APART = Boolean.getBoolean("chaos.apart");
    private static final Map<String, String> CONFIG =
            Map.of(
                    "broker.heartbeat.interval.ms", "500",
                    "broker.session.timeout.ms", "3000",
                    "replica.lag.time.max.ms", "3000",
                    "default.replication.factor", "3",
                    "min.insync.replicas", "2",
                    "offsets.topic.replication.factor", "3",
                    "offsets.topic.num.partitions", "2",
                    "auto.create.topics.enable", "false",
                    "group.initial.rebalance.delay.ms", "0");

    private Wires wires;
    private Nodes nodes;

    @BeforeAll
    void start(@TempDir Path folder) {
        int internal = Nodes.freePort();
        wires = Wires.widest(SIZE, internal);
        var ports = new NodeProgram.Ports(Nodes.freePort(), Nodes.freePort(), internal);
        NodeProgram program =
                SYSTEM.equals("kafka") ? new KafkaNode() : new TomboloNode(CONTROLLERS_APART);
        var plan = new NodeProgram.Plan(folder, SIZE, ports, wires, new TreeMap<>(CONFIG));
        nodes = new Nodes(program, plan);
        nodes.start(nodes.processes());
        System.out.println("Chaos for " + program.title() + ", wires: " + wires.getClass());
    }

    @AfterAll
    void stop() {
        nodes.close();
        wires.close();
    }

    @Test
    @Order(1)
    void noFaultLosesRepeatsOrReordersWhatAllInSyncReplicasHave() {
        long seed = Long.getLong("chaos.seed", System.nanoTime() & 0xFFFF);
        System.out.println("-Dchaos.seed=" + seed);
        if (MINUTES == 0) {
            assertThat(new Round(nodes, "chaos-0").play(FaultPlan.brief(seed))).isEmpty();
        } else {
            playRounds(seed);
        }
    }

    @Test
    @Order(2)
    void theCheckerFindsWhatIsLostWhenOnlyTheLeaderAcknowledges() throws Exception {
        var found = new Loss(nodes, "leader-only").withAcknowledgementsOfTheLeaderAlone();

        assertThat(found).extracting(Anomaly::kind).contains(Anomaly.Kind.LOST);
    }

    @Test
    @Order(3)
    void theCheckerFindsWhatIsLostByUncleanElections() throws Exception {
        var found = new Loss(nodes, "unclean").withUncleanElections();

        assertThat(found).extracting(Anomaly::kind).contains(Anomaly.Kind.LOST);
    }

    @Test
    @Order(4)
    void replicasAreEqualAfterAllThat() {
        nodes.all().forEach(nodes::kill);

        var written = Pattern.compile("__consumer_offsets-\\d+");
        assertThat(ReplicaFiles.compare(folders(), written)).isEmpty();
    }

    private void playRounds(long first) {
        long deadline = System.nanoTime() + Duration.ofMinutes(MINUTES).toNanos();
        for (long seed = first; System.nanoTime() < deadline; seed++) {
            System.out.println("-Dchaos.seed=" + seed);
            var faults = FaultPlan.of(seed, FAULTS_PER_ROUND, wires.cutClients());
            assertThat(new Round(nodes, "chaos-" + seed).play(faults)).isEmpty();
        }
    }

    private Map<Integer, Path> folders() {
        var folders = new TreeMap<Integer, Path>();
        nodes.all().forEach(node -> folders.put(node, nodes.data(node)));
        return folders;
    }
}
