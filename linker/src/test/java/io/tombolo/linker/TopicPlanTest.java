package io.tombolo.linker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.linker.TopicPlan.Decision;
import io.tombolo.linker.mirror.Safeguard;
import io.tombolo.linker.source.SourceInventory;
import io.tombolo.linker.source.SourceTopic;
import io.tombolo.region.link.LinkSpec;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.link.NameFilter;
import io.tombolo.region.link.Reason;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

class TopicPlanTest {

    private static final Uuid ID = new Uuid(1, 1);
    private static final Uuid OTHER_ID = new Uuid(2, 2);

    @Test
    void aChosenTopicIsCreatedAndAnotherOneIsNot() {
        var decisions =
                decide(
                        List.of(source("orders", ID, 2), source("orders.tmp", OTHER_ID, 1)),
                        List.of());

        assertThat(decisions)
                .singleElement()
                .isEqualTo(new Decision.Create(source("orders", ID, 2), "orders"));
    }

    @Test
    void aLinkThatRenamesLooksForItsCopiesUnderTheirNames() {
        var renaming = new LinkSpec.Renaming("eu.", "");

        assertThat(
                        decide(
                                List.of(source("orders", ID, 5), source("eu.orders", OTHER_ID, 9)),
                                List.of(mirror("eu.orders", ID, 2)),
                                Set.of(),
                                renaming))
                .containsExactly(
                        new Decision.Find("eu.orders", true),
                        new Decision.Grow("eu.orders", 5),
                        new Decision.Create(source("eu.orders", OTHER_ID, 9), "eu.eu.orders"));
    }

    @Test
    void morePartitionsAtTheSourceGrowTheMirror() {
        assertThat(decide(List.of(source("orders", ID, 5)), List.of(mirror("orders", ID, 2))))
                .containsExactly(new Decision.Find("orders", true), new Decision.Grow("orders", 5));
    }

    @Test
    void anotherIdOrFewerPartitionsAreAnotherTopic() {
        assertLost(
                decide(List.of(source("orders", OTHER_ID, 2)), List.of(mirror("orders", ID, 2))),
                Reason.Code.SOURCE_RECREATED);
        assertLost(
                decide(
                        List.of(source("orders", Uuid.ZERO_UUID, 1)),
                        List.of(mirror("orders", ID, 2))),
                Reason.Code.SOURCE_RECREATED);
    }

    @Test
    void aCopyThatHasFailedBeginsAnewWithATopicThatNobodyHasCopiedBefore() {
        var anew = source("orders", OTHER_ID, 1);
        var restart = new Decision.Restart(new Decision.Create(anew, "orders"), ID);

        assertThat(decide(List.of(anew), List.of(failed(List.of())))).endsWith(restart).hasSize(2);
        assertThat(decide(List.of(anew), List.of(failed(List.of(OTHER_ID))))).hasSize(1);
        assertThat(decide(List.of(source("orders", Uuid.ZERO_UUID, 1)), List.of(failed(List.of()))))
                .hasSize(1);
    }

    @Test
    void aTopicThatIsMissingForLongIsDeleted() {
        assertLost(
                decide(List.of(), List.of(mirror("orders", ID, 2)), Set.of("orders")),
                Reason.Code.SOURCE_DELETED);
        assertThat(decide(List.of(), List.of(mirror("orders", ID, 2)))).isEmpty();
    }

    @Test
    void whatMustAgreeFollowsAndWhatMayBeChosenHereIsKept() {
        var source = new TreeMap<>(Map.of("cleanup.policy", "compact", "retention.ms", "5"));
        var here = new TreeMap<>(Map.of("cleanup.policy", "delete", "retention.ms", "9"));

        assertThat(ConfigPlan.changes(source, retention("5"), here))
                .containsExactly(Map.entry("cleanup.policy", Optional.of("compact")));
        assertThat(ConfigPlan.changes(source, retention("4"), here))
                .containsEntry("retention.ms", Optional.of("5"));
    }

    @Test
    void whatTheLinkSetFollowsTheSourceThoughNobodySawItChangeThere() {
        assertThat(ConfigPlan.changes(retention("5"), retention("4"), retention("4")))
                .containsExactly(Map.entry("retention.ms", Optional.of("5")));
        assertThat(ConfigPlan.changes(new TreeMap<>(), retention("4"), retention("4")))
                .containsExactly(Map.entry("retention.ms", Optional.empty()));
        assertThat(ConfigPlan.changes(retention("5"), retention("5"), retention("5"))).isEmpty();
    }

