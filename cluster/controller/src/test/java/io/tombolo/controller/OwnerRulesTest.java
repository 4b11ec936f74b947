package io.tombolo.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.ConfigCommand.AlterConfigs;
import io.tombolo.controller.command.ConfigCommand.Alteration;
import io.tombolo.controller.command.ConfigCommand.Change;
import io.tombolo.controller.command.ConfigCommand.IncrementalAlterConfigs;
import io.tombolo.controller.command.ConfigCommand.Origin;
import io.tombolo.controller.command.ConfigCommand.Replacement;
import io.tombolo.controller.command.LinkCommand.BeginPromotion;
import io.tombolo.controller.command.LinkCommand.CompletePromotion;
import io.tombolo.controller.command.LinkCommand.CreateMirrorTopic;
import io.tombolo.controller.command.LinkCommand.DefineLink;
import io.tombolo.controller.command.LinkCommand.PauseLink;
import io.tombolo.controller.command.LinkCommand.RemoveLink;
import io.tombolo.controller.command.LinkCommand.SetMirrorTopicState;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.RegionCommand.ClaimOwnership;
import io.tombolo.controller.command.RegionCommand.ObserveOwnership;
import io.tombolo.controller.command.TopicCommand.CreatePartitions;
import io.tombolo.controller.command.TopicCommand.DeleteTopics;
import io.tombolo.controller.command.TopicCommand.Growth;
import io.tombolo.controller.command.TopicCommand.TopicKey;
import io.tombolo.metadata.image.MetadataImage.Writability;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.MirrorTopic.State;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.ownership.Ownership.Mode;
import io.tombolo.region.ownership.Takeover;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The cases of the table of {@link io.tombolo.controller.topic.OwnerRules}. */
class OwnerRulesTest {

    private static final RegionId EU = new RegionId("eu");
    private static final RegionId US = new RegionId("us");
    private static final Uuid SOURCE = new Uuid(44, 44);

    private final Region region = Region.withBrokers(1);

    /** This region, eu, is the source of a link that copies orders and the like. */
    @Nested
    class AtTheSource {

        private final LinkName link = new LinkName("eu-to-us");

        @BeforeEach
        void aLinkedTopicAndALocalOne() {
            define(link, EU, US, "orders*");
            claim(link, EU, Mode.STEADY);
            region.create("orders", 1, 1);
            region.create("local", 1, 1);
        }

        @Test
        void theOwnerChangesItsTopics() {
            grow("orders", 2);
            set("orders", "retention.ms", "5");
            region.create("orders.late", 1, 1);

            assertThat(delete("orders")).isInstanceOf(Answer.Done.class);
        }

        @Test
        void whoHasLostTheTopicsMakesNoNewOnes() {
            claim(link, US, Mode.FORCED);

            Refusal refusal = refusal(region.create(Region.topic("orders.late", 1, 1)));

            assertThat(refusal)
                    .isEqualTo(
                            new Refusal(
                                    Errors.POLICY_VIOLATION,
                                    "Topic orders.late belongs to region us since ownership epoch 2"
                                            + " of eu-to-us; create it there: tombolo topic create"
                                            + " orders.late --region us."));
            assertThat(region.image().topics().topic("orders.late")).isEmpty();
        }

        @Test
        void whoHasLostTheTopicsNeitherDeletesNorExtendsThem() {
            claim(link, US, Mode.FORCED);

            assertThat(refusal(delete("orders")).message())
                    .contains("belongs to region us since ownership epoch 2 of eu-to-us")
                    .contains("tombolo topic delete orders --region us");
            assertThat(refusal(grow("orders", 2)).message()).contains("add partitions there");
            assertThat(region.image().topics().topic("orders").orElseThrow().partitions().count())
                    .isEqualTo(1);
        }

