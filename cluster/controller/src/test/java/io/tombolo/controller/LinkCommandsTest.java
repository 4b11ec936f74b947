package io.tombolo.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.ConfigCommand.Alteration;
import io.tombolo.controller.command.ConfigCommand.Change;
import io.tombolo.controller.command.ConfigCommand.IncrementalAlterConfigs;
import io.tombolo.controller.command.ConfigCommand.Origin;
import io.tombolo.controller.command.LinkCommand.BeginPromotion;
import io.tombolo.controller.command.LinkCommand.ClampMirrorOffsets;
import io.tombolo.controller.command.LinkCommand.Clamped;
import io.tombolo.controller.command.LinkCommand.CompletePromotion;
import io.tombolo.controller.command.LinkCommand.CreateMirrorTopic;
import io.tombolo.controller.command.LinkCommand.DefineLink;
import io.tombolo.controller.command.LinkCommand.GrowMirrorTopic;
import io.tombolo.controller.command.LinkCommand.PauseLink;
import io.tombolo.controller.command.LinkCommand.Promotion;
import io.tombolo.controller.command.LinkCommand.RaiseLeaderEpochs;
import io.tombolo.controller.command.LinkCommand.RecordGaps;
import io.tombolo.controller.command.LinkCommand.RemoveLink;
import io.tombolo.controller.command.LinkCommand.RestartMirrorTopic;
import io.tombolo.controller.command.LinkCommand.ResumeLink;
import io.tombolo.controller.command.LinkCommand.SetMirrorTopicState;
import io.tombolo.controller.command.LinkCommand.SettleMirrorPartitions;
import io.tombolo.controller.command.LinkCommand.Settled;
import io.tombolo.controller.command.RegionCommand;
import io.tombolo.controller.command.TopicCommand;
import io.tombolo.controller.command.TopicCommand.CreatePartitions;
import io.tombolo.controller.command.TopicCommand.CreatedTopic;
import io.tombolo.controller.command.TopicCommand.DeleteTopics;
import io.tombolo.controller.command.TopicCommand.Growth;
import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.controller.command.TopicCommand.TopicKey;
import io.tombolo.metadata.image.LinkRegistration;
import io.tombolo.metadata.image.MetadataImage.Writability;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.LinkRecord.ClampedPosition;
import io.tombolo.metadata.record.LinkRecord.CopyEnd;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.metadata.record.LinkRecord.OpenTransactions;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.link.MirrorTopic.State;
import io.tombolo.region.ownership.Ownership;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

class LinkCommandsTest {

    private static final LinkName LINK = new LinkName("us-to-eu");
    private static final Uuid SOURCE = new Uuid(44, 44);

    private final Region region = Region.withBrokers(1);

    @BeforeEach
    void aLink() {
        region.done(new DefineLink(definition(new Uuid(7, 7), Map.of("topics", "*"))));
    }

