package io.tombolo.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.commands.Tombolo.Ended;
import io.tombolo.nodes.FreePorts;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Brokers of a real region that are emptied, and one that leaves it. */
class BrokerDrainEndToEnd {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long WAIT_NANOS_MAX = TimeUnit.SECONDS.toNanos(180);
    private static final int LINES = 300;
    private static final int LINE_BYTES = 9_000;

    private static final Pattern PROGRESS =
            Pattern.compile("eu-2 \\(.*\\): \\d replicas? left, .* at .*/s, about .* to go");

    private static final Pattern MOVES = Pattern.compile("eu-2  drains   .*, [1-9] on their way");

    @TempDir private Path folder;

    private Tombolo tombolo;
    private Background background;
    private ReplicaThrottle throttle;

    @BeforeEach
    void startTheRegion() throws IOException {
        int kafkaPort = FreePorts.claim(3);
        Files.writeString(
                folder.resolve("tombolo.yaml"),
                """
                tombolo: 1
                regions:
                  eu:
                    brokers: 3
                    kafka: "127.0.0.1:%d"
                    admin: "127.0.0.1:%d"
                    internal: "127.0.0.1:%d"
                    config: { replica.fetch.max.bytes: 20000 }
                """
                        .formatted(kafkaPort, FreePorts.claim(3), FreePorts.claim(3)));
        throttle = new ReplicaThrottle(kafkaPort, "pair");
        tombolo = new Tombolo(folder);
        background = new Background(folder);
        Ended up = tombolo.run("up");
        assertThat(up.exitCode()).as(up.err()).isZero();
        // Not in the file: what is made when the first brokers are there is on these alone.
        tombolo.run("topic", "create", "pair", "--partitions", "3", "--replicas", "2");
    }

    @AfterEach
    void leaveNothingRunning() {
        background.close();
    }

    @Test
    void aDrainIsTakenBackWhileItGoesOnAndAnotherOneEmptiesTheBroker() throws Exception {
        tombolo.runWithInput(lines(), "topic", "produce", "pair", "-q");
        List<Set<Integer>> before = replicas("pair");
        throttle.set();
        await(() -> MOVES.matcher(orderedToDrain()).find());

        Ended undrained = tombolo.run("broker", "undrain", "eu-2");

        assertThat(undrained.out()).isEqualTo("eu-2  may hold replicas again\n");
        assertThat(replicas("pair")).isEqualTo(before);

        Process drain = tombolo.start("drain.out", "broker", "drain", "eu-2", "--reason", "disk");
        await(() -> PROGRESS.matcher(printed("drain.out")).find());
        throttle.lift();

        await(() -> !drain.isAlive());
        assertThat(drain.exitValue()).as(printed("drain.out")).isZero();
        assertThat(printed("drain.out")).contains("eu-2  empty");
        assertThat(hosts("pair")).doesNotContain(2);
        assertThat(tombolo.run("topic", "consume", "pair", "-q").out().lines()).hasSize(LINES);
    }

    @Test
    void aBrokerThatCannotBeEmptiedSaysWhyAndLeavesWhenItCan() {
        tombolo.run("topic", "create", "wide", "--partitions", "1", "--replicas", "3");

        Ended stuck = tombolo.run("broker", "decommission", "eu-2", "-y");

        assertThat(stuck.exitCode()).isEqualTo(1);
        assertThat(stuck.err())
                .contains("broker eu-2 cannot be emptied")
                .contains("wide-0: no broker in service is without a replica")
                .contains("tombolo broker undrain eu-2");

        tombolo.run("topic", "delete", "wide", "-y");
        Ended empty = tombolo.run("broker", "decommission", "eu-2", "-y");
        Ended region = tombolo.run("region", "describe", "eu");
        Ended down = tombolo.run("down", "--region", "eu", "--id", "2");

        assertThat(empty.exitCode()).as(empty.err()).isZero();
        assertThat(empty.out())
                .contains("it leaves the region when it stops: tombolo down --region eu --id 2");
        assertThat(region.out()).containsPattern("voters 1, 3\\n");
        assertThat(down.exitCode()).as(down.err()).isZero();
        await(() -> state(2).equals("unknown"));
        assertThat(tombolo.run("topic", "create", "narrow", "--replicas", "2").exitCode()).isZero();
    }

    private String orderedToDrain() {
        return tombolo.run("broker", "drain", "eu-2", "--detach").out();
    }

    /** They do not get smaller by compression. */
    private static String lines() {
        var random = new Random(1);
        var text = new StringBuilder();
        var bytes = new byte[LINE_BYTES];
        for (int line = 0; line < LINES; line++) {
            random.nextBytes(bytes);
            text.append(Base64.getEncoder().encodeToString(bytes)).append('\n');
        }
        return text.toString();
    }

    private Set<Integer> hosts(String topic) {
        return replicas(topic).stream().flatMap(Set::stream).collect(Collectors.toSet());
    }

    /** Of all its partitions. */
    private List<Set<Integer>> replicas(String topic) {
        JsonNode described =
                JSON.readTree(tombolo.run("topic", "describe", topic, "-o", "json").out());
        return described.findValues("replicas").stream()
                .map(one -> one.valueStream().map(JsonNode::asInt).collect(Collectors.toSet()))
                .toList();
    }

    private String state(int number) {
        JsonNode brokers = JSON.readTree(tombolo.run("broker", "list", "-o", "json").out());
        return brokers.valueStream()
                .filter(broker -> broker.at("/number").asInt() == number)
                .map(broker -> broker.at("/state").asString())
                .findFirst()
                .orElse("unknown");
    }

    private String printed(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static void await(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - start).as("in vain").isLessThan(WAIT_NANOS_MAX);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
    }
}
