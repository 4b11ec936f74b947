package io.tombolo.linker;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real Apache Kafka broker in a child process, one node in combined mode, on loopback. */
final class KafkaSource implements AutoCloseable {

    private final Path directory;
    private final Path properties;
    private final int port;
    private Process process;

    KafkaSource(Path directory) throws IOException {
        this.directory = directory;
        this.properties = directory.resolve("server.properties");
        this.port = freePort();
        int controllerPort = freePort();
        Files.writeString(
                properties,
                """
                process.roles=broker,controller
                node.id=1
                controller.quorum.voters=1@127.0.0.1:%2$d
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
                controller.listener.names=CONTROLLER
                log.dirs=%3$s
                offsets.topic.replication.factor=1
                offsets.topic.num.partitions=2
                transaction.state.log.replication.factor=1
                transaction.state.log.num.partitions=2
                transaction.state.log.min.isr=1
                group.initial.rebalance.delay.ms=0
                auto.create.topics.enable=false
                """
                        .formatted(port, controllerPort, directory.resolve("data")));
        int exit =
                kafka.tools.StorageTool.execute(
                        new String[] {
                            "format", "-t", "AAAAAAAAAAAAAAAAAAAAAQ", "-c", properties.toString()
                        },
                        new PrintStream(
                                Files.newOutputStream(directory.resolve("format.out")),
                                true,
                                StandardCharsets.UTF_8));
        if (exit != 0) {
            throw new IllegalStateException(
                    "format: " + Files.readString(directory.resolve("format.out")));
        }
        this.process = launch();
    }

    String bootstrap() {
        return "127.0.0.1:" + port;
    }

    int port() {
        return port;
    }

    /** The first segment of a partition as it lies on disk. */
    byte[] segment(String topic, int partition) throws IOException {
        return Files.readAllBytes(
                directory
                        .resolve("data")
                        .resolve(topic + "-" + partition)
                        .resolve("00000000000000000000.log"));
    }

    /** What the broker printed last, for a failed test. */
    String output() {
        try {
            String text = Files.readString(directory.resolve("broker.out"));
            return text.substring(Math.max(0, text.length() - 2_000));
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor(20, TimeUnit.SECONDS);
    }

    void restart() throws IOException {
        process = launch();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }

    private Process launch() throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Path log = directory.resolve("broker.out");
        return new ProcessBuilder(
                        List.of(
                                java,
                                "-Xmx256m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "kafka.Kafka",
                                properties.toString()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException none) {
            throw new UncheckedIOException(none);
        }
    }
}
