package io.tombolo.contract;

import io.tombolo.nodes.KafkaNode;
import io.tombolo.nodes.Nodes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Apache Kafka from its Maven Central jars: one node, broker and controller in one. */
final class KafkaTwin implements BrokerProgram {

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
        int controllerPort = Nodes.freePort();
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
        Path properties = folder.resolve("server.properties");
        try {
            Files.write(properties, lines);
            Files.writeString(folder.resolve("logback.xml"), KafkaNode.LOGGING);
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
        KafkaNode.format("-c", properties.toString(), "--standalone");
    }

    @Override
    public List<String> command(Path folder) {
        return KafkaNode.java(folder, "-Xmx512m", folder.resolve("server.properties"));
    }
}