        @Test
        void whoHasLostTheTopicsChangesOnlyItsOwnConfigs() {
            set("orders", "retention.ms", "5");
            claim(link, US, Mode.FORCED);

            assertThat(refusal(set("orders", "retention.ms", "6")).message())
                    .contains("belongs to region us")
                    .contains("change retention.ms there");
            assertThat(refusal(replace("orders", Map.of())).error())
                    .isEqualTo(Errors.POLICY_VIOLATION);
            assertThat(set("orders", "min.insync.replicas", "1")).isInstanceOf(Answer.Done.class);
            assertThat(
                            region.image()
                                    .configs()
                                    .value(ConfigResource.topic("orders"), "retention.ms"))
                    .contains("5");
        }

        @Test
        void whatWasTakenOverStaysLostWhateverTheFilterBecomes() {
            claim(link, US, Mode.FORCED);

            define(link, EU, US, "bills*");

            assertThat(fenced("orders")).isTrue();
            assertThat(fenced("orders.late")).isTrue();
            assertThat(refusal(delete("orders")).message()).contains("belongs to region us");
            assertThat(refusal(region.create(Region.topic("orders.late", 1, 1))).message())
                    .contains("belongs to region us");
        }

        @Test
        void whatWasTakenOverStaysLostWithoutTheLink() {
            claim(link, US, Mode.FORCED);

            region.done(new RemoveLink(link));

            assertThat(fenced("orders")).isTrue();
            assertThat(fenced("local")).isFalse();
        }

        @Test
        void whatAFilterIncludesOnlySinceTheTakeoverBelongsToNobodyHere() {
            claim(link, US, Mode.FORCED);

            define(link, EU, US, "orders*,local");

            assertThat(fenced("local")).isTrue();
        }

        @Test
        void whatWasTakenOverTwiceIsAllThatWasTakenOver() {
            claim(link, US, Mode.FORCED);
            claim(link, EU, Mode.DISPUTED);
            define(link, EU, US, "bills*,!bills.old");

            claim(link, US, Mode.FORCED);

            assertThat(fenced("orders")).isTrue();
            assertThat(fenced("bills")).isTrue();
        }

        @Test
        void topicsThatNoLinkCopiesStayFree() {
            claim(link, US, Mode.FORCED);

            grow("local", 2);
            assertThat(set("local", "retention.ms", "5")).isInstanceOf(Answer.Done.class);
            assertThat(delete("local")).isInstanceOf(Answer.Done.class);
            region.create("fresh", 1, 1);
        }

        @Test
        void whileRegionsDisagreeNobodyChangesTheTopics() {
            claim(link, US, Mode.DISPUTED);

            assertThat(refusal(delete("orders")).message())
                    .isEqualTo(
                            "Nobody may change topic orders: since ownership epoch 2 it is open who"
                                    + " owns eu-to-us; tombolo failover eu-to-us decides.");
        }
    }

    /** This region, eu, has a copy of orders. */
    @Nested
    class AtTheDestination {

        private final LinkName link = new LinkName("us-to-eu");

        @BeforeEach
        void aMirror() {
            define(link, US, EU, "*,!local");
            claim(link, US, Mode.STEADY);
            region.done(
                    new CreateMirrorTopic(
                            link,
                            "orders",
                            SOURCE,
                            1,
                            new TreeMap<>(Map.of("retention.ms", "5000"))));
            region.create("local", 1, 1);
        }

        @Test
        void onlyTheLinkMakesTopicsOfTheNamesItBrings() {
            Refusal refusal = refusal(region.create(Region.topic("bills", 1, 1)));

            assertThat(refusal)
                    .isEqualTo(
                            new Refusal(
                                    Errors.POLICY_VIOLATION,
                                    "Topic bills belongs to region us since ownership epoch 1 of"
                                            + " us-to-eu; link us-to-eu brings it here; create it"
                                            + " there: tombolo topic create bills --region us."));
            region.done(new CreateMirrorTopic(link, "bills", new Uuid(4, 5), 1, new TreeMap<>()));
            assertThat(region.image().topics().topic("bills")).isPresent();
        }

