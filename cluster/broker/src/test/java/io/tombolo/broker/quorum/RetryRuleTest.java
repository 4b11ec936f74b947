package io.tombolo.broker.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.quorum.RetryRule.Fate;
import io.tombolo.controller.command.BrokerCommand;
import io.tombolo.controller.command.ConfigCommand.IncrementalAlterConfigs;
import io.tombolo.controller.command.ConfigCommand.Origin;
import io.tombolo.controller.command.LinkCommand;
import io.tombolo.controller.command.TopicCommand;
import io.tombolo.metadata.record.BrokerRecord.Drain;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.MirrorTopic;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.TreeMap;

/** What is asked of the controller once more. */
class RetryRuleTest {

    private static final LinkName LINK = new LinkName("l");

    private static final long NOW = 5_000_000_000L;
    private static final long LATE = NOW + Duration.ofMinutes(1).toNanos();

    @Test
    void whatNobodyTookIsAskedAgainUntilPatienceEnds() {
        var rule = RetryRule.of(new TopicCommand.CreateTopics(List.of(), false), NOW);

        assertThat(rule.again(Fate.NOT_TAKEN, NOW)).isTrue();
        assertThat(rule.again(Fate.NOT_TAKEN, LATE)).isFalse();
    }

    @Test
    void whatMayHaveBeenDoneIsAskedAgainOnlyIfItDoesNoHarm() {
        var create = RetryRule.of(new TopicCommand.CreateTopics(List.of(), false), NOW);
        var grow = RetryRule.of(new LinkCommand.GrowMirrorTopic(LINK, "orders", 3), NOW);
        var set = RetryRule.of(new IncrementalAlterConfigs(List.of(), Origin.CLIENT, false), NOW);

        assertThat(create.again(Fate.UNKNOWN, NOW)).isFalse();
        assertThat(set.again(Fate.UNKNOWN, NOW)).as("others may have set it since").isFalse();
        assertThat(grow.again(Fate.UNKNOWN, NOW)).isTrue();
        assertThat(grow.again(Fate.UNKNOWN, LATE)).isFalse();
    }

    @Test
    void whatSomebodyElseMayHaveChangedOfALinkMeanwhileIsNotSaidAgain() {
        var definition =
                new LinkDefined(
                        LINK,
                        new Uuid(1, 1),
                        new RegionId("eu"),
                        new RegionId("us"),
                        new TreeMap<>());

        assertThat(
                        List.of(
                                new LinkCommand.PauseLink(LINK),
                                new LinkCommand.ResumeLink(LINK),
                                new LinkCommand.RemoveLink(LINK),
                                new LinkCommand.DefineLink(definition),
                                new LinkCommand.SetMirrorTopicState(
                                        LINK, "orders", MirrorTopic.State.PAUSED, "")))
                .allSatisfy(command -> {
                    var rule = RetryRule.of(command, NOW);
                    assertThat(rule.again(Fate.UNKNOWN, NOW)).isFalse();
                    assertThat(rule.again(Fate.NOT_TAKEN, NOW)).isTrue();
                });
    }

    @Test
    void whatNamesTheEpochOfATakeoverIsSaidAgain() {
        assertThat(RetryRule.of(new LinkCommand.CompletePromotion(LINK, 2), NOW))
                .satisfies(rule -> assertThat(rule.again(Fate.UNKNOWN, NOW)).isTrue());
    }

    @Test
    void whatABrokerShallBecomeIsNotSaidAgainBecauseItMayHaveBeenTakenBack() {
        var empty = new Drain(Drain.Goal.EMPTY, "");

        var drain = RetryRule.of(new BrokerCommand.DrainBroker(1, empty), NOW);
        var undrain = RetryRule.of(new BrokerCommand.DrainBroker(1, Drain.NONE), NOW);

        assertThat(drain.again(Fate.UNKNOWN, NOW)).isFalse();
        assertThat(undrain.again(Fate.UNKNOWN, NOW)).isFalse();
        assertThat(drain.again(Fate.NOT_TAKEN, NOW)).isTrue();
    }

    @Test
    void heartbeatsAreNotRepeatedHereBecauseTheNextOneComesAnyway() {
        var rule = RetryRule.of(new BrokerCommand.HeartbeatBroker(1, 2, 3, false, false), NOW);

        assertThat(rule.again(Fate.NOT_TAKEN, NOW)).isFalse();
    }

    @Test
    void ofClientsRequestsOnlyThoseThatReadOrSetAreSentTwice() {
        assertThat(RetryRule.of(ApiKeys.DELETE_TOPICS, NOW).again(Fate.UNKNOWN, NOW)).isFalse();
        assertThat(RetryRule.of(ApiKeys.DESCRIBE_QUORUM, NOW).again(Fate.UNKNOWN, NOW)).isTrue();
    }
}
