package io.tombolo.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.commands.Tombolo.Ended;
import io.tombolo.nodes.FreePorts;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** {@code dev} with a broker and a controller of its own. */
class ControllersInOneProcessEndToEnd {

    private static final long READY_MS_MAX = 120_000;

    @TempDir private Path folder;

    @Test
    void devRunsControllersBesideBrokersAndBothAnswerProbes() throws Exception {
        int ports = FreePorts.claim(3);
        int controllerPorts = FreePorts.claim(3);
        Files.writeString(
                folder.resolve("tombolo.yaml"),
                """
                tombolo: 1
                regions:
                  eu:
                    kafka: "127.0.0.1:%d"
                    admin: "127.0.0.1:%d"
                    internal: "127.0.0.1:%d"
                    controllers: { count: 1, admin: "127.0.0.1:%d", internal: "127.0.0.1:%d" }
                topics: { orders: { in: eu } }
                """
                        .formatted(
                                ports, ports + 1, ports + 2, controllerPorts, controllerPorts + 1));
        var tombolo = new Tombolo(folder);
        Process dev = tombolo.start("dev.out", "dev");
        try {
            awaitReady(dev);
            Ended produced = tombolo.runWithInput("one\n", "topic", "produce", "orders", "-q");
            Ended region = tombolo.run("region", "describe", "eu");

            assertThat(produced.exitCode()).as(produced.err()).isZero();
            assertThat(tombolo.run("topic", "consume", "orders", "-q").out()).isEqualTo("one\n");
            assertThat(region.out())
                    .contains("Controller eu-c1 ", "voters eu-c1")
                    .containsPattern("eu-c1 +100001 +ready");
            for (int admin : new int[] {ports + 1, controllerPorts}) {
                assertThat(get(admin, "/livez").statusCode()).isEqualTo(200);
                assertThat(get(admin, "/readyz").statusCode()).isEqualTo(200);
                assertThat(get(admin, "/startupz").statusCode()).isEqualTo(200);
            }
            assertThat(get(controllerPorts, "/readyz?format=json").body())
                    .contains("\"nodeId\":100001", "\"check\":\"quorum\"");
            assertThat(get(controllerPorts, "/api/v1/links").statusCode()).isEqualTo(404);
        } finally {
            dev.destroy();
            assertThat(dev.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(dev.exitValue()).isZero();
        assertThat(output()).contains("stopped");
    }

    private void awaitReady(Process dev) throws IOException {
        long sinceMs = System.currentTimeMillis();
        while (!output().contains("eu-1  ready")) {
            assertThat(dev.isAlive()).as(output()).isTrue();
            assertThat(System.currentTimeMillis() - sinceMs).isLessThan(READY_MS_MAX);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    private String output() throws IOException {
        return Files.readString(folder.resolve("dev.out"));
    }

    private static HttpResponse<String> get(int port, String path) throws Exception {
        var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        try (var client = HttpClient.newHttpClient()) {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }
}
