package io.tombolo.cli.demo;

import io.tombolo.cli.kafka.KafkaRegion;
import io.tombolo.cli.output.Amounts;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/** Between the acts: one broker of several dies, and its region goes on without it. */
final class Crash {

    private static final Duration GO_ON_MAX = Duration.ofSeconds(15);
    private static final Duration UNDER_WAY_MAX = Duration.ofMillis(500);
    private static final Duration AFTERWARDS = Duration.ofMillis(500);

    private final Stage stage;
    private final Narrator narrator;
    private final Traffic traffic;

    /**
     * @param traffic the records that flow into eu
     */
    Crash(Stage stage, Narrator narrator, Traffic traffic) {
        this.stage = stage;
        this.narrator = narrator;
        this.traffic = traffic;
    }

    /** Kills the leader of the first partition and looks at what is missing afterwards. */
    void ofALeader(ChildRegion eu) {
        int leader = leader();
        ChildBroker victim =
                eu.byId(stage.site(), "eu", leader)
                        .orElseThrow(() ->
                                Stage.failure(
                                        "nobody leads the first partition", "leader " + leader));
        long killNanos = System.nanoTime();
        victim.kill();
        narrator.say(
                "SIGKILL to %s (process %d), which leads %s-0, while records flow",
                victim.name(), victim.processId(), DemoSite.TOPIC);
        Waiting.until(
                GO_ON_MAX,
                () -> goesOnSince(killNanos),
                () -> Stage.failure("nothing goes on in eu", stage.status("eu").toString()));
        Waiting.sleep(AFTERWARDS);
        long pauseMs = longestPauseMs(killNanos);
        List<Traffic.Ack> acks = traffic.acks();
        Map<String, ConsumerRecord<String, String>> present =
                Comparison.all(stage.site().bootstrap("eu"));
        long missing = acks.stream().filter(ack -> !isIn(present, ack)).count();
        narrator.more(
                "writes to %s-0 paused for %s, broker %d leads it now; acknowledged in eu %s,"
                        + " missing %d",
                DemoSite.TOPIC, Amounts.ms(pauseMs), leader(), Amounts.count(acks.size()), missing);
        narrator.fact("brokerPauseMs", pauseMs);
        narrator.fact("missingAfterBrokerKill", missing);
        narrator.expect("a broker's death loses no acknowledged record", missing == 0);
    }

    /** Acknowledgements that were under way still come in the first moments. */
    private boolean goesOnSince(long killNanos) {
        return traffic.acks().stream()
                .anyMatch(ack ->
                        ack.partition() == 0 && ack.nanos() > killNanos + UNDER_WAY_MAX.toNanos());
    }

    /** The longest time without an acknowledgement for the partition, since its leader was hit. */
    private long longestPauseMs(long killNanos) {
        long longest = 0;
        long last = killNanos;
        for (Traffic.Ack ack : traffic.acks()) {
            if (ack.partition() == 0 && ack.nanos() > killNanos) {
                longest = Math.max(longest, ack.nanos() - last);
                last = ack.nanos();
            }
        }
        return longest / 1_000_000;
    }

    private static boolean isIn(
            Map<String, ConsumerRecord<String, String>> present, Traffic.Ack ack) {
        ConsumerRecord<String, String> record = present.get(ack.partition() + "@" + ack.offset());
        return record != null && record.value().equals(ack.value());
    }

    private int leader() {
        var settings =
                Map.<String, Object>of(
                        "bootstrap.servers",
                        stage.site().bootstrap("eu"),
                        "enable.metrics.push",
                        false);
        try (Admin admin = KafkaRegion.connect(settings)) {
            TopicDescription topic =
                    admin.describeTopics(List.of(DemoSite.TOPIC))
                            .allTopicNames()
                            .get()
                            .get(DemoSite.TOPIC);
            return topic == null ? -1 : topic.partitions().getFirst().leader().id();
        } catch (ExecutionException refused) {
            throw Stage.failure("eu does not tell who leads", String.valueOf(refused.getCause()));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }
}
