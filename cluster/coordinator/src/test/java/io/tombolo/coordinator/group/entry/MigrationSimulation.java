package io.tombolo.coordinator.group.entry;

import io.tombolo.coordinator.group.GroupMachine;
import io.tombolo.coordinator.group.MigrationMutant;
import io.tombolo.coordinator.group.entry.MigrationWorld.Claim;
import io.tombolo.environment.story.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Groups that change their protocol; {@code -Dseeds=} for more, {@code -Dseed=} for one. */
class MigrationSimulation {

    private static final Seeds<Claim> SEEDS =
            new Seeds<>(MigrationSimulation.class, 200, 300, MigrationSimulation::world);

    private static MigrationWorld world(long seed) {
        return new MigrationWorld(seed, new GroupMachine(Stage.settings(Integer.MAX_VALUE)));
    }

    @Test
    void groupsKeepTheirPromisesWhileTheyChangeTheirProtocol() {
        SEEDS.keepEachClaim(
                "classic to consumer",
                "consumer to classic",
                "classic NONE",
                "classic REBALANCE_IN_PROGRESS",
                "classic UNKNOWN_MEMBER_ID",
                "classic ILLEGAL_GENERATION",
                "consumer NONE",
                "consumer UNKNOWN_MEMBER_ID",
                "consumer GROUP_ID_NOT_FOUND",
                "commit NONE",
                "commit ILLEGAL_GENERATION",
                "failover while classic PreparingRebalance",
                "failover while classic Stable",
                "failover while consumer Reconciling",
                "failover while consumer Stable");
    }

    @Test
    void oneSeedGivesOneStory() {
        SEEDS.tellOneStoryEach();
    }

    @ParameterizedTest
    @CsvSource({
        "ASSIGNMENTS_FORGOTTEN, A_PARTITION_HAS_ONE_OWNER",
        "PARTITIONS_TAKEN_EARLY, A_PARTITION_HAS_ONE_OWNER",
        "OFFSETS_FORGOTTEN, COMMITTED_OFFSETS_SURVIVE_MIGRATION",
        "CONVERSIONS_NOT_RECORDED, A_RELOAD_FINDS_WHAT_WAS_COMMITTED",
        "NOBODY_IS_TOLD_TO_JOIN, EVERY_PARTITION_FINDS_A_READER"
    })
    void eachClaimFindsACoordinatorThatBreaksIt(MigrationMutant.Kind kind, Claim claim) {
        var settings = Stage.settings(Integer.MAX_VALUE);

        SEEDS.findBroken(
                claim, 40, seed -> new MigrationWorld(seed, new MigrationMutant(settings, kind)));
    }

    @Test
    void aCoordinatorThatStopsLoadingAtAGapIsFoundOut() {
        SEEDS.findBroken(
                Claim.A_COMPACTED_LOG_SAYS_THE_SAME,
                40,
                seed -> new MigrationWorld(seed, Stage.stoppingAtGaps()));
    }
}
