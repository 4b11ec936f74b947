package io.tombolo.coordinator.group.entry;

import io.tombolo.coordinator.group.ConsumerMutant;
import io.tombolo.coordinator.group.GroupMachine;
import io.tombolo.coordinator.group.entry.ConsumerWorld.Claim;
import io.tombolo.environment.story.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Consumer groups under faults; {@code -Dseeds=} for more, {@code -Dseed=} for one. */
class ConsumerGroupSimulation {

    private static final Seeds<Claim> SEEDS =
            new Seeds<>(ConsumerGroupSimulation.class, 200, 300, ConsumerGroupSimulation::world);

    private static ConsumerWorld world(long seed) {
        return new ConsumerWorld(seed, new GroupMachine(Stage.settings(Integer.MAX_VALUE)));
    }

    @Test
    void groupsKeepTheirPromisesUnderFaults() {
        SEEDS.keepEachClaim(
                "beat NONE",
                "beat UNKNOWN_MEMBER_ID",
                "beat FENCED_MEMBER_EPOCH",
                "beat UNRELEASED_INSTANCE_ID",
                "beat NOT_COORDINATOR",
                "commit NONE",
                "commit UNKNOWN_MEMBER_ID",
                "failover while Stable",
                "failover while Reconciling",
                "failover while Empty",
                "partition added");
    }

    @Test
    void oneSeedGivesOneStory() {
        SEEDS.tellOneStoryEach();
    }

    @ParameterizedTest
    @CsvSource({
        "PARTITIONS_TAKEN_EARLY, A_PARTITION_HAS_ONE_OWNER",
        "WHAT_MEMBERS_HAVE_NOT_RECORDED, A_RELOAD_FINDS_WHAT_WAS_COMMITTED",
        "ZOMBIES_COMMIT, WHO_LOST_A_PARTITION_DOES_NOT_COMMIT",
        "COMMITS_NOT_RECORDED, COMMITTED_OFFSETS_NEVER_GO_BACK",
        "ALARMS_NEVER_RING, EVERY_MEMBER_COMES_TO_ITS_TARGET"
    })
    void eachClaimFindsACoordinatorThatBreaksIt(ConsumerMutant.Kind kind, Claim claim) {
        var settings = Stage.settings(Integer.MAX_VALUE);

        SEEDS.findBroken(
                claim, 40, seed -> new ConsumerWorld(seed, new ConsumerMutant(settings, kind)));
    }

    @Test
    void aCoordinatorThatStopsLoadingAtAGapIsFoundOut() {
        SEEDS.findBroken(
                Claim.A_COMPACTED_LOG_SAYS_THE_SAME,
                40,
                seed -> new ConsumerWorld(seed, Stage.stoppingAtGaps()));
    }
}
