package io.tombolo.broker.request.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.Commands;
import io.tombolo.broker.Worlds;
import io.tombolo.broker.quorum.Forwarding;
import io.tombolo.broker.request.Exchange;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.ConfigCommand.Alteration;
import io.tombolo.controller.command.ConfigCommand.Change;
import io.tombolo.controller.command.ConfigCommand.IncrementalAlterConfigs;
import io.tombolo.controller.command.ConfigCommand.Origin;
import io.tombolo.controller.command.TopicCommand.CreateTopics;
import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.ConfigResource;

import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Changes of topics before it is known who owns them. */
class OwnersFirstTest {

    /** The handlers of this test answer nobody. */
    @SuppressWarnings("NullAway")
    private static final Exchange NO_EXCHANGE = null;

    private final MetadataImage image =
            Worlds.image(Worlds.topic("orders", 1), Worlds.topic("local", 1));
    private final Simulator simulator = new Simulator(1);
    private final EventLoop loop = simulator.addNode("one", 1).start(_ -> {}).loops().loop(0);
    private final Taken taken = new Taken();
    private final List<Answer<?>> answers = new ArrayList<>();

    private static final class Taken implements Commands {

        private final List<Command<?>> commands = new ArrayList<>();

        @Override
        public <A> void submit(
                Command<A> command, EventLoop replyTo, Consumer<Answer<A>> answered) {
            commands.add(command);
        }
    }

    @Test
    void whatMayBelongToAnotherRegionIsRefusedInAWayThatClientsAskAgain() {
        submit(creating("local", "orders"));
        submit(configuring(ConfigResource.topic("orders")));

        assertThat(taken.commands).isEmpty();
        assertThat(answers)
                .hasSize(2)
                .allSatisfy(answer ->
                        assertThat(answer)
                                .isInstanceOfSatisfying(
                                        Answer.Refused.class,
                                        refused ->
                                                assertThat(refused.error())
                                                        .isEqualTo(Errors.NOT_CONTROLLER)));
    }

    @Test
    void aRequestThatNamesATopicOfALinkIsRefusedWhereTheClientAsks() {
        var deleting =
                first().deleting(
                                new Forwarding(taken, Optional.empty()),
                                to -> (_, _) -> to.submit(creating("local"), loop, answers::add));

        deleting.handle(NO_EXCHANGE, deletion("local"));
        assertThat(taken.commands).hasSize(1);

        deleting.handle(NO_EXCHANGE, deletion("local", "orders"));
        deleting.handle(
                NO_EXCHANGE, new DeleteTopicsRequestData().setTopicNames(List.of("orders")));
        simulator.runFor(Duration.ofSeconds(1));
        assertThat(taken.commands).hasSize(1);
        assertThat(answers).hasSize(2);
    }

    private static DeleteTopicsRequestData deletion(String... names) {
        var body = new DeleteTopicsRequestData();
        for (String name : names) {
            body.topics().add(new DeleteTopicState().setName(null).setTopicId(Worlds.idOf(name)));
        }
        return body;
    }

    @Test
    void whatNoLinkCopiesIsChangedAtOnce() {
        submit(creating("local"));
        submit(configuring(ConfigResource.topic("local")));
        submit(configuring(new ConfigResource(ConfigResource.Type.BROKER, "orders")));

        assertThat(taken.commands).hasSize(3);
        assertThat(answers).isEmpty();
    }

    private void submit(Command<?> command) {
        first().submit(command, loop, answers::add);
        simulator.runFor(Duration.ofSeconds(1));
    }

    private OwnersFirst first() {
        return new OwnersFirst(taken, () -> image, "orders"::equals);
    }

    private static CreateTopics creating(String... names) {
        return new CreateTopics(
                List.of(names).stream()
                        .map(name -> NewTopic.of(name, 1, 1, new TreeMap<>()))
                        .toList(),
                false);
    }

    private static IncrementalAlterConfigs configuring(ConfigResource resource) {
        var change = new Alteration(resource, List.of(new Change.Set("retention.ms", "5")));
        return new IncrementalAlterConfigs(List.of(change), Origin.CLIENT, false);
    }
}
