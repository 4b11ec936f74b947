package io.tombolo.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.commands.Tombolo.Ended;
import io.tombolo.nodes.FreePorts;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Brokers that do not get to serve: none of them is left waiting for the others. */
class RefusedStartEndToEnd {

    @TempDir private Path folder;

    private Tombolo tombolo;
    private int kafkaPort;

    @BeforeEach
    void writeTheFile() throws IOException {
        tombolo = new Tombolo(folder);
        kafkaPort = FreePorts.claim(3);
        Files.writeString(
                folder.resolve("tombolo.yaml"),
                """
                tombolo: 1
                regions:
                  eu:
                    brokers: 3
                    kafka: "127.0.0.1:%d"
                    admin: "127.0.0.1:%d"
                    internal: "127.0.0.1:%d"
                    storage: { dir: data }
                """
                        .formatted(kafkaPort, FreePorts.claim(3), FreePorts.claim(3)));
    }

    @Test
    void allEndWhenThePortOfOneIsTakenAndTheErrorNamesIt() throws IOException {
        InetAddress here = InetAddress.getByName("127.0.0.1");
        try (var taken = new ServerSocket(kafkaPort + 1, 1, here)) {
            Ended refused = tombolo.run("dev");

            assertThat(refused.exitCode()).as(refused.err()).isEqualTo(1);
            assertThat(refused.err())
                    .contains("error[TMB-2301]: broker eu-2 does not start")
                    .contains("cannot listen on 127.0.0.1:" + taken.getLocalPort())
                    .contains("stop what listens there (ss -ltnp names it)");
        }
    }

    @Test
    void aSignalEndsABrokerThatStillWaitsForOthers() throws Exception {
        Process broker = tombolo.start("broker.out", "broker", "--region", "eu");
        Tombolo.await(() -> tombolo.printed("broker.out").contains("waits for others"));

        broker.destroy();

        assertThat(broker.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(broker.exitValue()).isZero();
        assertThat(tombolo.printed("broker.out")).contains("stopped").doesNotContain("ready");
    }
}
