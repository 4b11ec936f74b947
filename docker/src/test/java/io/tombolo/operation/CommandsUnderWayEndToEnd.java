package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;

/**
 * Commands that are under way when the process of the active controller is killed; asked by a
 * client that never asks twice.
 */
class CommandsUnderWayEndToEnd {

    private static final ConfigResource ORDERS =
            new ConfigResource(ConfigResource.Type.TOPIC, "orders");
    private static final String KEY = "retention.ms";
    private static final int TIMEOUT_MS = 30_000;

    /** By the number of the command. */
    private final Map<Integer, Errors> created = new ConcurrentSkipListMap<>();

    private final Map<Integer, Errors> altered = new ConcurrentSkipListMap<>();
    private final AtomicBoolean over = new AtomicBoolean();

    @TempDir Path folder;

    @Test
    void aCommandIsDoneOnceOrNotAtAllAndSoItIsTold() throws Exception {
        try (var cluster = new Cluster(folder)) {
            cluster.spawn(1, 2, 3);
            Clients first = cluster.clients(1);
            first.create(ORDERS.name(), 1);
            int controller =
                    first.admin(admin -> admin.describeMetadataQuorum().quorumInfo()).leaderId();
            int witness = controller % 3 + 1;

            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var creating = threads.submit(() -> ask(cluster, witness, created, this::create));
                var altering = threads.submit(() -> ask(cluster, witness, altered, this::alter));
                awaitDone(created, 20);
                awaitDone(altered, 20);
                cluster.kill(controller);
                awaitDone(created, done(created).size() + 20);
                awaitDone(altered, done(altered).size() + 20);
                over.set(true);
                creating.get();
                altering.get();
            }

            // What was under way at the kill may have been done in time.
            assertThat(created.values()).isSubsetOf(Errors.NONE, Errors.NOT_CONTROLLER);
            assertThat(altered.values()).isSubsetOf(Errors.NONE, Errors.NOT_CONTROLLER);
            assertThat(cluster.clients(witness).topics())
                    .containsAll(done(created).stream().map(number -> "topic-" + number).toList());
            int last = done(altered).getLast();
            assertThat(Integer.parseInt(value(cluster.clients(witness))))
                    .isGreaterThanOrEqualTo(1_000_000 + last);
        }
    }

    private void ask(
            Cluster cluster,
            int broker,
            Map<Integer, Errors> answers,
            BiFunction<WireClient, Integer, Errors> command) {
        try (var client = new WireClient(cluster.clients(broker).bootstrap())) {
            for (int number = 0; !over.get(); number++) {
                answers.put(number, command.apply(client, number));
            }
        }
    }

    private Errors create(WireClient client, int number) {
        var request = new CreateTopicsRequestData().setTimeoutMs(TIMEOUT_MS);
        request.topics()
                .add(
                        new CreatableTopic()
                                .setName("topic-" + number)
                                .setNumPartitions(1)
                                .setReplicationFactor((short) 1));
        CreateTopicsResponseData answer = client.call(request, 7);
        return Errors.forCode(answer.topics().iterator().next().errorCode());
    }

    private Errors alter(WireClient client, int number) {
        var resource =
                new AlterConfigsResource()
                        .setResourceType(ORDERS.type().id())
                        .setResourceName(ORDERS.name());
        resource.configs()
                .add(
                        new AlterableConfig()
                                .setName(KEY)
                                .setConfigOperation(OpType.SET.id())
                                .setValue(Integer.toString(1_000_000 + number)));
        var request = new IncrementalAlterConfigsRequestData();
        request.resources().add(resource);
        IncrementalAlterConfigsResponseData answer = client.call(request, 1);
        return Errors.forCode(answer.responses().getFirst().errorCode());
    }

    private static void awaitDone(Map<Integer, Errors> answers, int count) {
        Patience.until(() -> assertThat(done(answers)).hasSizeGreaterThanOrEqualTo(count));
    }

    private static List<Integer> done(Map<Integer, Errors> answers) {
        var done = new ArrayList<Integer>();
        new TreeMap<>(answers)
                .forEach((number, error) -> {
                    if (error == Errors.NONE) {
                        done.add(number);
                    }
                });
        return done;
    }

    private static String value(Clients clients) {
        return clients.admin(admin -> admin.describeConfigs(List.of(ORDERS)).all())
                .get(ORDERS)
                .get(KEY)
                .value();
    }
}
