package io.tombolo.broker.request.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.Commands;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.TopicCommand.CreateTopics;
import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.simulated.Simulator;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Topics that come to be because a client asks for them. */
class AutoCreationTest {

    private static final NewTopic INTERNAL = NewTopic.of("__own", 4, 1, new TreeMap<>());
    private static final NewTopic DECLARED = NewTopic.of("orders", 24, 3, new TreeMap<>());

    private final EventLoop loop =
            new Simulator(1).addNode("one", 1).start(_ -> {}).loops().loop(0);
    private final Asked asked = new Asked();

    private static final class Asked implements Commands {

        private final List<NewTopic> topics = new ArrayList<>();

        @Override
        public <A> void submit(
                Command<A> command, EventLoop replyTo, Consumer<Answer<A>> answered) {
            if (command instanceof CreateTopics create) {
                topics.addAll(create.topics());
            }
        }
    }

    private void ask(boolean enabled, String... names) {
        new AutoCreation(asked, enabled, List.of(INTERNAL), List.of(DECLARED))
                .create(List.of(names), loop);
    }

    @Test
    void whatTheFileDescribesIsMadeAsItStandsThere() {
        ask(true, "orders", "others");

        assertThat(asked.topics)
                .containsExactly(
                        DECLARED,
                        NewTopic.of(
                                "others",
                                NewTopic.BY_DEFAULT,
                                NewTopic.BY_DEFAULT,
                                new TreeMap<>()));
    }

    @Test
    void withoutPermissionOnlyTopicsOfTheBrokersOwnAreMade() {
        ask(false, "orders", "others", "__own");

        assertThat(asked.topics).containsExactly(INTERNAL);
    }
}
