package io.tombolo.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.request.Answers;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.TopicCommand;
import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.replication.Partition;

import org.apache.kafka.common.TopicIdPartition;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A topic with three replicas in a simulated region, two of which must be in sync. */
final class ReplicatedTopic {

    private ReplicatedTopic() {}

    static void create(SimulatedRegion region, String topic, int partitions) {
        var configs = new TreeMap<>(Map.of("min.insync.replicas", "2"));
        var command =
                new TopicCommand.CreateTopics(
                        List.of(NewTopic.of(topic, partitions, 3, configs)), false);
        var answers = new ArrayList<Answer<?>>();
        region.core(1)
                .submit(
                        command,
                        region.loop(1),
                        answer -> answers.add(Answers.part(answer, topic)));
        region.run("created", () -> !answers.isEmpty());
        assertThat(answers.getFirst()).isInstanceOf(Answer.Done.class);
        int leader = leaderOf(region, 1, topic);
        region.run(
                "the leader leads",
                () ->
                        region.core(leader).images().current().topics().topic(topic).isPresent()
                                && find(region, leader, topic)
                                        .flatMap(Partition::leadership)
                                        .isPresent());
    }

    static int leaderOf(SimulatedRegion region, int asked, String topic) {
        return registration(region, asked, topic).map(PartitionRegistration::leader).orElse(-1);
    }

    static Optional<PartitionRegistration> registration(
            SimulatedRegion region, int asked, String topic) {
        Optional<TopicImage> found = region.core(asked).images().current().topics().topic(topic);
        return found.map(image -> image.partitions().get(0));
    }

    static Partition partition(SimulatedRegion region, int broker, String topic) {
        return find(region, broker, topic).orElseThrow();
    }

    static Optional<Partition> find(SimulatedRegion region, int broker, String topic) {
        BrokerCore core = region.core(broker);
        return core.images()
                .current()
                .topics()
                .topic(topic)
                .map(image -> new TopicIdPartition(image.id(), 0, topic))
                .map(id -> core.shards().ownerOf(id).find(id));
    }
}
