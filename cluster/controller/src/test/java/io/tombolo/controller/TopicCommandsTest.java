package io.tombolo.controller;

import static io.tombolo.controller.Region.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.TopicCommand.CreatePartitions;
import io.tombolo.controller.command.TopicCommand.CreateTopics;
import io.tombolo.controller.command.TopicCommand.CreatedTopic;
import io.tombolo.controller.command.TopicCommand.DeleteTopics;
import io.tombolo.controller.command.TopicCommand.Growth;
import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.controller.command.TopicCommand.TopicKey;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.ConfigResource;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

class TopicCommandsTest {

    private final Region region = Region.withBrokers(1, 2, 3);

    @Test
    void aTopicIsCreatedWithItsPartitionsAndConfigs() {
        NewTopic wanted = NewTopic.of("orders", 3, 2, new TreeMap<>(Map.of("retention.ms", "5")));

        Answer<?> answer = region.create(wanted);

        var topic = region.image().topics().topic("orders").orElseThrow();
        assertThat(answer).isEqualTo(new Answer.Done<>(new CreatedTopic(topic.id(), 3, 2)));
        assertThat(topic.partitions().count()).isEqualTo(3);
        assertThat(region.partition(topic.id(), 0).replicas().size()).isEqualTo(2);
        assertThat(region.partition(topic.id(), 0).directories()).hasSize(2);
        assertThat(region.image().configs().value(ConfigResource.topic("orders"), "retention.ms"))
                .contains("5");
    }

    @Test
    void minusOneAsksForTheDefaults() {
        var created = answer(topic("orders", -1, -1));

        assertThat(created)
                .isInstanceOfSatisfying(
                        Answer.Done.class,
                        done ->
                                assertThat((CreatedTopic) done.value())
                                        .returns(2, CreatedTopic::partitionCount)
                                        .returns(1, CreatedTopic::replicationFactor));
    }

    @ParameterizedTest
    @CsvSource({
        "orders, 0, 1, INVALID_PARTITIONS",
        "orders, -2, 1, INVALID_PARTITIONS",
        "orders, 1, 0, INVALID_REPLICATION_FACTOR",
        "orders, 1, 4, INVALID_REPLICATION_FACTOR",
        "., 1, 1, INVALID_TOPIC_EXCEPTION",
        ".., 1, 1, INVALID_TOPIC_EXCEPTION",
        "'', 1, 1, INVALID_TOPIC_EXCEPTION",
        "a b, 1, 1, INVALID_TOPIC_EXCEPTION",
        "größe, 1, 1, INVALID_TOPIC_EXCEPTION",
        "taken, 1, 1, TOPIC_ALREADY_EXISTS",
        "a_b, 1, 1, INVALID_TOPIC_EXCEPTION",
        "orders, 2000000000, 1, POLICY_VIOLATION",
    })
    void wishesThatCannotBeAreRefused(String name, int partitions, int factor, Errors error) {
        region.create("taken", 1, 1);
        region.create("a.b", 1, 1);

        Refusal refusal = refusal(topic(name, partitions, factor));

        assertThat(refusal.error()).isEqualTo(error);
        assertThat(refusal.message()).isNotBlank();
        assertThat(region.last().batches()).isEmpty();
    }

    @Test
    void aNameOf249CharactersIsTheLongest() {
        assertThat(answer(topic("x".repeat(249), 1, 1))).isInstanceOf(Answer.Done.class);
        assertThat(refusal(topic("x".repeat(250), 1, 1)).error())
                .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
    }

    @Test
    void lookalikesInOneRequestAreBothCreated() {
        var answers =
                region.done(
                        new CreateTopics(List.of(topic("a.b", 1, 1), topic("a_b", 1, 1)), false));

        assertThat(answers.values()).allMatch(Answer.Done.class::isInstance);
    }

    @Test
    void aNameThatOccursTwiceIsRefusedAndTheOthersAreCreated() {
        var answers =
                region.done(
                        new CreateTopics(
                                List.of(topic("a", 1, 1), topic("b", 1, 1), topic("a", 2, 1)),
                                false));

        assertThat(answers.get("a"))
                .isEqualTo(new Refusal(Errors.INVALID_REQUEST, "Duplicate topic name.").answer());
        assertThat(answers.get("b")).isInstanceOf(Answer.Done.class);
        assertThat(region.image().topics().byId()).hasSize(1);
    }

    @Test
    void validateOnlyChecksEverythingAndChangesNothing() {
        var answers =
                region.done(new CreateTopics(List.of(topic("a", 1, 1), topic("b", 1, 9)), true));

        assertThat(answers.get("a")).isInstanceOf(Answer.Done.class);
        assertThat(answers.get("b")).isInstanceOf(Answer.Refused.class);
        assertThat(region.image().topics().byId()).isEmpty();
    }

    @Test
    void anIllegalConfigRefusesTheTopic() {
        Refusal refusal = refusal(topic("orders", Map.of("no.such", "1")));

        assertThat(refusal)
                .isEqualTo(
                        new Refusal(Errors.INVALID_CONFIG, "Unknown topic config name: no.such"));
    }

