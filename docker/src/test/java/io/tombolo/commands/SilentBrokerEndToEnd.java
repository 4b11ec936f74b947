package io.tombolo.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.commands.Tombolo.Ended;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.nio.file.Path;

/** Commands while a broker of their region is stopped: it accepts connections and keeps silent. */
class SilentBrokerEndToEnd {

    @TempDir private Path folder;

    @Test
    void commandsAskTheOthersWhicheverBrokerKeepsSilent() throws Exception {
        try (var region = ThreeBrokers.up(folder, "")) {
            for (JsonNode broker : region.tombolo().json("ps")) {
                long process = broker.at("/process").asLong();
                String topic = "beside-" + broker.at("/id").asString();

                signal(process, "STOP");
                Ended created = region.tombolo().run("topic", "create", topic, "-p", "3");
                Ended seen = region.tombolo().run("region", "describe", "eu", "--timeout", "15s");
                Ended status = region.tombolo().run("status", "--timeout", "15s");
                Ended own =
                        region.tombolo()
                                .run(
                                        "broker",
                                        "describe",
                                        "eu-" + broker.at("/id").asString(),
                                        "--timeout",
                                        "15s");
                signal(process, "CONT");

                assertThat(created.exitCode()).as(created.err()).isZero();
                assertThat(created.out()).contains("created topic " + topic);
                assertThat(seen.exitCode()).as(seen.err()).isZero();
                assertThat(seen.out()).contains("brokers 2/3");
                assertThat(status.exitCode()).as(status.err()).isZero();
                assertThat(status.out()).contains("2/3");
                assertThat(own.exitCode()).as(own.err()).isZero();
            }
        }
    }

    private static void signal(long process, String name) throws Exception {
        new ProcessBuilder("kill", "-" + name, Long.toString(process)).start().waitFor();
    }
}
