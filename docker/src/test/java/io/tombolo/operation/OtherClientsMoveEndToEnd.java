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
 * librdkafka in {@code kcat}, kafkajs and {@code @confluentinc/kafka-javascript}. One that is not
 * to be had here is left out, which is said aloud.
 */
class OtherClientsMoveEndToEnd {

    private static final String LINK = "eu-to-us";
    private static final MavenJars OLDER = new MavenJars("older");
    private static final List<String> OLDER_ROLES =
            List.of("plain", "idempotent", "transactional", "classic");
    private static final String KAFKA_JS = "kafkajs@2.2.4";
    private static final List<String> KAFKA_JAVASCRIPT =
            List.of(
                    "sh",
                    "-c",
                    """
                    npm install --ignore-scripts --no-audit --no-fund $0 &&
                    cd node_modules/@confluentinc/kafka-javascript &&
                    ../../.bin/node-pre-gyp install
                    """,
                    "@confluentinc/kafka-javascript@1.10.1");
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
        startKafkaJavaScript();
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
        if (installed("kafkajs", List.of("npm", "install", "--no-audit", "--no-fund", KAFKA_JS))) {
            startJavaScript("js", "kafkajs-moving.js", folder);
        }
    }

    /**
     * Its package fetches a library that was built for the machine. Where that is not to be had,
     * one may name a folder in which it was built: {@code -Dkafka-javascript=FOLDER}.
     */
    private void startKafkaJavaScript() throws IOException, InterruptedException {
        String built = System.getProperty("kafka-javascript");
        if (built != null) {
            startJavaScript("confluent", "kafka-javascript-moving.js", Path.of(built));
        } else if (installed("@confluentinc/kafka-javascript", KAFKA_JAVASCRIPT)) {
            startJavaScript("confluent", "kafka-javascript-moving.js", folder);
        }
    }

    /** Runs a command in the folder of the test; says so aloud when it does not work. */
    private boolean installed(String client, List<String> command)
            throws IOException, InterruptedException {
        Path output = folder.resolve("npm.out");
        try {
            Process npm =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            if (npm.waitFor(INSTALL_SECONDS_MAX, TimeUnit.SECONDS) && npm.exitValue() == 0) {
                return true;
            }
            npm.descendants().forEach(ProcessHandle::destroyForcibly);
            npm.destroyForcibly();
            leftOut(client, Files.readString(output));
        } catch (IOException missing) {
            leftOut(client, String.valueOf(missing.getMessage()));
        }
        return false;
    }

    /**
     * A process of a producer and a consumer.
     *
     * @param packages where {@code node_modules} is
     */
    private void startJavaScript(String role, String text, Path packages) throws IOException {
        Path program = folder.resolve(text);
        try (InputStream source = getClass().getResourceAsStream("/" + text)) {
            Files.copy(Objects.requireNonNull(source), program);
        }
        site.clients("eu").create(role, 2);
        Path modules = packages.resolve("node_modules").toAbsolutePath();
        start(
                role,
                List.of(
                        "env",
                        "NODE_PATH=" + modules,
                        "node",
                        program.toString(),
                        bootstrap(),
                        role));
        parts.add(new Part(role, role, "acked"));
        parts.add(new Part(role, role, "read"));
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
