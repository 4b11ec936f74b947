package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;

/** A broker whose process may have 600 files and sockets open. */
class DescriptorsEndToEnd {

    private static final int LIMIT = 600;

    @TempDir Path folder;

    @Test
    void clientsWithoutEndWaitAtTheDoorAndFilesCanStillBeOpened() throws Exception {
        try (var site = Site.alone(folder);
                var broker = ChildBroker.startWithDescriptors(site, "eu", "limited", LIMIT)) {
            broker.awaitReady();
            Clients clients = site.clients("eu");
            clients.create("before", 1);
            var crowd = new ArrayDeque<Socket>();
            try (var producer = clients.producer(Map.of());
                    var admin = Admin.create(Map.of("bootstrap.servers", clients.bootstrap()))) {
                Clients.await(producer.send(record("first")));
                Clients.await(admin.listTopics().names());
                for (int client = 0; client < LIMIT; client++) {
                    crowd.add(
                            new Socket(
                                    InetAddress.getLoopbackAddress(), site.portsOf("eu").kafka()));
                }
                Patience.until(() ->
                        assertThat(broker.output()).contains("Few file descriptors are left"));

                // Who was there before is served, and what needs files has them.
                Clients.await(producer.send(record("second")));
                var during = new NewTopic("during", 20, (short) 1);
                Clients.await(admin.createTopics(List.of(during)).all());
            } finally {
                closeAll(crowd);
            }
            clients.produce("during", 19, "third");
            assertThat(clients.read("before", 0, 2)).isEqualTo(List.of("first", "second"));
            assertThat(broker.output())
                    .doesNotContain("Too many open files")
                    .doesNotContain("ERROR");
        }
    }

    private static ProducerRecord<String, String> record(String value) {
        return new ProducerRecord<>("before", 0, "k", value);
    }

    private static void closeAll(ArrayDeque<Socket> crowd) throws IOException {
        for (Socket socket : crowd) {
            socket.close();
        }
    }
}