    @Test
    void aValueThatIsTheSourcesByChanceIsFollowedFromThenOn() {
        assertThat(ConfigPlan.changes(retention("9"), retention("5"), retention("9")))
                .containsExactly(Map.entry("retention.ms", Optional.of("9")));
    }

    @Test
    void whatTheSourceNeverHadIsChosenHere() {
        assertThat(ConfigPlan.changes(new TreeMap<>(), new TreeMap<>(), retention("9"))).isEmpty();
    }

    @Test
    void whatWasChosenBeforeTheLinkFollowedItIsKeptWhereItIsEnough() {
        var none = new TreeMap<String, String>();

        assertThat(ConfigPlan.changes(retention("5"), none, retention("9"))).isEmpty();
        assertThat(ConfigPlan.changes(retention("5"), none, retention("-1"))).isEmpty();
        assertThat(ConfigPlan.changes(retention("5"), none, retention("4")))
                .containsExactly(Map.entry("retention.ms", Optional.of("5")));
        assertThat(ConfigPlan.changes(retention("5"), none, none))
                .containsExactly(Map.entry("retention.ms", Optional.of("5")));
    }

    private static TreeMap<String, String> retention(String ms) {
        return new TreeMap<>(Map.of("retention.ms", ms));
    }

    @Test
    void whatIsThisRegionsOwnBusinessNeverFollows() {
        var source =
                new TreeMap<>(
                        Map.of(
                                "min.insync.replicas", "2",
                                "unclean.leader.election.enable", "true",
                                "remote.storage.enable", "true"));

        assertThat(ConfigPlan.changes(source, new TreeMap<>(), new TreeMap<>())).isEmpty();
    }

    private static void assertLost(List<Decision> decisions, Reason.Code code) {
        assertThat(decisions)
                .singleElement()
                .satisfies(decision ->
                        assertThat(((Decision.Lose) decision).reason().code()).isEqualTo(code));
    }

    private static List<Decision> decide(List<SourceTopic> source, List<MirrorTopic> mirrors) {
        return decide(source, mirrors, Set.of());
    }

    private static List<Decision> decide(
            List<SourceTopic> source, List<MirrorTopic> mirrors, Set<String> missing) {
        return decide(source, mirrors, missing, LinkSpec.Renaming.NONE);
    }

    private static List<Decision> decide(
            List<SourceTopic> source,
            List<MirrorTopic> mirrors,
            Set<String> missing,
            LinkSpec.Renaming renaming) {
        var topics = new TreeMap<String, SourceTopic>();
        source.forEach(topic -> topics.put(topic.name(), topic));
        return new TopicPlan(Safeguard.ALL)
                .decide(
                        new TopicPlan.Situation(
                                new SourceInventory(
                                        Collections.emptySortedMap(),
                                        topics,
                                        Collections.emptySortedMap()),
                                Map.of(),
                                mirrors,
                                new LinkSpec.Selection(
                                        NameFilter.of("*", "!*.tmp"),
                                        NameFilter.of("*"),
                                        renaming,
                                        new LinkSpec.Start.Earliest(),
                                        LinkSpec.Gap.FAIL,
                                        LinkSpec.Recreate.RESTART),
                                missing));
    }

    private static SourceTopic source(String name, Uuid id, int partitionCount) {
        return new SourceTopic(
                name, id, Collections.nCopies(partitionCount, new SourceTopic.Leader(1, 0)));
    }

    private static MirrorTopic mirror(String name, Uuid id, int partitionCount) {
        return new MirrorTopic(
                name,
                id,
                new MirrorTopic.Origin(id, List.of()),
                partitionCount,
                MirrorTopic.State.MIRRORING,
                new TreeMap<>(),
                new TreeMap<>());
    }

    private static MirrorTopic failed(List<Uuid> left) {
        return new MirrorTopic(
                "orders",
                ID,
                new MirrorTopic.Origin(ID, List.of(), left),
                2,
                MirrorTopic.State.FAILED,
                new TreeMap<>(),
                new TreeMap<>());
    }
}
