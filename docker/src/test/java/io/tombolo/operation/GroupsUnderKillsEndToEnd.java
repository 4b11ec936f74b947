package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.nodes.NodeProcess;

import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.GroupState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** Groups of both protocols whose members and whose coordinator are killed. */
class GroupsUnderKillsEndToEnd {

    private static final int[] ALL = {1, 2, 3};
    private static final int PARTITIONS = 4;
    private static final int FED = 40;
    private static final List<String> PROTOCOLS = List.of("classic", "consumer");

    @TempDir Path folder;

    private final List<String> written = new ArrayList<>();

    @Test
    void othersReadOnWhenMembersAndTheirCoordinatorAreKilled() throws Exception {
        try (var cluster =
                        new Cluster(folder)
                                .with("offsets.topic.num.partitions", "1")
                                .with("group.initial.rebalance.delay.ms", "0")
                                .with("group.consumer.min.session.timeout.ms", "1000")
                                .with("group.min.session.timeout.ms", "1000")
                                .with("group.consumer.session.timeout.ms", "4000")
                                .with("group.consumer.min.heartbeat.interval.ms", "100")
                                .with("group.consumer.heartbeat.interval.ms", "500");
                var members = new Members()) {
            cluster.spawn(ALL);
            cluster.clients(1).replicate("in", PARTITIONS);
            String bootstrap = cluster.everybody().bootstrap();
            PROTOCOLS.forEach(protocol -> members.join(bootstrap, protocol));
            var victims = PROTOCOLS.stream().map(each -> victim(bootstrap, each)).toList();
            PROTOCOLS.forEach(protocol -> awaitStable(cluster, protocol, 2));
            feed(cluster);

            victims.forEach(NodeProcess::close);
            feed(cluster);

            PROTOCOLS.forEach(protocol -> awaitStable(cluster, protocol, 1));
            members.awaitRead(written);

            PROTOCOLS.forEach(protocol -> members.join(bootstrap, protocol));
            PROTOCOLS.forEach(protocol -> awaitStable(cluster, protocol, 2));
            cluster.kill(coordinator(cluster));
            feed(cluster);

            members.awaitRead(written);
            PROTOCOLS.forEach(protocol -> awaitStable(cluster, protocol, 2));
            PROTOCOLS.forEach(protocol -> awaitAllCommitted(cluster, protocol));
        }
    }

    /** Consumers of both groups in this process. */
    private static final class Members implements AutoCloseable {

        private final Map<String, List<GroupMember>> byProtocol = new ConcurrentHashMap<>();

        void join(String bootstrap, String protocol) {
            byProtocol
                    .computeIfAbsent(protocol, _ -> new ArrayList<>())
                    .add(new GroupMember(bootstrap, protocol, "in"));
        }

        /** Returns when each group has read all of it. */
        void awaitRead(List<String> values) {
            byProtocol.forEach((protocol, members) ->
                    Patience.until(() -> {
                        Set<String> read = ConcurrentHashMap.newKeySet();
                        members.forEach(member -> read.addAll(member.read()));
                        assertThat(read).as(protocol).containsAll(values);
                    }));
        }

        @Override
        public void close() {
            byProtocol.values().forEach(members -> members.forEach(GroupMember::close));
        }
    }

    /** A member as a process of its own, which reads and commits nothing; it has partitions. */
    private NodeProcess victim(String bootstrap, String protocol) {
        Path ready = folder.resolve(protocol + ".ready");
        var process =
                NodeProcess.start(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx64m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                GroupMember.class.getName(),
                                bootstrap,
                                protocol,
                                "in",
                                ready.toString()),
                        folder.resolve(protocol + ".out"));
        Patience.untilTrue(
                protocol + " has partitions: " + process.lastOutput(), ready.toFile()::exists);
        return process;
    }

    private void feed(Cluster cluster) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            int from = written.size();
            String[] values =
                    IntStream.range(from, from + FED)
                            .mapToObj(String::valueOf)
                            .toArray(String[]::new);
            cluster.everybody().produce("in", partition, values);
            written.addAll(List.of(values));
        }
    }

    private static void awaitStable(Cluster cluster, String group, int members) {
        Patience.until(() -> {
            ConsumerGroupDescription described = described(cluster, group);
            assertThat(described.groupState()).as(group).isEqualTo(GroupState.STABLE);
            assertThat(described.members()).as(group).hasSize(members);
            assertThat(
                            described.members().stream()
                                    .map(MemberDescription::assignment)
                                    .flatMap(share -> share.topicPartitions().stream()))
                    .as(group)
                    .hasSize(PARTITIONS)
                    .doesNotHaveDuplicates();
        });
    }

    private static ConsumerGroupDescription described(Cluster cluster, String group) {
        return cluster.everybody()
                .admin(admin -> admin.describeConsumerGroups(List.of(group)).all())
                .get(group);
    }

    private static int coordinator(Cluster cluster) {
        int coordinator = described(cluster, PROTOCOLS.getFirst()).coordinator().id();
        assertThat(described(cluster, PROTOCOLS.getLast()).coordinator().id())
                .isEqualTo(coordinator);
        return coordinator;
    }

    private static void awaitAllCommitted(Cluster cluster, String group) {
        Clients clients = cluster.everybody();
        Patience.until(() -> {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                assertThat(clients.committed(group, "in", partition))
                        .as(group)
                        .isEqualTo(clients.end("in", partition));
            }
        });
    }
}
