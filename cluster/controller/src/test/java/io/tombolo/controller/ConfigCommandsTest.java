package io.tombolo.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.ConfigCommand.AlterConfigs;
import io.tombolo.controller.command.ConfigCommand.Alteration;
import io.tombolo.controller.command.ConfigCommand.Change;
import io.tombolo.controller.command.ConfigCommand.IncrementalAlterConfigs;
import io.tombolo.controller.command.ConfigCommand.Origin;
import io.tombolo.controller.command.ConfigCommand.Receipted;
import io.tombolo.controller.command.ConfigCommand.Replacement;
import io.tombolo.controller.command.Refusal;
import io.tombolo.metadata.record.ConfigRecord.ConfigSet;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.RegionRecord.Receipt;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

class ConfigCommandsTest {

    private static final ConfigResource ORDERS = ConfigResource.topic("orders");

    private final Region region = Region.withBrokers(1);

    @BeforeEach
    void aTopic() {
        region.create("orders", 1, 1);
    }

    @Test
    void singleConfigsAreSetAndDeleted() {
        change(
                ORDERS,
                new Change.Set("retention.ms", "5"),
                new Change.Set("compression.type", "x"));
        change(ORDERS, new Change.Delete("retention.ms"));

        assertThat(region.image().configs().of(ORDERS)).isEqualTo(Map.of("compression.type", "x"));
    }

    @Test
    void aResourceIsChangedAsAWholeOrNotAtAll() {
        Answer<?> answer =
                change(
                        ORDERS,
                        new Change.Set("compression.type", "x"),
                        new Change.Set("retention.ms", "soon"));

        assertThat(refusal(answer))
                .isEqualTo(new Refusal(Errors.INVALID_CONFIG, "Not a number of type LONG"));
        assertThat(region.image().configs().of(ORDERS)).isEmpty();
    }

    @Test
    void oneBadResourceDoesNotHinderTheOthers() {
        var broker = ConfigResource.broker(1);
        var answers =
                region.done(
                        new IncrementalAlterConfigs(
                                List.of(
                                        new Alteration(
                                                ORDERS, List.of(new Change.Set("no.such", "1"))),
                                        new Alteration(
                                                broker, List.of(new Change.Set("any", "1")))),
                                Origin.CLIENT,
                                false));

        assertThat(answers.get(ORDERS)).isInstanceOf(Answer.Refused.class);
        assertThat(answers.get(broker)).isInstanceOf(Answer.Done.class);
        assertThat(region.image().configs().value(broker, "any")).contains("1");
    }

    @Test
    void whatIsChangedLeavesAReceiptInItsOwnBatchAndWhatIsNotLeavesNone() {
        var broker = ConfigResource.broker(1);
        var ticket = new Uuid(1, 2);
        change(broker, new Change.Set("any", "1"));
        var command =
                new Receipted(
                        ticket,
                        new IncrementalAlterConfigs(
                                List.of(
                                        new Alteration(
                                                ORDERS,
                                                List.of(new Change.Set("retention.ms", "2"))),
                                        new Alteration(broker, List.of(new Change.Set("any", "1"))),
                                        new Alteration(
                                                ConfigResource.topic("none"),
                                                List.of(new Change.Set("any", "1")))),
                                Origin.CLIENT,
                                false));

        region.done(command);

        assertThat(region.last().batches())
                .containsExactly(
                        List.of(
                                new ConfigSet(ORDERS, "retention.ms", "2"),
                                new Receipt(ticket, ORDERS)));
    }

    @Test
    void itemsAreAppendedToAListAndTakenOutOfIt() {
        change(ORDERS, new Change.Append("cleanup.policy", "compact"));
        assertThat(region.image().configs().value(ORDERS, "cleanup.policy"))
                .contains("delete,compact");

        change(ORDERS, new Change.Append("cleanup.policy", "compact"));
        change(ORDERS, new Change.Subtract("cleanup.policy", "delete"));
        assertThat(region.image().configs().value(ORDERS, "cleanup.policy")).contains("compact");
    }

