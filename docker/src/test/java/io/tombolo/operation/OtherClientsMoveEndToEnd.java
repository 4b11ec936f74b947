package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.commands.Tombolo;
import io.tombolo.nodes.MavenJars;
import io.tombolo.operation.MovingProgram.Seen;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Clients that are not of this release go where the topics go: the Java client before 4.0,
 * librdkafka in {@code kcat}, and kafkajs. One that is not to be had here is left out, which is
 * said aloud.
 */
class OtherClientsMoveEndToEnd {

    private static final String LINK = "eu-to-us";
    private static final MavenJars OLDER = new MavenJars("older");
    private static final List<String> OLDER_ROLES =
            List.of("plain", "idempotent", "transactional", "classic");
    private static final String KAFKA_JS = "kafkajs@2.2.4";
    private static final long INSTALL_SECONDS_MAX = 60;
    private static final int ENOUGH = 20;

    @TempDir Path folder;
    private final Map<String, MovingProgram> programs = new HashMap<>();

    /** What each client does, by the program that it is in. */
    private final List<Part> parts = new ArrayList<>();

    private Site site;
    private ChildBroker eu;
    private ChildBroker us;

    private record Part(String program, String role, String kind) {}

    @BeforeEach
    void startTwoRegions() {
        site = Site.moving(folder);
        eu = ChildBroker.start(site, "eu", "eu");
        us = ChildBroker.start(site, "us", "us");
        eu.awaitReady();
        us.awaitReady();
    }

    @AfterEach
    void stop() {
        programs.values().forEach(MovingProgram::close);
        eu.close();
        us.close();
    }

    @Test
    void theyMoveWhenRegionsAgreeAndWhenOneDies() throws Exception {
        startOlderJava();
        startKafkaJs();
        startKcat();
        assertThat(parts).as("clients that are to be had here").isNotEmpty();
        awaitProgress(Map.of());

        tombolo("failover", LINK, "--planned", "-y");

        awaitProgress(counts());
        assertNothingLost("us");

        us.kill();
        tombolo(
                "failover",
                LINK,
                "--to",
                "eu",
                "-y",
                "--force-accept-split-brain",
                "--reason",
                "the region is gone");

        Map<Part, Integer> then = counts();
        then.keySet().removeIf(OtherClientsMoveEndToEnd::takesItsTime);
        awaitProgress(then);
    }

    /** It holds on to a coordinator that died until its retries are used up. */
    private static boolean takesItsTime(Part part) {
        return part.equals(new Part("js", "js", "read"));
    }

    // --- the clients

    private void startOlderJava() throws IOException, InterruptedException {
        try {
            OLDER.fetch();
        } catch (TestAbortedException missing) {
            return; // said already
        }
        for (String role : List.of("plain", "idempotent", "transactional")) {
            site.clients("eu").create("older-" + role, 2);
        }
        Path classes = Path.of("target", "test-classes").toAbsolutePath();
        var command =
                MavenJars.javaWith(
                        classes + ":" + OLDER.folder() + "/*",
                        MovingClient.class.getName(),
                        bootstrap(),
                        "older");
        command.addAll(OLDER_ROLES);
        start("older", command);
        for (String role : OLDER_ROLES) {
            parts.add(new Part("older", role, role.equals("classic") ? "read" : "acked"));
        }
    }

    private void startKafkaJs() throws IOException, InterruptedException {
        try {
            var install = List.of("npm", "install", "--no-audit", "--no-fund", KAFKA_JS);
            Process npm =
                    new ProcessBuilder(install)
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(folder.resolve("npm.out").toFile())
                            .start();
            if (!npm.waitFor(INSTALL_SECONDS_MAX, TimeUnit.SECONDS) || npm.exitValue() != 0) {
                npm.destroyForcibly();
                leftOut("kafkajs", Files.readString(folder.resolve("npm.out")));
                return;
            }
        } catch (IOException missing) {
            leftOut("kafkajs", String.valueOf(missing.getMessage()));
            return;
        }
        Path program = folder.resolve("kafkajs-moving.js");
        try (InputStream text = getClass().getResourceAsStream("/kafkajs-moving.js")) {
            Files.copy(Objects.requireNonNull(text), program);
        }
        site.clients("eu").create("js", 2);
        start("js", List.of("node", program.toString(), bootstrap(), "js"));
        parts.add(new Part("js", "js", "acked"));
        parts.add(new Part("js", "js", "read"));
    }

