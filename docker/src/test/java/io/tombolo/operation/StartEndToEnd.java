package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.broker.StartRefused;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/** What keeps a broker from starting, and what its probes say meanwhile. */
class StartEndToEnd {

    @TempDir Path folder;

    @Test
    void theDirectoryOfAnotherRegionIsRefused() throws Exception {
        try (var site = Site.linked(folder)) {
            site.start("eu");
            site.stop("eu");
            Files.move(site.data("eu"), site.data("us"));

            assertThatThrownBy(() -> site.start("us"))
                    .isInstanceOf(StartRefused.class)
                    .hasMessageContaining("eu")
                    .hasMessageContaining("us");
        }
    }

    @Test
    void theDirectoryOfAnotherClusterIsRefused() throws Exception {
        try (var site = Site.alone(folder)) {
            site.start("eu");
            site.stop("eu");

            try (var other = site.renamed("another")) {
                assertThatThrownBy(() -> other.start("eu"))
                        .isInstanceOf(StartRefused.class)
                        .hasMessageContaining("cluster");
            }
            site.start("eu"); // its own cluster still may
        }
    }

    @Test
    void theDirectoryOfARunningBrokerIsRefused() throws Exception {
        try (var site = Site.alone(folder);
                var same = Site.alone(folder)) {
            site.start("eu");

            assertThatThrownBy(() -> same.start("eu"))
                    .isInstanceOf(StartRefused.class)
                    .hasMessageContaining("already held by this process");

            site.clients("eu").create("orders", 1);
        }
    }

    @Test
    void aTakenPortIsRefusedAndNothingIsLeftRunning() throws Exception {
        try (var site = Site.alone(folder)) {
            long before = brokerThreads();
            try (var _ = listener(site.portsOf("eu").kafka())) {
                assertThatThrownBy(() -> site.start("eu"))
                        .isInstanceOf(StartRefused.class)
                        .hasMessageContaining("cannot listen on " + site.bootstrap("eu"));
            }
            try (var _ = listener(site.portsOf("eu").admin())) {
                assertThatThrownBy(() -> site.start("eu"))
                        .isInstanceOf(StartRefused.class)
                        .hasMessageContaining("for administration");
            }
            Patience.until(() -> assertThat(brokerThreads()).isEqualTo(before));

            site.start("eu");

            assertThat(site.admin("eu").status("/readyz")).isEqualTo(200);
        }
    }

    private static ServerSocket listener(int port) throws Exception {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
    }

    private static long brokerThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("eu-1"))
                .count();
    }

    @Test
    void aBrokerIsAliveBeforeItIsReady() throws Exception {
        try (var site = Site.linked(folder)) {
            // The other region is asked who owns what first; while it is silent, that takes a
            // while.
            Thread starting = Thread.ofPlatform().start(() -> startQuietly(site));
            AdminHttp admin = site.admin("us");

            Patience.until(() -> assertThat(admin.status("/readyz")).isEqualTo(503));
            assertThat(admin.status("/livez")).isEqualTo(200);
            Patience.until(() -> assertThat(admin.status("/readyz")).isEqualTo(200));
            assertThat(admin.status("/startupz")).isEqualTo(200);
            starting.join();

            site.stop("us");
            assertThat(admin.status("/readyz")).isEqualTo(-1);
        }
    }

    private static void startQuietly(Site site) {
        try {
            site.start("us");
        } catch (StartRefused refused) {
            throw new IllegalStateException(refused);
        }
    }
}
