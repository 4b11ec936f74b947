package io.tombolo.nodes;

import kafka.tools.StorageTool;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Apache Kafka from its Maven Central jars; every node is broker and controller in one. Its
 * replicas find each other where clients do, so only wires that cut clients cut them.
 */
public final class KafkaNode implements NodeProgram {

    private static final String CLUSTER_ID = "AAAAAAAAAAAAAAAAAAAAAQ";

    /** A logback configuration that tells of warnings. */
    public static final String LOGGING =
            """
            <configuration>
              <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
                <encoder><pattern>%d %p %c{1} %m%n%ex{8}</pattern></encoder>
              </appender>
              <root level="WARN"><appender-ref ref="out"/></root>
            </configuration>
            """;

    @Override
    public String id() {
        return "kafka";
    }

    @Override
    public String title() {
        return "Apache Kafka";
    }

    @Override
    public void prepare(Plan plan, int node) {
        try {
            Files.createDirectories(plan.home(node));
            Files.write(properties(plan, node), config(plan, node));
            Files.writeString(plan.home(node).resolve("logback.xml"), LOGGING);
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
        format("-c", properties(plan, node).toString());
    }

    private List<String> config(Plan plan, int node) {
        var lines = new ArrayList<String>();
        String internal = plan.wires().internalHosts(node);
        String voters =
                IntStream.rangeClosed(1, plan.size())
                        .mapToObj(number ->
                                "%d@%s:%d"
                                        .formatted(
                                                number,
                                                internal.replace("{n}", Integer.toString(number)),
                                                plan.ports().internal()))
                        .collect(Collectors.joining(","));
        lines.add("process.roles=broker,controller");
        lines.add("node.id=" + node);
        lines.add("broker.rack=" + (char) ('a' + node - 1));
        lines.add("controller.quorum.voters=" + voters);
        lines.add(
                "listeners=PLAINTEXT://%s,CONTROLLER://%s:%d"
                        .formatted(
                                plan.address(node),
                                internal.replace("{n}", Integer.toString(node)),
                                plan.ports().internal()));
        lines.add("advertised.listeners=PLAINTEXT://" + plan.address(node));
        lines.add("controller.listener.names=CONTROLLER");
        lines.add("listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        lines.add("log.dirs=" + data(plan, node));
        plan.config().forEach((key, value) -> lines.add(key + "=" + value));
        return lines;
    }

    private static Path properties(Plan plan, int node) {
        return plan.home(node).resolve("server.properties");
    }

    /**
     * Formats a node's folders, in this process: a JVM of its own would cost seconds.
     *
     * @param options of the storage tool, beside the id of the cluster
     */
    public static void format(String... options) {
        var said = new ByteArrayOutputStream();
        var arguments = new ArrayList<>(List.of("format", "-t", CLUSTER_ID));
        arguments.addAll(List.of(options));
        int code =
                StorageTool.execute(
                        arguments.toArray(String[]::new),
                        new PrintStream(said, true, StandardCharsets.UTF_8));
        if (code != 0) {
            throw new IllegalStateException(
                    "format failed: " + said.toString(StandardCharsets.UTF_8));
        }
    }

    @Override
    public List<String> command(Plan plan, int node) {
        var command = new ArrayList<>(plan.wires().prefix(node));
        command.addAll(java(plan.home(node), "-Xmx256m", properties(plan, node)));
        return command;
    }

    /** Apache Kafka, with the logging of a folder. */
    public static List<String> java(Path folder, String heap, Path properties) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dlogback.configurationFile=" + folder.resolve("logback.xml"),
                "-cp",
                System.getProperty("java.class.path"),
                "kafka.Kafka",
                properties.toString());
    }

    @Override
    public Path data(Plan plan, int node) {
        return plan.home(node).resolve("data");
    }
}
