package io.tombolo.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.commands.Tombolo.Ended;
import io.tombolo.nodes.FreePorts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Region {@code eu} of three brokers that {@code up} has started. They fetch little at a time from
 * each other, so that a throttle is felt at once.
 *
 * @param kafkaPort of the first
 */
record ThreeBrokers(Tombolo tombolo, Background background, int kafkaPort)
        implements AutoCloseable {

    /**
     * @param folder where the file of the topology is written, and where commands are typed
     * @param rest of that file, such as its topics
     */
    static ThreeBrokers up(Path folder, String rest) throws IOException {
        int kafkaPort = FreePorts.claim(3);
        String region =
                """
                tombolo: 1
                regions:
                  eu:
                    brokers: 3
                    kafka: "127.0.0.1:%d"
                    admin: "127.0.0.1:%d"
                    internal: "127.0.0.1:%d"
                    config: { replica.fetch.max.bytes: 20000 }
                """
                        .formatted(kafkaPort, FreePorts.claim(3), FreePorts.claim(3));
        Files.writeString(folder.resolve("tombolo.yaml"), region + rest);
        var three = new ThreeBrokers(new Tombolo(folder), new Background(folder), kafkaPort);
        Ended up = three.tombolo.run("up");
        assertThat(up.exitCode()).as(up.err()).isZero();
        return three;
    }

    @Override
    public void close() {
        background.close();
    }
}
