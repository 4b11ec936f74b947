package io.tombolo.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.request.Answers;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.TopicCommand;
import io.tombolo.controller.command.TopicCommand.CreatedTopic;
import io.tombolo.controller.command.TopicCommand.NewTopic;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Three brokers with one quorum, on simulated machines that can be killed. */
class RegionOfThreeSimulation {

    private final Map<String, Answer<CreatedTopic>> answers = new TreeMap<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aKilledControllerIsReplacedAndAMinorityDecidesNothing(long seed) {
        var region = new SimulatedRegion(seed);
        for (int number : SimulatedRegion.ALL) {
            create(region, number, "by-" + number);
        }
        region.run("created", () -> done("by-1") && done("by-2") && done("by-3"));
        region.run(
                "known everywhere",
                () -> SimulatedRegion.ALL.stream().allMatch(number -> knowsAll(region, number)));

        int first = region.controllerOf(1);
        int second = first % 3 + 1;
        int third = second % 3 + 1;
        region.kill(first);
        long killedNanos = region.simulator.nowNanos();
        create(region, second, "after");
        region.run("created after the kill", () -> done("after"));

        assertThat(region.controllerOf(second)).isIn(second, third);
        assertThat(region.simulator.nowNanos() - killedNanos)
                .isLessThan(Duration.ofSeconds(10).toNanos());
        // Who is asked has published what it answers.
        assertThat(region.core(second).images().current().topics().topic("after")).isPresent();

        region.kill(third);
        create(region, second, "never");
        region.run("answered", () -> answers.containsKey("never"));
        assertThat(answers.get("never"))
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> assertThat(refused.error()).isEqualTo(Errors.NOT_CONTROLLER));

        region.restart(third);
        create(region, third, "again");
        region.run("created by two of three", () -> done("again"));
        assertThat(region.core(third).images().current().topics().topic("after")).isPresent();
    }

    private static boolean knowsAll(SimulatedRegion region, int number) {
        var topics = region.core(number).images().current().topics();
        return SimulatedRegion.ALL.stream().allMatch(by -> topics.topic("by-" + by).isPresent());
    }

    private boolean done(String topic) {
        return answers.get(topic) instanceof Answer.Done<CreatedTopic>;
    }

    private void create(SimulatedRegion region, int number, String topic) {
        var command =
                new TopicCommand.CreateTopics(
                        List.of(NewTopic.of(topic, 1, 1, new TreeMap<>())), false);
        Consumer<Answer<Map<String, Answer<CreatedTopic>>>> taken =
                answer -> {
                    Answer<CreatedTopic> part = Answers.part(answer, topic);
                    answers.put(topic, part);
                    if (part instanceof Answer.Refused<CreatedTopic> refused
                            && refused.error() == Errors.NOT_CONTROLLER
                            && !topic.equals("never")) {
                        create(region, number, topic); // as clients do
                    }
                };
        region.core(number).submit(command, region.loop(number), taken);
    }
}
