package io.tombolo.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.LinkCommand;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.TopicCommand.CreateTopics;
import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.simulated.manual.ManualLoop;
import io.tombolo.metadata.image.LogPlace;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerRecord.BrokerRegistered;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.file.TopologyFile;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

    private static final String LINKED =
            """
            tombolo: 1
            name: two
            regions: { eu: { brokers: 1 }, us: { brokers: 1 } }
            links: { eu-us: { from: eu, to: us, topics: [orders] } }
            """;

    private final List<LinkDefined> defined = new ArrayList<>();
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

    @Test
    void aLinkThatWasDefinedWhileTheControllerKeptSilentStaysSo() {
        LinkDefined others = definition("payments");
        var linked =
                new TopologyReconciler(
                        settings(LINKED),
                        images,
                        new Silent(() -> images.publish(with(others))),
                        loop);
        serve();

        linked.reconcile(() -> done = true);
        loop.advance(Duration.ofSeconds(1));

        assertThat(defined).as("one that may have been taken, and no other").hasSize(1);
        assertThat(images.current().links().link(others.link()).orElseThrow().definition())
                .isEqualTo(others);
    }

    private static LinkDefined definition(String topics) {
        return new LinkDefined(
                new LinkName("eu-us"),
                new Uuid(1, 1),
                new RegionId("eu"),
                new RegionId("us"),
                new TreeMap<>(Map.of(LinkDefined.TOPICS, topics)));
    }

    private static MetadataImage with(LinkDefined link) {
        return MetadataImage.EMPTY.apply(List.of(link), new LogPlace(9, 1)).image();
    }

    /** Loses the answer to everything; what a link is becomes known meanwhile. */
    private final class Silent implements Commands {

        private final Runnable meanwhile;

        Silent(Runnable meanwhile) {
            this.meanwhile = meanwhile;
        }

        @Override
        public <A> void submit(
                Command<A> command, EventLoop replyTo, Consumer<Answer<A>> answered) {
            if (command instanceof LinkCommand.DefineLink define) {
                defined.add(define.definition());
                meanwhile.run();
            }
            answered.accept(new Answer.Refused<>(new Refusal(Errors.NOT_CONTROLLER, "silence")));
        }
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
        return settings(TEXT);
    }

    private static BrokerSettings settings(String text) {
        Topology topology =
                TopologyFile.parse("test.yaml", text) instanceof TopologyFile.Valid valid
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
