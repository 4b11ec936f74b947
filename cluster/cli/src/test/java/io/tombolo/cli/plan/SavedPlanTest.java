package io.tombolo.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.cli.output.TreeText;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.plan.Change;
import io.tombolo.region.plan.Change.SetLink;
import io.tombolo.region.plan.Declared;
import io.tombolo.region.plan.World;
import io.tombolo.region.topology.LinkEntry.Ends;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Plans that are kept. */
class SavedPlanTest {

    private static final RegionId EU = new RegionId("eu");
    private static final Declared DECLARED =
            new Declared(
                    new TreeMap<>(Map.of("eu/orders", new TreeSet<>(List.of("retention.ms")))),
                    new TreeSet<>(List.of("eu-to-us")));
    private static final List<Change> CHANGES =
            List.of(
                    new Change.CreateTopic(
                            EU, "a", 3, 1, new TreeMap<>(Map.of("retention.ms", "5"))),
                    new Change.SetConfig(
                            EU, "b", "retention.ms", Optional.of("1"), Optional.empty()),
                    new Change.SetConfig(EU, "b", "segment.ms", Optional.empty(), Optional.of("7")),
                    new Change.GrowTopic(EU, "b", 1, 2),
                    new Change.DeleteTopic(
                            EU, "c", new World.Topic(1, 1, new TreeMap<>(Map.of("x", "y")))),
                    new SetLink(
                            EU,
                            new LinkName("l"),
                            new Ends(EU, new RegionId("us")),
                            Optional.empty(),
                            Optional.of(new TreeMap<>(Map.of("topics", "a,b")))));

    @Test
    void aPlanIsReadAsItWasWritten() {
        SavedPlan plan = SavedPlan.of(CHANGES, DECLARED, 1_000);

        String text = TreeText.json(plan.tree());

        assertThat(SavedPlan.of(TreeText.parse(text).orElseThrow())).isEqualTo(plan);
    }

    @Test
    void aPlanIsNamedAfterWhatItChanges() {
        SavedPlan plan = SavedPlan.of(CHANGES, DECLARED, 1_000);

        assertThat(SavedPlan.of(CHANGES, Declared.NOTHING, 2_000).id()).isEqualTo(plan.id());
        assertThat(SavedPlan.of(CHANGES.subList(1, 3), DECLARED, 1_000).id())
                .isNotEqualTo(plan.id());
        assertThat(plan.id()).matches("p-[0-9a-f]{6}");
    }

    @Test
    void aPlanExpiresAfterADay() {
        SavedPlan plan = SavedPlan.of(CHANGES, DECLARED, 1_000);

        assertThat(plan.expired(1_000 + 86_399_999)).isFalse();
        assertThat(plan.expired(1_000 + 86_400_000)).isTrue();
    }

    @Test
    void theUndoTakesBackTheLastStepFirstAndLeavesOutWhatCannotBe() {
        SavedPlan plan = SavedPlan.of(CHANGES, DECLARED, 1_000);

        SavedPlan undo = plan.undo(Declared.NOTHING);

        assertThat(undo.id()).isEqualTo(plan.id() + ".undo");
        assertThat(plan.finalCount()).isEqualTo(1);
        assertThat(undo.changes())
                .extracting(Change::object)
                .containsExactly("link:l", "topic:c", "topic:b", "topic:b", "topic:a");
        assertThat(undo.changes().getLast()).isInstanceOf(Change.DeleteTopic.class);
        assertThat(undo.declared()).isEqualTo(Declared.NOTHING);
    }

    @Test
    void aClockIsOffOnlyWhereTheRoundTripDoesNotExplainIt() {
        assertThat(LiveWorld.skewMs(1_500, 1_000, 2_000)).isZero();
        assertThat(LiveWorld.skewMs(2_900, 1_000, 2_000)).isZero();
        assertThat(LiveWorld.skewMs(3_500, 1_000, 2_000)).isEqualTo(1_500);
        assertThat(LiveWorld.skewMs(10, 4_000, 5_000)).isEqualTo(-3_990);
    }
}
