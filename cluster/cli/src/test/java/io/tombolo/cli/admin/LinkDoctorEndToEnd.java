package io.tombolo.cli.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.cli.CommandRun;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A link of real brokers falls ill; the doctor says of what, and the cure that it names helps. */
class LinkDoctorEndToEnd {

    @TempDir private Path folder;
    private LiveRegions regions;

    @BeforeEach
    void start() throws IOException {
        regions = LiveRegions.in(folder);
    }

    @AfterEach
    void stop() {
        regions.close();
    }

    @Test
    void aTopicThatWasMadeAgainIsCuredByDeletingTheCopyOfTheOldOne() throws Exception {
        try (Admin eu = regions.admin("eu")) {
            eu.deleteTopics(List.of("orders")).all().get(30, TimeUnit.SECONDS);
            eu.createTopics(List.of(new NewTopic("orders", 1, (short) 1)))
                    .all()
                    .get(30, TimeUnit.SECONDS);
        }
        LiveRegions.await(() -> regions.link().at("state").text().equals("FAILED"));

        CommandRun ill = doctor();

        assertThat(ill.exitCode()).isEqualTo(1);
        assertThat(ill.out())
                .contains("✗ topic orders", "SOURCE_RECREATED")
                .contains("tombolo topic delete orders --region us");
        CommandRun deleted =
                CommandRun.of(folder, "topic", "delete", "orders", "--region", "us", "-y");
        assertThat(deleted.exitCode()).as(deleted.err()).isZero();
        LiveRegions.await(() -> doctor().exitCode() == 0);
    }

    @Test
    void aGroupThatIsAliveAtBothEndsAndALinkOnHoldAreNamed() throws Exception {
        try (Admin eu = regions.admin("eu");
                var here = consumer("us")) {
            here.subscribe(List.of("orders"));
            LiveRegions.await(() -> {
                here.poll(Duration.ofMillis(100));
                return !here.assignment().isEmpty();
            });
            var further = Map.of(new TopicPartition("orders", 0), new OffsetAndMetadata(2));
            eu.alterConsumerGroupOffsets("billing", further).all().get(30, TimeUnit.SECONDS);

            LiveRegions.await(() -> {
                here.poll(Duration.ofMillis(100));
                return doctor().out().contains("ACTIVE_HERE");
            });
        }
        assertThat(CommandRun.of(folder, "link", "pause", "eu-to-us").exitCode()).isZero();
        LiveRegions.await(() -> doctor().out().contains("tombolo link resume eu-to-us"));
    }

    @Test
    void aSourceThatIsGoneIsNamedTogetherWithWhatTheLinkSees() {
        regions.stop("eu");
        LiveRegions.await(() -> regions.link().at("state").text().equals("SOURCE_UNAVAILABLE"));

        CommandRun ill = doctor();

        assertThat(ill.exitCode()).isEqualTo(1);
        assertThat(ill.out()).contains("✗ region eu", "SOURCE_UNREACHABLE");
    }

    private CommandRun doctor() {
        return CommandRun.of(folder, "link", "doctor", "eu-to-us");
    }

    private KafkaConsumer<String, String> consumer(String region) {
        return new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        regions.address(region),
                        "group.id",
                        "billing",
                        "auto.offset.reset",
                        "earliest",
                        "enable.auto.commit",
                        "false"),
                new StringDeserializer(),
                new StringDeserializer());
    }
}