    /** One that writes numbers and one that reads them. */
    private void startKcat() {
        boolean installed =
                List.of(System.getenv().getOrDefault("PATH", "").split(":")).stream()
                        .anyMatch(each -> Files.isExecutable(Path.of(each, "kcat")));
        if (!installed) {
            leftOut("kcat", "it is not installed");
            return;
        }
        site.clients("eu").create("kcat", 1);
        String numbers = "n=0; while echo v$n; do n=$((n+1)); sleep 0.03; done";
        start(
                "kcat-writer",
                List.of(
                        "bash",
                        "-c",
                        "exec kcat -P -b %s -t kcat -X enable.idempotence=true < <(%s)"
                                .formatted(bootstrap(), numbers)));
        start(
                "kcat-reader",
                List.of(
                        "kcat",
                        "-b",
                        bootstrap(),
                        "-u",
                        "-f",
                        "kcat read %p %o %s\\n",
                        "-X",
                        "auto.offset.reset=earliest",
                        "-G",
                        "kcat",
                        "kcat"));
        parts.add(new Part("kcat-reader", "kcat", "read"));
    }

    private void start(String name, List<String> command) {
        programs.put(name, new MovingProgram(command, folder.resolve(name + ".out")));
    }

    private static void leftOut(String client, String why) {
        System.err.println(client + " is not tested: " + why);
    }

    private String bootstrap() {
        return site.bootstrap("eu") + "," + site.bootstrap("us");
    }

    // --- what they do

    private List<Seen> seen(Part part) {
        return Objects.requireNonNull(programs.get(part.program())).seen(part.role(), part.kind());
    }

    private Map<Part, Integer> counts() {
        var counts = new HashMap<Part, Integer>();
        parts.forEach(part -> counts.put(part, seen(part).size()));
        return counts;
    }

    /** Waits until each of these goes on; all of them, when there was nothing before. */
    private void awaitProgress(Map<Part, Integer> since) {
        List<Part> awaited = since.isEmpty() ? parts : List.copyOf(since.keySet());
        Patience.until(() -> {
            for (Part part : awaited) {
                assertThat(seen(part).size())
                        .as(part.toString())
                        .isGreaterThan(since.getOrDefault(part, 0) + ENOUGH);
            }
        });
    }

    /** All that was acknowledged by now is in a region at its offset. */
    private void assertNothingLost(String region) {
        for (Part part : parts) {
            if (part.kind().equals("acked")) {
                String topic =
                        part.program().equals("older") ? "older-" + part.role() : part.role();
                for (int partition = 0; partition < 2; partition++) {
                    assertThat(missing(topic, partition, seen(part), region)).as(topic).isEmpty();
                }
            }
        }
    }

    private List<Seen> missing(String topic, int partition, List<Seen> all, String region) {
        List<Seen> acked = all.stream().filter(one -> one.partition() == partition).toList();
        long last = acked.stream().mapToLong(Seen::offset).max().orElseThrow();
        Map<Long, String> there =
                new Clients(site.bootstrap(region)).readByOffset(topic, partition, last);
        return acked.stream().filter(one -> !one.value().equals(there.get(one.offset()))).toList();
    }

    private void tombolo(String... arguments) {
        var command = new ArrayList<>(List.of(arguments));
        command.addAll(List.of("-f", site.file().toString()));
        Tombolo.Ended ended = new Tombolo(folder).run(command.toArray(String[]::new));
        assertThat(ended.exitCode()).as(ended.err()).isZero();
    }
}
