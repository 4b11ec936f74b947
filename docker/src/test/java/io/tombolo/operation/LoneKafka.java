package io.tombolo.operation;

import io.tombolo.nodes.KafkaNode;
import io.tombolo.nodes.NodeProcess;
import io.tombolo.nodes.Nodes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** An Apache Kafka of one broker. */
final class LoneKafka {

    private LoneKafka() {}

    /**
     * @param port for clients
     * @param more lines of {@code server.properties}
     */
    static NodeProcess start(Path folder, int port, String more) throws IOException {
        Path properties = folder.resolve("server.properties");
        Files.writeString(
                properties,
                """
                process.roles=broker,controller
                node.id=1
                controller.quorum.bootstrap.servers=127.0.0.1:%2$d
                listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
                controller.listener.names=CONTROLLER
                listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
                log.dirs=%3$s
                offsets.topic.num.partitions=1
                offsets.topic.replication.factor=1
                transaction.state.log.num.partitions=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                """
                                .formatted(port, Nodes.freePort(), folder.resolve("kafka"))
                        + more);
        Files.writeString(folder.resolve("logback.xml"), KafkaNode.LOGGING);
        KafkaNode.format("-c", properties.toString(), "--standalone");
        return NodeProcess.start(
                KafkaNode.java(folder, "-Xmx256m", properties), folder.resolve("kafka.out"));
    }
}
