package io.tombolo.cli.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;

/** How the clients of a command behave toward brokers. */
class KafkaRegionTest {

    /** A process that a signal holds takes connections, and never says a word. */
    @Test
    void aSilentBrokerLeavesTimeToAskAgain() throws Exception {
        var asked = new ConcurrentLinkedQueue<Socket>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                var silent = listener()) {
            threads.execute(() -> listen(silent, asked));
            String broker = "127.0.0.1:" + silent.getLocalPort();

            try (var admin = Admin.create(KafkaRegion.settings(broker, 1_500))) {
                assertThatThrownBy(() -> admin.listTopics().names().get())
                        .hasCauseInstanceOf(TimeoutException.class);
            }
        }

        assertThat(asked).hasSizeGreaterThan(1);
    }

    private static ServerSocket listener() throws IOException {
        return new ServerSocket(0, 9, InetAddress.getLoopbackAddress());
    }

    private static void listen(ServerSocket socket, Queue<Socket> asked) {
        try {
            while (true) {
                asked.add(socket.accept());
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }
}