        @Test
        void whileItIsNotKnownWhoOwnsALinkItsNamesAreNotMade() {
            define(link, US, EU, "*,!local*");
            define(new LinkName("ap-to-eu"), new RegionId("ap"), EU, "local*");

            assertThat(refusal(region.create(Region.topic("local.late", 1, 1))).message())
                    .isEqualTo(
                            "Topic local.late would come through link ap-to-eu from region ap, and"
                                    + " it is not known yet who owns it; create it there: tombolo"
                                    + " topic create local.late --region ap.");
        }

        /** Once, both became writable. */
        @Test
        void whatAnotherRegionHasTakenFromTheSameSourceIsNotTakenOverHere() {
            takenByAp("orders*");

            assertThat(claimedByForce())
                    .isInstanceOfSatisfying(
                            Answer.Refused.class,
                            refused ->
                                    assertThat(refused.refusal())
                                            .isEqualTo(
                                                    new Refusal(
                                                            Errors.POLICY_VIOLATION,
                                                            "Region ap has taken over topics of"
                                                                + " link us-to-eu already, with"
                                                                + " us-to-ap under ownership epoch"
                                                                + " 2; use them there.")));
            assertThat(region.image().writability(SOURCE)).isEqualTo(Writability.MIRROR);
        }

        @Test
        void whatIsTakenElsewhereKeepsNobodyFromOtherTopics() {
            takenByAp("bills*");
            assertThat(claimedByForce()).isInstanceOf(Answer.Done.class);

            assertThat(refusal(region.create(Region.topic("bills", 1, 1))).message())
                    .contains("with us-to-ap under ownership epoch 2, by region ap");
            region.create("orders.late", 1, 1);
        }

        @Test
        void aFilterThatLeavesOutWhatIsTakenElsewhereLetsTheRestBeTakenOver() {
            region.done(new CreateMirrorTopic(link, "bills", new Uuid(4, 5), 1, new TreeMap<>()));
            takenByAp("orders*");

            define(link, US, EU, "bills*");

            assertThat(claimedByForce()).isInstanceOf(Answer.Done.class);
            assertThat(region.image().leftOut(link)).containsExactly("orders");
        }

        /** Once it was, and then every name of the filter belonged to two regions. */
        @Test
        void whatAnotherRegionHasTakenBeforeAnythingWasCopiedIsNotTakenOverEither() {
            var empty = new LinkName("us-to-eu-too");
            define(link, US, EU, "local");
            define(empty, US, EU, "bills*");
            claim(empty, US, Mode.STEADY);
            takenByAp("bi*");

            assertThat(claimed(empty))
                    .isInstanceOfSatisfying(
                            Answer.Refused.class,
                            refused ->
                                    assertThat(refused.refusal().message())
                                            .startsWith(
                                                    "Region ap has taken over topics of link"
                                                            + " us-to-eu-too already"));

            define(empty, US, EU, "payments");
            assertThat(claimed(empty)).isInstanceOf(Answer.Done.class);
        }

        private void takenByAp(String topics) {
            var ap = new RegionId("ap");
            var taken = new Ownership(new DomainName("us-to-ap"), ap, 2, Mode.FORCED);
            region.done(new ObserveOwnership(List.of(taken.with(Takeover.of(US, topics))), "seen"));
        }

        private Answer<?> claimedByForce() {
            return claimed(link);
        }

        private Answer<?> claimed(LinkName name) {
            return region.submit(
                    new ClaimOwnership(new DomainName(name.name()), EU, 1, Mode.FORCED, "a test"));
        }

        @Test
        void whoHasTakenOverMakesTopicsAsBefore() {
            claim(link, EU, Mode.DISPUTED);
            assertThat(refusal(region.create(Region.topic("bills", 1, 1))).error())
                    .isEqualTo(Errors.POLICY_VIOLATION);

            claim(link, EU, Mode.FORCED);

            region.create("bills", 1, 1);
        }

        @Test
        void aMirrorThatItsLinkFollowsIsNotDeleted() {
            assertThat(refusal(delete("orders")))
                    .isEqualTo(
                            new Refusal(
                                    Errors.POLICY_VIOLATION,
                                    "Topic orders is a mirror of link us-to-eu; delete it at its"
                                            + " source, in region us. To delete this copy alone:"
                                            + " tombolo link pause us-to-eu first; once resumed,"
                                            + " the link makes it anew."));
            assertThat(delete("local")).isInstanceOf(Answer.Done.class);
        }

