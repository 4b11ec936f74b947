package io.tombolo.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.TopicCommand.CreateTopics;
import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.simulated.manual.ManualLoop;
import io.tombolo.metadata.record.BrokerRecord.BrokerRegistered;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.region.RegionId;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.file.TopologyFile;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** When the topics of the file are made. */
class TopologyReconcilerTest {

    private static final String TEXT =
            """
            tombolo: 1
            name: three
            regions: { eu: { brokers: 3 } }
            topics: { orders: { in: eu, partitions: 3, replicas: 2 } }
            """;

    private final ManualLoop loop = new ManualLoop();
    private final Images images = new Images();
    private final List<String> created = new ArrayList<>();
    private final TopologyReconciler reconciler =
            new TopologyReconciler(settings(), images, new Created(), loop);
    private boolean done;

    @Test
    void theBrokerThatIsThereLastMakesTheTopicsAtOnce() {
        serve(2, 3);

        reconciler.reconcile(() -> done = true);

        assertThat(created).containsExactly("orders");
        assertThat(done).isTrue();
    }

    @Test
    void oneThatIsThereEarlierWaitsForTheOthersButNotForLong() {
        serve(2);

        reconciler.reconcile(() -> done = true);

        assertThat(created).isEmpty();
        assertThat(done).isTrue();

        loop.advance(TopologyReconciler.OTHERS_MAX);

        assertThat(created).containsExactly("orders");
    }

    @Test
    void nothingIsMadeAfterTheEnd() {
        serve(2);
        reconciler.reconcile(() -> done = true);

        reconciler.stop();

        loop.advance(TopologyReconciler.OTHERS_MAX);
        assertThat(created).isEmpty();
    }

    /** These and the broker itself, 1, are there. */
    private void serve(int... others) {
        var registered =
                IntStream.of(others)
                        .mapToObj(id ->
                                new BrokerRegistered(
                                        new BrokerRegistration(
                                                id,
                                                new Uuid(0, id),
                                                id,
                                                new BrokerRegistration.Endpoints(List.of(), ""),
                                                List.of(),
                                                false)))
                        .toList();
        images.publish(Worlds.image(registered));
    }

    private static BrokerSettings settings() {
        Topology topology =
                TopologyFile.parse("three.yaml", TEXT) instanceof TopologyFile.Valid valid
                        ? valid.topology()
                        : null;
        Region.Hosted region = topology.hosted(new RegionId("eu")).orElseThrow();
        return new BrokerSettings(
                topology, region, region.broker(1).orElseThrow(), Path.of("/data"));
    }

    /** Notes the topics, and answers as if somebody else had made them meanwhile. */
    private final class Created implements Commands {

        @Override
        public <A> void submit(
                Command<A> command, EventLoop replyTo, Consumer<Answer<A>> answered) {
            if (command instanceof CreateTopics topics) {
                topics.topics().stream().map(NewTopic::name).forEach(created::add);
            }
            answered.accept(
                    new Answer.Refused<>(new Refusal(Errors.TOPIC_ALREADY_EXISTS, "it is there")));
        }
    }
}