    @Test
    void onlyListsCanBeAppendedTo() {
        assertThat(refusal(change(ORDERS, new Change.Append("retention.ms", "1"))))
                .isEqualTo(
                        new Refusal(
                                Errors.INVALID_CONFIG,
                                "Can't APPEND to key retention.ms because its type is not LIST."));
        assertThat(refusal(change(ORDERS, new Change.Subtract("retention.ms", "1"))).error())
                .isEqualTo(Errors.INVALID_CONFIG);
    }

    @Test
    void replacingSetsBackWhatIsNotNamed() {
        change(
                ORDERS,
                new Change.Set("retention.ms", "5"),
                new Change.Set("compression.type", "x"));

        region.done(
                new AlterConfigs(
                        List.of(
                                new Replacement(
                                        ORDERS, new TreeMap<>(Map.of("retention.ms", "6")))),
                        false));

        assertThat(region.image().configs().of(ORDERS)).isEqualTo(Map.of("retention.ms", "6"));
    }

    @Test
    void whatIsSoAlreadyWritesNothing() {
        change(ORDERS, new Change.Set("retention.ms", "5"));

        change(ORDERS, new Change.Set("retention.ms", "5"));

        assertThat(region.last().batches()).isEmpty();
    }

    @Test
    void validateOnlyChangesNothing() {
        region.done(
                new IncrementalAlterConfigs(
                        List.of(
                                new Alteration(
                                        ORDERS, List.of(new Change.Set("retention.ms", "5")))),
                        Origin.CLIENT,
                        true));

        assertThat(region.image().configs().of(ORDERS)).isEmpty();
    }

    @Test
    void unknownResourcesAreRefused() {
        var set = new Change.Set("retention.ms", "5");
        assertThat(refusal(change(ConfigResource.topic("none"), set)).error())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(refusal(change(ConfigResource.topic("a b"), set)).error())
                .isEqualTo(Errors.INVALID_TOPIC_EXCEPTION);
        assertThat(refusal(change(ConfigResource.broker(7), set)).error())
                .isEqualTo(Errors.BROKER_ID_NOT_REGISTERED);
        assertThat(
                        refusal(change(new ConfigResource(ConfigResource.Type.BROKER, "one"), set))
                                .error())
                .isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void aKeyOrAResourceThatOccursTwiceIsRefused() {
        var set = new Change.Set("retention.ms", "5");
        assertThat(refusal(change(ORDERS, set, set)).error()).isEqualTo(Errors.INVALID_REQUEST);

        var twice = new Alteration(ORDERS, List.of(set));
        var answers =
                region.done(
                        new IncrementalAlterConfigs(List.of(twice, twice), Origin.CLIENT, false));
        assertThat(refusal(Objects.requireNonNull(answers.get(ORDERS))).error())
                .isEqualTo(Errors.INVALID_REQUEST);
        assertThat(region.image().configs().of(ORDERS)).isEmpty();
    }

    @Test
    void theDefaultsOfAllBrokersAndGroupsCanBeSet() {
        change(ConfigResource.allBrokers(), new Change.Set("any", "1"));
        change(ConfigResource.group("g"), new Change.Set("any", "2"));

        assertThat(region.image().configs().byResource()).hasSize(2);
    }

    private Answer<?> change(ConfigResource resource, Change... changes) {
        var answers =
                region.done(
                        new IncrementalAlterConfigs(
                                List.of(new Alteration(resource, List.of(changes))),
                                Origin.CLIENT,
                                false));
        return Objects.requireNonNull(answers.get(resource));
    }

    private static Refusal refusal(Answer<?> answer) {
        assertThat(answer).isInstanceOf(Answer.Refused.class);
        return ((Answer.Refused<?>) answer).refusal();
    }
}