    @Test
    void aLinkMayChangeItsSettingsButNotItsIdentity() {
        region.done(new DefineLink(definition(new Uuid(7, 7), Map.of("topics", "a*"))));

        assertThat(region.image().links().link(LINK))
                .map(link -> link.definition().settings())
                .contains(new TreeMap<>(Map.of("topics", "a*")));
        assertThat(region.refused(new DefineLink(definition(new Uuid(7, 8), Map.of()))).error())
                .isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void aLinkIsPausedAndResumed() {
        region.done(new PauseLink(LINK));
        assertThat(region.image().links().link(LINK)).map(LinkRegistration::paused).contains(true);

        region.done(new PauseLink(LINK));
        assertThat(region.last().batches()).isEmpty();

        region.done(new ResumeLink(LINK));
        assertThat(region.image().links().link(LINK)).map(LinkRegistration::paused).contains(false);
    }

    @Test
    void aMirrorTopicTakesTheSourcesIdAndIsNotWritable() {
        CreatedTopic created = mirror("orders", SOURCE);

        assertThat(created).isEqualTo(new CreatedTopic(SOURCE, 3, 1));
        assertThat(region.image().writability(SOURCE)).isEqualTo(Writability.MIRROR);
    }

    @Test
    void creatingTheSameMirrorTopicAgainChangesNothing() {
        CreatedTopic first = mirror("orders", SOURCE);

        assertThat(mirror("orders", SOURCE)).isEqualTo(first);
        assertThat(region.last().batches()).isEmpty();
    }

    @Test
    void aSourceWithoutIdsGetsAFreshOne() {
        CreatedTopic created = mirror("orders", Uuid.ZERO_UUID);

        assertThat(created.topicId()).isNotEqualTo(Uuid.ZERO_UUID);
    }

    @Test
    void aNameOrAnIdThatIsTakenIsRefused() {
        region.done(new DefineLink(definition(new Uuid(7, 7), Map.of("topics", "bills"))));
        region.create("orders", 1, 1);
        region.done(new DefineLink(definition(new Uuid(7, 7), Map.of("topics", "*"))));
        assertThat(region.refused(mirrorOf("orders", SOURCE)).error())
                .isEqualTo(Errors.TOPIC_ALREADY_EXISTS);

        mirror("other", SOURCE);
        assertThat(region.refused(mirrorOf("renamed", SOURCE)).error())
                .isEqualTo(Errors.TOPIC_ALREADY_EXISTS);
    }

    @Test
    void aStoppedMirrorTopicIsNotMirroredAgain() {
        mirror("orders", SOURCE);
        promote();

        assertThat(region.refused(mirrorOf("orders", SOURCE)).error())
                .isEqualTo(Errors.TOPIC_ALREADY_EXISTS);
    }

    @Test
    void aMirrorTopicGrowsWithItsSourceOnly() {
        mirror("orders", SOURCE);

        var byClient =
                region.done(
                        new CreatePartitions(List.of(new Growth("orders", 5, List.of())), false));
        assertThat(byClient.get("orders"))
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> assertThat(refused.error()).isEqualTo(Errors.POLICY_VIOLATION));

        region.done(new GrowMirrorTopic(LINK, "orders", 5));
        assertThat(region.image().topics().partitionCount()).isEqualTo(5);
        region.done(new GrowMirrorTopic(LINK, "orders", 5));
        assertThat(region.last().batches()).isEmpty();
    }

