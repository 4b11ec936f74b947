package io.tombolo.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.commands.Tombolo.Ended;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Brokers of a real region that are emptied, and one that leaves it. */
class BrokerDrainEndToEnd {

    private static final int LINES = 300;
    private static final int LINE_BYTES = 9_000;

    private static final Pattern PROGRESS =
            Pattern.compile("eu-2 \\(.*\\): \\d replicas? left, .* at .*/s, about .* to go");

    private static final Pattern MOVES = Pattern.compile("eu-2  drains   .*, [1-9] on their way");

    @TempDir private Path folder;

    private ThreeBrokers region;
    private Tombolo tombolo;
    private ReplicaThrottle throttle;

    @BeforeEach
    void startTheRegion() throws IOException {
        region = ThreeBrokers.up(folder, "");
        tombolo = region.tombolo();
        throttle = new ReplicaThrottle(region.kafkaPort(), "pair");
        // Not in the file: what is made when the first brokers are there is on these alone.
        tombolo.run("topic", "create", "pair", "--partitions", "3", "--replicas", "2");
    }

    @AfterEach
    void leaveNothingRunning() {
        region.close();
    }

    @Test
    void aDrainIsTakenBackWhileItGoesOnAndAnotherOneEmptiesTheBroker() throws Exception {
        tombolo.runWithInput(lines(), "topic", "produce", "pair", "-q");
        List<Set<Integer>> before = replicas("pair");
        throttle.set();
        Tombolo.await(() -> MOVES.matcher(orderedToDrain()).find());

        Ended undrained = tombolo.run("broker", "undrain", "eu-2");

        assertThat(undrained.out()).isEqualTo("eu-2  may hold replicas again\n");
        assertThat(replicas("pair")).isEqualTo(before);

        Process drain = tombolo.start("drain.out", "broker", "drain", "eu-2", "--reason", "disk");
        Tombolo.await(() -> PROGRESS.matcher(tombolo.printed("drain.out")).find());
        throttle.lift();

        Tombolo.await(() -> !drain.isAlive());
        assertThat(drain.exitValue()).as(tombolo.printed("drain.out")).isZero();
        assertThat(tombolo.printed("drain.out")).contains("eu-2  empty");
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
        Ended described = tombolo.run("region", "describe", "eu");
        Ended down = tombolo.run("down", "--region", "eu", "--id", "2");

        assertThat(empty.exitCode()).as(empty.err()).isZero();
        assertThat(empty.out())
                .contains("it leaves the region when it stops: tombolo down --region eu --id 2");
        assertThat(described.out()).containsPattern("voters 1, 3\\n");
        assertThat(down.exitCode()).as(down.err()).isZero();
        Tombolo.await(() -> state(2).equals("unknown"));
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
        JsonNode described = tombolo.json("topic", "describe", topic);
        return described.findValues("replicas").stream()
                .map(one -> one.valueStream().map(JsonNode::asInt).collect(Collectors.toSet()))
                .toList();
    }

    private String state(int number) {
        return tombolo.json("broker", "list")
                .valueStream()
                .filter(broker -> broker.at("/number").asInt() == number)
                .map(broker -> broker.at("/state").asString())
                .findFirst()
                .orElse("unknown");
    }
}