        @Test
        void aMirrorOfAPausedLinkIsDeleted() {
            region.done(new PauseLink(link));

            assertThat(delete("orders")).isInstanceOf(Answer.Done.class);
        }

        @Test
        void aMirrorThatHasLostItsSourceIsDeleted() {
            region.done(new SetMirrorTopicState(link, "orders", State.FAILED, "SOURCE_DELETED"));

            assertThat(delete("orders")).isInstanceOf(Answer.Done.class);
        }

        /** Once nothing deleted it, when the link had been replaced by one from the new owner. */
        @Test
        void aMirrorWhoseTopicAnotherRegionHasTakenOverIsDeletedAndMakesWay() {
            var next = new LinkName("ap-to-eu");
            define(next, new RegionId("ap"), EU, "*,!local");
            claim(next, new RegionId("ap"), Mode.STEADY);
            var copy = new CreateMirrorTopic(next, "orders", SOURCE, 1, new TreeMap<>());
            String here =
                    "topic orders is here already, as a read-only copy that link us-to-eu has"
                            + " brought; ";

            assertThat(region.refused(copy))
                    .isEqualTo(
                            new Refusal(
                                    Errors.POLICY_VIOLATION,
                                    here
                                            + "tombolo link pause us-to-eu, then tombolo topic"
                                            + " delete orders --region eu makes way"));
            takenByAp("orders*");
            assertThat(region.refused(copy).message())
                    .isEqualTo(here + "tombolo topic delete orders --region eu makes way");

            assertThat(delete("orders")).isInstanceOf(Answer.Done.class);
            region.done(copy);
            assertThat(region.image().links().topicsOf(next)).containsExactly(SOURCE);
        }

        @Test
        void aMirrorThatItsLinkLeavesOutIsDeleted() {
            define(link, US, EU, "*,!local,!orders");

            assertThat(delete("orders")).isInstanceOf(Answer.Done.class);
        }

        @Test
        void aMirrorThatIsTakenOverIsDeletedOnlyAfterwards() {
            claim(link, EU, Mode.FORCED);
            region.done(new BeginPromotion(link, "test"));
            region.done(new PauseLink(link));

            assertThat(refusal(delete("orders")).message()).contains("is being taken over");
        }

        @Test
        void aMirrorThatItsLinkLeavesOutIsNotTakenOver() {
            region.done(new CreateMirrorTopic(link, "bills", new Uuid(4, 5), 1, new TreeMap<>()));
            define(link, US, EU, "*,!local,!orders");
            claim(link, EU, Mode.FORCED);

            var partitions = region.done(new BeginPromotion(link, "test"));

            assertThat(partitions).extracting(PartitionId::topicId).containsExactly(new Uuid(4, 5));
            assertThat(region.image().leftOut(link)).containsExactly("orders");
            assertThat(region.image().writability(SOURCE)).isEqualTo(Writability.MIRROR);
            assertThat(delete("orders")).isInstanceOf(Answer.Done.class);
        }

        @Test
        void aFilterThatGrowsAfterwardsTakesNothingOver() {
            define(link, US, EU, "*,!local,!orders");
            claim(link, EU, Mode.FORCED);
            define(link, US, EU, "*,!local");

            var partitions = region.done(new BeginPromotion(link, "test"));

            assertThat(partitions).isEmpty();
            assertThat(region.image().leftOut(link)).containsExactly("orders");
            assertThat(region.image().writability(SOURCE)).isEqualTo(Writability.MIRROR);
            assertThat(delete("orders")).isInstanceOf(Answer.Done.class);
        }