    @Test
    void configsThatFollowTheSourceAreChangedByTheLinkOnly() {
        mirror("orders", SOURCE);

        assertThat(compress(Origin.CLIENT))
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> {
                            assertThat(refused.error()).isEqualTo(Errors.POLICY_VIOLATION);
                            assertThat(refused.message()).contains("us-to-eu");
                        });
        assertThat(compress(Origin.LINK)).isInstanceOf(Answer.Done.class);
    }

    @Test
    void whatALinkHasSetIsKnownAfterwardsAndWhatAClientSetsIsNotTakenForIt() {
        region.done(
                new CreateMirrorTopic(
                        LINK, "orders", SOURCE, 3, new TreeMap<>(Map.of("retention.ms", "5"))));
        assertThat(followed()).containsExactly(Map.entry("retention.ms", "5"));

        set("retention.ms", "9", Origin.CLIENT);
        assertThat(followed()).containsExactly(Map.entry("retention.ms", "5"));

        set("retention.ms", "9", Origin.LINK);
        assertThat(followed()).containsExactly(Map.entry("retention.ms", "9"));

        set("retention.ms", "9", Origin.LINK);
        assertThat(region.last().batches().stream().flatMap(List::stream)).isEmpty();
    }

    private Map<String, String> followed() {
        return region.image().links().mirrorTopic(SOURCE).orElseThrow().followed();
    }

    private Answer<?> set(String key, String value, Origin origin) {
        var change =
                new Alteration(ConfigResource.topic("orders"), List.of(new Change.Set(key, value)));
        return region.done(new IncrementalAlterConfigs(List.of(change), origin, false))
                .values()
                .iterator()
                .next();
    }

    @ParameterizedTest
    @EnumSource(
            value = State.class,
            names = {"PAUSED", "FAILED", "STOPPING"})
    void aMirrorTopicChangesItsState(State state) {
        mirror("orders", SOURCE);

        region.done(new SetMirrorTopicState(LINK, "orders", state, "GAP: why"));

        var mirror = region.image().links().mirrorTopic(SOURCE).orElseThrow();
        assertThat(mirror.state()).isEqualTo(state);
        assertThat(mirror.reason()).isEqualTo("GAP: why");
    }

    @Test
    void onlyAPromotionStopsAMirrorTopicAndNothingBringsItBack() {
        mirror("orders", SOURCE);
        assertThat(
                        region.refused(new SetMirrorTopicState(LINK, "orders", State.STOPPED, ""))
                                .error())
                .isEqualTo(Errors.INVALID_REQUEST);

        region.done(new BeginPromotion(LINK, "test"));
        assertThat(
                        region.refused(new SetMirrorTopicState(LINK, "orders", State.MIRRORING, ""))
                                .error())
                .isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void aPromotionRaisesLeaderEpochsAboveAllThatWereMirrored() {
        mirror("orders", SOURCE);
        claim();

        var wanted = region.done(new BeginPromotion(LINK, "failover"));
        assertThat(wanted).hasSize(3);
        assertThat(region.image().writability(SOURCE)).isEqualTo(Writability.MIRROR);

        settle(Map.of(id(0), 70_000, id(1), -1));
        assertThat(region.image().writability(SOURCE)).isEqualTo(Writability.MIRROR);
        settle(Map.of(id(2), 0));

        assertThat(region.partition(SOURCE, 0).leaderEpoch()).isEqualTo(70_001);
        assertThat(region.partition(SOURCE, 1).leaderEpoch()).isEqualTo(LeaderEpochs.RANGE);
        assertThat(region.partition(SOURCE, 2).leaderEpoch()).isEqualTo(LeaderEpochs.RANGE);
        assertThat(region.image().writability(SOURCE)).isEqualTo(Writability.WRITABLE);
    }

    @Test
    void aTopicWaitsForTheGroupsOfEveryOffsetsPartition() {
        offsetsTopic(2);
        mirror("orders", SOURCE);
        claim();
        region.done(new BeginPromotion(LINK, "failover"));
        clamp(0);
        settle(Map.of(id(0), 1, id(1), 1, id(2), 1));

        clamp(1);
        assertThat(region.image().writability(SOURCE)).isEqualTo(Writability.MIRROR);
        clamp(0);

        assertThat(region.image().writability(SOURCE)).isEqualTo(Writability.WRITABLE);
        assertThat(promotion().clamped()).containsOnlyKeys(0, 1);
        assertThat(promotion().ends()).hasSize(3);
    }

    @Test
    void aLeaderOfAnotherEpochSettlesNothing() {
        mirror("orders", SOURCE);
        claim();
        region.done(new BeginPromotion(LINK, "failover"));
        var deposed =
                new Settled(
                        region.partition(SOURCE, 0).leaderEpoch() - 1,
                        end(4),
                        OpenTransactions.NONE);

        region.done(new SettleMirrorPartitions(LINK, 1, new TreeMap<>(Map.of(id(0), deposed))));

        assertThat(region.last().batches()).isEmpty();
    }

    @Test
    void whatHasSettledStaysAsItWasTold() {
        mirror("orders", SOURCE);
        claim();
        region.done(new BeginPromotion(LINK, "failover"));
        settle(Map.of(id(0), 4));

        settle(Map.of(id(0), 5));

        assertThat(promotion().endOf(0)).map(CopyEnd::highestEpoch).contains(4);
    }

    @Test
    void onlyTheEpochThatTookTheTopicsOverPromotesThem() {
        mirror("orders", SOURCE);
        claim();
        region.done(new BeginPromotion(LINK, "failover"));

        assertThat(region.refused(new CompletePromotion(LINK, 2)).message())
                .contains("does not own");
        assertThat(region.refused(new SettleMirrorPartitions(LINK, 2, new TreeMap<>())).error())
                .isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void aForcedEndGoesWithoutWhatIsMissing() {
        mirror("orders", SOURCE);
        claim();
        region.done(new BeginPromotion(LINK, "failover"));
        settle(Map.of(id(0), 1));

        Promotion promotion = region.done(new CompletePromotion(LINK, 1));

        assertThat(promotion.stopped()).containsExactly(SOURCE);
        assertThat(promotion.waiting()).containsExactly(id(1), id(2));
        assertThat(region.image().writability(SOURCE)).isEqualTo(Writability.WRITABLE);
    }

    @Test
    void aTopicThatStillMirrorsIsNotCompleted() {
        mirror("orders", SOURCE);
        claim();

        settle(Map.of(id(0), 1, id(1), 1, id(2), 1));
        assertThat(region.last().batches()).isEmpty();

        assertThat(region.done(new CompletePromotion(LINK, 1)).stopped()).isEmpty();
        assertThat(region.last().batches()).isEmpty();
    }

    @Test
    void aLinkWhoseTopicsWereTakenOverMakesNothingNew() {
        mirror("orders", SOURCE);
        claim();

        assertThat(region.refused(mirrorOf("late", new Uuid(5, 5))).message())
                .contains("has taken over");
        region.done(new BeginPromotion(LINK, "failover"));
        assertThat(region.refused(new GrowMirrorTopic(LINK, "orders", 9)).error())
                .isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void leaderEpochsAreRaisedAndNeverLowered() {
        mirror("orders", SOURCE);

        region.done(new RaiseLeaderEpochs(new TreeMap<>(Map.of(id(0), 20))));
        region.done(new RaiseLeaderEpochs(new TreeMap<>(Map.of(id(0), 5))));

        assertThat(region.partition(SOURCE, 0).leaderEpoch()).isEqualTo(20);
        assertThat(region.partition(SOURCE, 0).leader()).isEqualTo(1);
        assertThat(region.refused(new RaiseLeaderEpochs(new TreeMap<>(Map.of(id(9), 5)))).error())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    @Test
    void whatIsMissingInACopyIsKeptUntilItsTopicIsDeleted() {
        mirror("orders", SOURCE);
        var gap = new MirrorTopic.Gap(50, 70);

        region.done(new RecordGaps(new TreeMap<>(Map.of(id(0), gap))));
        region.done(new RecordGaps(new TreeMap<>(Map.of(id(0), new MirrorTopic.Gap(55, 60)))));

        assertThat(region.image().links().gapsOf(id(0))).containsExactly(gap);
        assertThat(region.refused(new RecordGaps(new TreeMap<>(Map.of(id(9), gap)))).error())
                .isEqualTo(Errors.INVALID_REQUEST);
        region.done(new BeginPromotion(LINK, "failover"));
        assertThat(region.refused(new RecordGaps(new TreeMap<>(Map.of(id(0), gap)))).error())
                .isEqualTo(Errors.INVALID_REQUEST);
        assertThat(region.image().links().gapsOf(id(0))).containsExactly(gap);
    }

    @Test
    void aCopyBeginsAnewOnceItHasFailedAndNeverGoesBack() {
        mirror("orders", SOURCE);
        var anew = new Uuid(5, 5);
        var restart = new RestartMirrorTopic(mirrorOf("orders", anew), SOURCE);
        assertThat(region.refused(restart).error()).isEqualTo(Errors.INVALID_REQUEST);

        fail("orders");
        assertThat(region.refused(new RestartMirrorTopic(mirrorOf("orders", anew), anew)).error())
                .isEqualTo(Errors.INVALID_REQUEST);
        assertThat(region.done(restart)).isEqualTo(new CreatedTopic(anew, 3, 1));

        assertThat(region.last().batches()).hasSize(1);
        assertThat(region.image().topics().topic(SOURCE)).isEmpty();
        assertThat(region.image().writability(anew)).isEqualTo(Writability.MIRROR);
        fail("orders");
        assertThat(region.refused(new RestartMirrorTopic(mirrorOf("orders", SOURCE), anew)).error())
                .isEqualTo(Errors.INVALID_REQUEST);
        region.done(new BeginPromotion(LINK, "failover"));
        var third = new RestartMirrorTopic(mirrorOf("orders", new Uuid(6, 6)), anew);
        assertThat(region.refused(third).error()).isEqualTo(Errors.INVALID_REQUEST);
    }

    private void fail(String topic) {
        region.done(new SetMirrorTopicState(LINK, topic, State.FAILED, "made anew"));
    }

    @Test
    void ofTheTopicsThatItLeftACopyKnowsTheLatest() {
        mirror("orders", SOURCE);
        for (int number = 1; number <= MirrorTopic.Origin.LEFT_MAX + 1; number++) {
            fail("orders");
            Uuid before = number == 1 ? SOURCE : new Uuid(8, number - 1);
            region.done(new RestartMirrorTopic(mirrorOf("orders", new Uuid(8, number)), before));
        }

        Uuid now = region.image().topics().topic("orders").orElseThrow().id();
        assertThat(region.image().links().mirrorTopic(now).orElseThrow().origin().left())
                .hasSize(MirrorTopic.Origin.LEFT_MAX)
                .startsWith(new Uuid(8, 1))
                .endsWith(new Uuid(8, MirrorTopic.Origin.LEFT_MAX));
    }

    @Test
    void aLinkIsRemovedOnceItMirrorsNothing() {
        mirror("orders", SOURCE);
        assertThat(region.refused(new RemoveLink(LINK)).message()).contains("1 topic(s)");

        region.done(new PauseLink(LINK));
        region.done(new DeleteTopics(List.of(new TopicKey.ByName("orders"))));
        region.done(new RemoveLink(LINK));

        assertThat(region.image().links().byName()).isEmpty();
        assertThat(region.refused(new PauseLink(LINK)).error())
                .isEqualTo(Errors.RESOURCE_NOT_FOUND);
        assertThat(region.refused(mirrorOf("orders", SOURCE)).error())
                .isEqualTo(Errors.RESOURCE_NOT_FOUND);
        assertThat(
                        region.refused(new SetMirrorTopicState(LINK, "orders", State.PAUSED, ""))
                                .error())
                .isEqualTo(Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }

    private void promote() {
        claim();
        region.done(new BeginPromotion(LINK, "test"));
        region.done(new CompletePromotion(LINK, 1));
    }

    private void claim() {
        region.done(
                new RegionCommand.ClaimOwnership(
                        new DomainName(LINK.name()),
                        new RegionId("eu"),
                        0,
                        Ownership.Mode.FORCED,
                        "test"));
    }

    private void settle(Map<PartitionId, Integer> mirroredEpochs) {
        var settled = new TreeMap<PartitionId, Settled>();
        mirroredEpochs.forEach((id, epoch) ->
                settled.put(
                        id,
                        new Settled(
                                region.partition(SOURCE, id.index()).leaderEpoch(),
                                end(epoch),
                                OpenTransactions.NONE)));
        region.done(new SettleMirrorPartitions(LINK, 1, settled));
    }

    private static CopyEnd end(int highestEpoch) {
        return new CopyEnd(100, highestEpoch, 0, true);
    }

    private void clamp(int offsetsPartition) {
        Uuid offsets = region.image().topics().topic("__consumer_offsets").orElseThrow().id();
        region.done(
                new ClampMirrorOffsets(
                        LINK,
                        1,
                        offsetsPartition,
                        region.partition(offsets, offsetsPartition).leaderEpoch(),
                        new Clamped(
                                new TreeSet<>(List.of(SOURCE)),
                                List.of(new ClampedPosition("billing", SOURCE, 0, 120, 100)))));
    }

    private void offsetsTopic(int partitions) {
        region.done(
                new TopicCommand.CreateTopics(
                        List.of(NewTopic.of("__consumer_offsets", partitions, 1, new TreeMap<>())),
                        false));
    }

    private io.tombolo.metadata.image.Promotion promotion() {
        return region.image().links().mirrorTopic(SOURCE).orElseThrow().promotion();
    }

    private CreatedTopic mirror(String name, Uuid sourceId) {
        return region.done(mirrorOf(name, sourceId));
    }

    private static CreateMirrorTopic mirrorOf(String name, Uuid sourceId) {
        return new CreateMirrorTopic(LINK, name, sourceId, 3, new TreeMap<>());
    }

    private Answer<?> compress(Origin origin) {
        return set("compression.type", "zstd", origin);
    }

    private static PartitionId id(int index) {
        return new PartitionId(SOURCE, index);
    }

    private static LinkDefined definition(Uuid id, Map<String, String> settings) {
        return new LinkDefined(
                LINK, id, new RegionId("us"), new RegionId("eu"), new TreeMap<>(settings));
    }
}
