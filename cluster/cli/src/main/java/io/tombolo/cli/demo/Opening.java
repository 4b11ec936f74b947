package io.tombolo.cli.demo;

import io.tombolo.cli.kafka.KafkaRegion;
import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Tree;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/** First act: two regions, a link, and one record that crosses it. */
final class Opening {

    private static final Duration LINK_MAX = Duration.ofSeconds(20);
    private static final Duration ARRIVAL_MAX = Duration.ofSeconds(10);

    private final Stage stage;
    private final Narrator narrator;

    Opening(Stage stage, Narrator narrator) {
        this.stage = stage;
        this.narrator = narrator;
    }

    /** Starts both regions and gives eu. */
    ChildRegion startRegions() {
        ChildRegion eu = stage.region("eu");
        ChildRegion us = stage.region("us");
        eu.awaitReady();
        us.awaitReady();
        narrator.say(
                eu.several()
                        ? "two regions of %d brokers, each a process of its own"
                                .formatted(eu.brokers().size())
                        : "two regions, one process each");
        ready("eu", eu);
        ready("us", us);
        narrator.more(
                "link eu-to-us   emulated WAN: %d ms each way (change with --wan 120ms)",
                stage.wanOneWay().toMillis());
        stage.site().ports().notice().ifPresent(notice -> narrator.more("%s", notice));
        return eu;
    }

    private void ready(String region, ChildRegion brokers) {
        narrator.more(
                "%s   ready   kafka %s   admin http://%s   %s",
                region,
                stage.site().bootstrap(region),
                stage.site().region(region).brokers().getFirst().admin(),
                brokers.processes());
    }

    /** Creates the topic in eu and waits until the link copies it. */
    void createTopic() {
        String topic = DemoSite.TOPIC;
        long start = System.nanoTime();
        try (Admin admin = KafkaRegion.connect(adminSettings())) {
            var wanted =
                    new NewTopic(topic, Optional.of(DemoSite.PARTITION_COUNT), Optional.empty());
            admin.createTopics(List.of(wanted)).all().get();
        } catch (ExecutionException refused) {
            throw Stage.failure(
                    "eu does not create topic " + topic, String.valueOf(refused.getCause()));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
        Waiting.until(
                LINK_MAX,
                () -> mirrored() == DemoSite.PARTITION_COUNT,
                () -> Stage.failure("the link does not copy topic " + topic, link().toString()));
        narrator.say(
                "topic %s: %d partitions in eu; the link made the same topic in us by itself, %s"
                        + " later",
                topic,
                DemoSite.PARTITION_COUNT,
                Amounts.ms((System.nanoTime() - start) / 1_000_000));
    }

    private Map<String, Object> adminSettings() {
        return Map.of(
                "bootstrap.servers", stage.site().bootstrap("eu"), "enable.metrics.push", false);
    }

    private long mirrored() {
        return link().at("topics").items().stream()
                .filter(topic -> topic.at("topic").text().equals(DemoSite.TOPIC))
                .flatMap(topic -> topic.at("partitions").items().stream())
                .filter(partition -> partition.at("state").text().equals("ACTIVE"))
                .count();
    }

    private Tree link() {
        return stage.status("us").at("links").items().stream().findFirst().orElse(Tree.NOTHING);
    }

    /** One record written in eu, read in us by a consumer that is waiting for it. */
    void sayHello() {
        String value = "hello from eu";
        Map<String, Object> settings = GroupMember.settings(stage.site().bootstrap("us"));
        settings.remove("group.id");
        var text = new StringDeserializer();
        try (var consumer = new KafkaConsumer<>(settings, text, text);
                var producer = new Traffic("hello", stage.site(), "eu")) {
            var partition = new TopicPartition(DemoSite.TOPIC, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            consumer.poll(Duration.ofMillis(200));
            Traffic.Ack ack = producer.write(0, value);
            narrator.say("produced  \"%s\" → orders-0@%d in eu", value, ack.offset());
            Optional<ConsumerRecord<String, String>> arrived = await(consumer);
            long ms = (System.nanoTime() - ack.nanos()) / 1_000_000;
            boolean same =
                    arrived.isPresent()
                            && arrived.get().offset() == ack.offset()
                            && arrived.get().value().equals(value);
            arrived.ifPresent(record ->
                    narrator.say(
                            "read back \"%s\" ← orders-0@%d in us, %s offset, %s later",
                            record.value(),
                            record.offset(),
                            record.offset() == ack.offset() ? "same" : "ANOTHER",
                            Amounts.ms(ms)));
            narrator.fact("helloMs", ms);
            narrator.expect("the record has the same offset and value in us", same);
        }
    }

    private static Optional<ConsumerRecord<String, String>> await(
            KafkaConsumer<String, String> consumer) {
        long deadline = System.nanoTime() + ARRIVAL_MAX.toNanos();
        while (System.nanoTime() < deadline) {
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(50))) {
                return Optional.of(record);
            }
        }
        return Optional.empty();
    }
}