    @Test
    void aManualAssignmentIsTakenAsItIs() {
        region.create(assigned(Map.of(0, List.of(3, 1), 1, List.of(2, 3))));

        Uuid id = region.image().topics().topic("orders").orElseThrow().id();
        assertThat(region.partition(id, 0).replicas()).isEqualTo(BrokerIds.of(3, 1));
        assertThat(region.partition(id, 0).leader()).isEqualTo(3);
        assertThat(region.partition(id, 1).leader()).isEqualTo(2);
    }

    @Test
    void manualAssignmentsThatCannotBeAreRefused() {
        assertThat(
                        List.of(
                                refusal(assigned(Map.of(0, List.of(9)))),
                                refusal(assigned(Map.of(0, List.of()))),
                                refusal(assigned(Map.of(0, List.of(1, 1)))),
                                refusal(assigned(Map.of(1, List.of(1)))),
                                refusal(assigned(Map.of(0, List.of(1), 1, List.of(1, 2))))))
                .extracting(Refusal::error)
                .containsOnly(Errors.INVALID_REPLICA_ASSIGNMENT);
        var both =
                new NewTopic(
                        "orders",
                        1,
                        -1,
                        assigned(Map.of(0, List.of(1))).assignments(),
                        new TreeMap<>());
        assertThat(refusal(both).error()).isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void noTopicIsCreatedWhenAllBrokersAreFenced() {
        region.fence(1);
        region.fence(2);
        region.fence(3);

        assertThat(refusal(topic("orders", 1, 1)).error())
                .isEqualTo(Errors.INVALID_REPLICATION_FACTOR);
    }

    @Test
    void aFencedBrokerGetsReplicasLastAndNotInSync() {
        region.fence(2);

        Uuid id = region.create("orders", 6, 3);

        for (int index = 0; index < 6; index++) {
            assertThat(region.partition(id, index).replicas().at(2)).isEqualTo(2);
            assertThat(region.partition(id, index).isr().asList()).containsExactlyInAnyOrder(1, 3);
        }
    }

    @Test
    void aTopicIsDeletedByNameOrById() {
        Uuid a = region.create("a", 1, 1);
        Uuid b = region.create("b", 1, 1);

        var answers =
                region.done(
                        new DeleteTopics(List.of(new TopicKey.ByName("a"), new TopicKey.ById(b))));

        assertThat(answers.values()).allMatch(Answer.Done.class::isInstance);
        assertThat(region.image().topics().topic(a)).isEmpty();
        assertThat(region.image().topics().byId()).isEmpty();
    }

    @Test
    void deletingWhatDoesNotExistIsRefused() {
        var byName = new TopicKey.ByName("none");
        var byId = new TopicKey.ById(new Uuid(4, 4));

        var answers = region.done(new DeleteTopics(List.of(byName, byId)));

        assertThat(((Answer.Refused<?>) answers.get(byName)).error())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(((Answer.Refused<?>) answers.get(byId)).error())
                .isEqualTo(Errors.UNKNOWN_TOPIC_ID);
    }

    @Test
    void aTopicThatIsMadeAgainHasAnotherId() {
        Uuid first = region.create("a", 1, 1);
        region.done(new DeleteTopics(List.of(new TopicKey.ByName("a"))));

        assertThat(region.create("a", 1, 1)).isNotEqualTo(first);
    }

    @Test
    void partitionsAreAddedBehindThePresentOnes() {
        Uuid id = region.create("orders", 2, 2);
        var before = region.partition(id, 1);

        grow("orders", 5);

        assertThat(region.image().topics().topic(id).orElseThrow().partitions().count())
                .isEqualTo(5);
        assertThat(region.partition(id, 1)).isEqualTo(before);
        assertThat(region.partition(id, 4).replicas().size()).isEqualTo(2);
    }

    @Test
    void aTopicDoesNotShrinkOrStay() {
        region.create("orders", 2, 1);

        assertThat(growthRefusal(new Growth("orders", 2, List.of())).message())
                .isEqualTo("Topic already has 2 partition(s).");
        assertThat(growthRefusal(new Growth("orders", 1, List.of())).error())
                .isEqualTo(Errors.INVALID_PARTITIONS);
        assertThat(growthRefusal(new Growth("none", 1, List.of())).error())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(growthRefusal(new Growth("orders", 4, List.of(List.of(1)))).error())
                .isEqualTo(Errors.INVALID_REPLICA_ASSIGNMENT);
    }

    private void grow(String topic, int count) {
        var answers =
                region.done(
                        new CreatePartitions(List.of(new Growth(topic, count, List.of())), false));
        assertThat(answers.get(topic)).isInstanceOf(Answer.Done.class);
    }

    private Refusal growthRefusal(Growth growth) {
        var answer = region.done(new CreatePartitions(List.of(growth), false)).get(growth.topic());
        return ((Answer.Refused<?>) Objects.requireNonNull(answer)).refusal();
    }

    private Answer<?> answer(NewTopic topic) {
        return region.create(topic);
    }

    private Refusal refusal(NewTopic topic) {
        Answer<?> answer = region.create(topic);
        assertThat(answer).isInstanceOf(Answer.Refused.class);
        return ((Answer.Refused<?>) answer).refusal();
    }

    private static NewTopic assigned(Map<Integer, List<Integer>> replicas) {
        return new NewTopic("orders", -1, -1, new TreeMap<>(replicas), new TreeMap<>());
    }
}
