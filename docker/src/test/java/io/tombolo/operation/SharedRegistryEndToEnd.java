package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.BrokerServer;
import io.tombolo.broker.BrokerSettings;
import io.tombolo.broker.StartRefused;
import io.tombolo.nodes.FreePorts;
import io.tombolo.region.RegionId;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.file.TopologyFile;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;

/**
 * What the brokers of a region share of themselves and of another one, and that nothing else needs
 * it: {@code us}, of two brokers, copies from {@code eu}, of one.
 */
class SharedRegistryEndToEnd {

    private static final String LINK = "eu-to-us";

    @TempDir private Path folder;

    private final int kafka = FreePorts.claim(3);
    private final int admin = FreePorts.claim(3);
    private final int internal = FreePorts.claim(2);
    private final int registry = FreePorts.claim(2);
    private final Map<String, BrokerServer> running = new ConcurrentHashMap<>();

    @AfterEach
    void stopAll() {
        running.keySet().forEach(this::stop);
    }

    @Test
    void brokersShareWhatTheyHearAndLinksAndFailoversGoOnWhenTheyCannot() throws Exception {
        var eu = new Clients("127.0.0.1:" + kafka);
        var us = new Clients("127.0.0.1:" + (kafka + 1));
        try (var taken = new Socket()) {
            taken.bind(new InetSocketAddress("127.0.0.1", registry + 1));
            startAll("eu-1", "us-1", "us-2");
            eu.create("orders", 2);
            eu.produce("orders", 0, "a");
            Patience.until(() -> assertThat(us.read("orders", 0, 1)).containsExactly("a"));

            Patience.until(() -> {
                assertThat(status("us-2").at("/registry/members").asInt()).isZero();
                assertThat(status("us-2").at("/registry/trouble").asString("")).isNotEmpty();
                assertThat(status("us-1").at("/registry/trouble").asString("")).isNotEmpty();
            });
            assertThat(status("us-2").at("/regions/0/ageMs").asLong(-1)).isNotNegative();
            // Asked a second time, a broker leaves out what it told of topics.
            for (int times = 0; times < 3; times++) {
                JsonNode link = admin("us-1").link(LINK);
                assertThat(link.at("/silentBrokers").isEmpty()).as(link.toString()).isTrue();
                assertThat(link.at("/topics/0/partitions").size()).isEqualTo(2);
            }
        }
        stop("us-2");
        startAll("us-2");

        Patience.until(() -> {
            assertThat(status("us-1").at("/registry/members").asInt()).isEqualTo(2);
            assertThat(status("us-2").at("/registry/members").asInt()).isEqualTo(2);
            assertThat(status("us-1").at("/registry/trouble").isNull()).isTrue();
            // Whichever broker eu asks, it knows of the other one by the registry alone.
            JsonNode heard = status("eu-1").at("/regions/0");
            assertThat(heard.at("/sameFile").asBoolean()).isTrue();
            assertThat(heard.at("/brokers/0/state").asString("")).isEqualTo("serving");
            assertThat(heard.at("/brokers/1/state").asString("")).isEqualTo("serving");
            assertThat(heard.at("/links/0/link").asString("")).isEqualTo(LINK);
        });

        stop("us-2");
        stop("eu-1");
        Patience.until(() -> {
            var answer = admin("us-1").post("/api/v1/failover/" + LINK);
            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        });
        us.produce("orders", 0, "b");
        assertThat(us.read("orders", 0, 2)).containsExactly("a", "b");
        assertThat(status("us-1").at("/regions/0/ageMs").asLong()).isPositive();
    }

    private JsonNode status(String broker) {
        return admin(broker).get("/api/v1/status").json();
    }

    private AdminHttp admin(String broker) {
        return new AdminHttp(settings(broker).self().admin().port());
    }

    private void startAll(String... brokers) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String broker : brokers) {
                threads.submit(() -> start(broker));
            }
        }
        assertThat(running).containsKeys(brokers);
    }

    private BrokerServer start(String broker) throws StartRefused {
        var options = new BrokerServer.Options(Duration.ZERO).among(3).calmFor(Duration.ZERO);
        BrokerServer server = BrokerServer.start(settings(broker), options);
        running.put(broker, server);
        return server;
    }

    private void stop(String broker) {
        BrokerServer server = running.remove(broker);
        if (server != null) {
            server.close();
        }
    }

    private BrokerSettings settings(String broker) {
        String[] name = broker.split("-");
        Topology topology = topology();
        Region.Hosted region = topology.hosted(new RegionId(name[0])).orElseThrow();
        Region.Broker self = region.broker(Integer.parseInt(name[1])).orElseThrow();
        return new BrokerSettings(topology, region, self, Path.of(region.dataDirectory(self)));
    }

    private Topology topology() {
        String text =
                """
                tombolo: 1
                name: shared
                regions:
                  eu: { kafka: "127.0.0.1:%d", admin: "127.0.0.1:%d", storage: { dir: "%s" } }
                  us:
                    brokers: 2
                    kafka: "127.0.0.1:%d"
                    admin: "127.0.0.1:%d"
                    internal: "127.0.0.1:%d"
                    registry: "127.0.0.1:%d"
                    storage: { dir: "%s" }
                    config: { default.replication.factor: "2", min.insync.replicas: "1" }
                links:
                  eu-to-us: { from: eu, to: us, topics: ["*"] }
                """
                        .formatted(
                                kafka,
                                admin,
                                folder.resolve("data"),
                                kafka + 1,
                                admin + 1,
                                internal,
                                registry,
                                folder.resolve("data"));
        return ((TopologyFile.Valid) TopologyFile.parse("shared.yaml", text)).topology();
    }
}
