package io.tombolo.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Apache Kafka from its Maven Central jars: one node, broker and controller in one. */
final class KafkaTwin implements BrokerProgram {

    private static final String CLUSTER_ID = "AAAAAAAAAAAAAAAAAAAAAQ";

    @Override
    public String id() {
        return "kafka";
    }

    @Override
    public String title() {
        return "Apache Kafka";
    }

    @Override
    public void prepare(Path folder, int port) {
        int controllerPort = ChildProcess.freePort();
        var lines = new ArrayList<String>();
        lines.add("process.roles=broker,controller");
        lines.add("node.id=1");
        lines.add("controller.quorum.bootstrap.servers=127.0.0.1:" + controllerPort);
        lines.add(
                "listeners=PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d"
                        .formatted(port, controllerPort));
        lines.add("advertised.listeners=PLAINTEXT://127.0.0.1:" + port);
        lines.add("controller.listener.names=CONTROLLER");
        lines.add("listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
        lines.add("log.dirs=%s,%s".formatted(folder.resolve("data"), folder.resolve("data2")));
        SHARED_CONFIG.forEach((key, value) -> lines.add(key + "=" + value));
        try {
            Files.write(folder.resolve("server.properties"), lines);
            Files.writeString(
                    folder.resolve("logback.xml"),
                    """
                    <configuration>
                      <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
                        <encoder><pattern>%d %p %c{1} %m%n%ex{8}</pattern></encoder>
                      </appender>
                      <root level="WARN"><appender-ref ref="out"/></root>
                    </configuration>
                    """);
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
        format(folder);
    }

    @Override
    public List<String> command(Path folder) {
        return java(folder, "kafka.Kafka", folder.resolve("server.properties").toString());
    }

    private static void format(Path folder) {
        List<String> command =
                java(
                        folder,
                        "kafka.tools.StorageTool",
                        "format",
                        "--standalone",
                        "-t",
                        CLUSTER_ID,
                        "-c",
                        folder.resolve("server.properties").toString());
        try (var formatting = ChildProcess.start(command, folder.resolve("format.out"))) {
            if (formatting.awaitExit() != 0) {
                throw new IllegalStateException("format failed: " + formatting.lastOutput());
            }
        }
    }

    private static List<String> java(Path folder, String... mainAndArguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.add("-Dlogback.configurationFile=" + folder.resolve("logback.xml"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(mainAndArguments));
        return command;
    }
}
