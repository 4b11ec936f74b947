package io.tombolo.cli.plan;

import io.tombolo.cli.kafka.KafkaRegion;
import io.tombolo.cli.kafka.RegionChoice;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.plan.Change;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One change of a topic, carried out by the region that it concerns. */
final class TopicStep {

    private static final long LOOK_AGAIN_MS = 100;

    private final Shell shell;
    private final Change.OfTopic change;
    private final KafkaRegion region;

    TopicStep(Shell shell, Change.OfTopic change) {
        this.shell = shell;
        this.change = change;
        this.region = RegionChoice.oneOrAll(shell, change.region().name()).getFirst();
    }

    /**
     * Returns when it is done, in a word or two about what is there now.
     *
     * @throws CommandFailure when the region refuses it, or it takes too long
     */
    String carryOut() {
        var subject = region.topic(change.topic());
        try (Admin admin = region.admin()) {
            switch (change) {
                case Change.CreateTopic made ->
                        region.await(admin.createTopics(List.of(topic(made))).all(), subject);
                case Change.SetConfig set ->
                        region.await(
                                admin.incrementalAlterConfigs(
                                                Map.of(
                                                        new ConfigResource(
                                                                ConfigResource.Type.TOPIC,
                                                                change.topic()),
                                                        List.of(operation(set))))
                                        .all(),
                                subject);
                case Change.GrowTopic grown ->
                        region.await(
                                admin.createPartitions(
                                                Map.of(
                                                        change.topic(),
                                                        NewPartitions.increaseTo(grown.after())))
                                        .all(),
                                subject);
                case Change.DeleteTopic deleted ->
                        region.await(admin.deleteTopics(List.of(deleted.topic())).all(), subject);
            }
            return seen(admin);
        }
    }

    private String seen(Admin admin) {
        return switch (change) {
            case Change.CreateTopic made -> awaitLeaders(admin, made.partitions());
            case Change.GrowTopic grown -> awaitLeaders(admin, grown.after());
            case Change.SetConfig _ -> "in force";
            case Change.DeleteTopic _ -> "gone";
        };
    }

    private static NewTopic topic(Change.CreateTopic made) {
        return new NewTopic(
                        made.topic(),
                        Optional.of(made.partitions()),
                        Optional.of((short) made.replicas()))
                .configs(made.configs());
    }

    private static AlterConfigOp operation(Change.SetConfig set) {
        return new AlterConfigOp(
                new ConfigEntry(set.key(), set.after().orElse("")),
                set.after().isPresent() ? AlterConfigOp.OpType.SET : AlterConfigOp.OpType.DELETE);
    }

    /** A partition without a leader takes no records yet. */
    private String awaitLeaders(Admin admin, int partitions) {
        long deadlineNanos = System.nanoTime() + shell.timeout().toNanos();
        long led = led(admin);
        while (led < partitions) {
            if (System.nanoTime() - deadlineNanos > 0) {
                throw unfinished(led, partitions);
            }
            pause();
            led = led(admin);
        }
        return "%d/%d leaders elected".formatted(led, partitions);
    }

    private long led(Admin admin) {
        var asked = admin.describeTopics(List.of(change.topic())).topicNameValues();
        Optional<TopicDescription> there =
                region.find(
                        KafkaRegion.entry(asked, change.topic()),
                        UnknownTopicOrPartitionException.class,
                        region.topic(change.topic()));
        return there.stream()
                .flatMap(topic -> topic.partitions().stream())
                .map(TopicPartitionInfo::leader)
                .filter(leader -> leader != null && !leader.isEmpty())
                .count();
    }

    private CommandFailure unfinished(long led, int partitions) {
        return CommandFailure.of(
                        Code.APPLY_UNFINISHED,
                        "%s is made, and not all of it can be used"
                                .formatted(PlanText.name(change)))
                .at(PlanText.name(change))
                .seen("%d of %d partitions have a leader".formatted(led, partitions))
                .fix("tombolo broker list --region " + change.region(), "wait longer: --timeout 2m")
                .failure();
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_AGAIN_MS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }
}