        /**
         * The source may be told of no such filter: once, it and this region both had the topic.
         */
        @Test
        void whatAFilterIncludesOnlySinceTheTakeoverIsNotMadeHere() {
            define(link, US, EU, "orders");
            claim(link, EU, Mode.FORCED);
            define(link, US, EU, "*,!local");

            assertThat(refusal(region.create(Region.topic("bills", 1, 1))))
                    .isEqualTo(
                            new Refusal(
                                    Errors.POLICY_VIOLATION,
                                    "Topic bills is in topics: of link us-to-eu, but was not when"
                                            + " region eu took over under ownership epoch 2, so"
                                            + " region us may still write to it; take another name,"
                                            + " or leave it out of topics: by \"!bills\" in every"
                                            + " region's file."));

            define(link, US, EU, "*,!local,!bills");
            region.create("bills", 1, 1);
        }

        @Test
        void aFilterThatShrinksWhileTopicsAreTakenOverLeavesNoneBehind() {
            claim(link, EU, Mode.FORCED);
            region.done(new BeginPromotion(link, "test"));
            define(link, US, EU, "*,!local,!orders");

            region.done(new CompletePromotion(link, 2));

            assertThat(region.image().writability(SOURCE)).isEqualTo(Writability.WRITABLE);
        }

        @Test
        void aMirrorKeepsRecordsAtLeastAsLongAsItsSource() {
            assertThat(refusal(set("orders", "retention.ms", "4999")))
                    .isEqualTo(
                            new Refusal(
                                    Errors.POLICY_VIOLATION,
                                    "Config retention.ms of mirror topic orders may not be below"
                                            + " the 5000 of its source, whose records it keeps;"
                                            + " change it there, in region us."));
            assertThat(set("orders", "retention.ms", "5001")).isInstanceOf(Answer.Done.class);
            assertThat(set("orders", "retention.ms", "-1")).isInstanceOf(Answer.Done.class);
        }

        @Test
        void aMirrorIsExtendedByItsLinkOnly() {
            assertThat(refusal(grow("orders", 2)).message())
                    .isEqualTo(
                            "Topic orders is a mirror of link us-to-eu; its partitions follow its"
                                    + " source, in region us.");
        }
    }

    private boolean fenced(String topic) {
        return region.image().fencing(topic).isPresent();
    }

    private void define(LinkName link, RegionId from, RegionId to, String topics) {
        region.done(
                new DefineLink(
                        new LinkDefined(
                                link,
                                new Uuid(7, 7),
                                from,
                                to,
                                new TreeMap<>(Map.of(LinkDefined.TOPICS, topics)))));
    }

    private void claim(LinkName link, RegionId owner, Mode mode) {
        var domain = new DomainName(link.name());
        long epoch =
                region.image()
                        .region()
                        .ownershipOf(domain)
                        .map(record -> record.ownership())
                        .map(Ownership::epoch)
                        .orElse(0L);
        region.done(new ClaimOwnership(domain, owner, epoch, mode, "test"));
    }

    private Answer<?> delete(String topic) {
        var key = new TopicKey.ByName(topic);
        return answer(region.done(new DeleteTopics(List.of(key))), key);
    }

    private Answer<?> grow(String topic, int partitions) {
        var growth = new Growth(topic, partitions, List.of());
        return answer(region.done(new CreatePartitions(List.of(growth), false)), topic);
    }

    private Answer<?> set(String topic, String key, String value) {
        var resource = ConfigResource.topic(topic);
        var change = new Alteration(resource, List.of(new Change.Set(key, value)));
        var command = new IncrementalAlterConfigs(List.of(change), Origin.CLIENT, false);
        return answer(region.done(command), resource);
    }

    private Answer<?> replace(String topic, Map<String, String> configs) {
        var resource = ConfigResource.topic(topic);
        var replacement = new Replacement(resource, new TreeMap<>(configs));
        return answer(region.done(new AlterConfigs(List.of(replacement), false)), resource);
    }

    private static <K> Answer<?> answer(Map<K, ? extends Answer<?>> answers, K key) {
        return Objects.requireNonNull(answers.get(key));
    }

    private static Refusal refusal(Answer<?> answer) {
        assertThat(answer).isInstanceOf(Answer.Refused.class);
        return ((Answer.Refused<?>) answer).refusal();
    }
}
