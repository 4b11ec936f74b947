package io.tombolo.cli.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;

/** How the clients of a command behave toward brokers. */
class KafkaRegionTest {

    private static final int TIMEOUT_MS = 12_000;

    /** A process that a signal holds takes connections, and never says a word. */
    @Test
    void aSilentBrokerLeavesTimeToAskAgain() throws Exception {
        try (var silent = new ServerSocket(0, 9, InetAddress.getLoopbackAddress())) {
            silent.setSoTimeout(10 * TIMEOUT_MS);
            String broker = "127.0.0.1:" + silent.getLocalPort();
            Admin admin = Admin.create(KafkaRegion.settings(broker, TIMEOUT_MS));
            var names = admin.listTopics().names();

            try (var first = silent.accept();
                    var second = silent.accept()) {
                assertThat(second.getPort()).isNotEqualTo(first.getPort());
                assertThat(names.isDone()).as("too late to ask anybody else").isFalse();
            } finally {
                admin.close(Duration.ZERO);
            }
        }
    }
}
