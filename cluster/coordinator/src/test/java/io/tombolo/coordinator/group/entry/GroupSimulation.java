package io.tombolo.coordinator.group.entry;

import io.tombolo.coordinator.group.GroupMachine;
import io.tombolo.coordinator.group.Mutant;
import io.tombolo.coordinator.group.entry.GroupWorld.Claim;
import io.tombolo.environment.story.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Groups under faults; {@code -Dseeds=} for more, {@code -Dseed=} for one. */
class GroupSimulation {

    private static final Seeds<Claim> SEEDS =
            new Seeds<>(GroupSimulation.class, 300, 400, GroupSimulation::world);

    private static GroupWorld world(long seed) {
        return new GroupWorld(seed, new GroupMachine(Stage.settings(Integer.MAX_VALUE)));
    }

    @Test
    void groupsKeepTheirPromisesUnderFaults() {
        SEEDS.keepEachClaim(
                "failover while Stable",
                "failover while Empty",
                "failover while PreparingRebalance",
                "failover while CompletingRebalance",
                "skipped assignment",
                "join FENCED_INSTANCE_ID",
                "join NOT_COORDINATOR",
                "join COORDINATOR_NOT_AVAILABLE",
                "sync REBALANCE_IN_PROGRESS",
                "sync ILLEGAL_GENERATION",
                "commit ILLEGAL_GENERATION",
                "commit REBALANCE_IN_PROGRESS",
                "commit UNKNOWN_MEMBER_ID",
                "heartbeat REBALANCE_IN_PROGRESS",
                "transactional commit NONE",
                "transactional commit NOT_COORDINATOR",
                "transaction committed",
                "transaction aborted",
                "stable fetch of g UNSTABLE_OFFSET_COMMIT",
                "stable fetch of g NONE",
                "marker NOT_ENOUGH_REPLICAS",
                "leave true");
    }

    @Test
    void oneSeedGivesOneStory() {
        SEEDS.tellOneStoryEach();
    }

    @ParameterizedTest
    @CsvSource({
        "COMMITS_OF_OLD_GENERATIONS, OLD_GENERATIONS_NEVER_COMMIT",
        "GENERATIONS_NOT_RECORDED, A_GENERATION_HAS_ONE_LEADER",
        "LEAVING_NOT_RECORDED, WHO_LEFT_STAYS_AWAY",
        "COMMITS_NOT_RECORDED, COMMITTED_OFFSETS_NEVER_GO_BACK",
        "COMMITS_NOT_RECORDED, A_RELOAD_FINDS_WHAT_WAS_COMMITTED",
        "LATE_LEADERS_ASSIGN_AGAIN, A_MEMBER_HAS_ONE_ASSIGNMENT_PER_GENERATION",
        "TRANSACTIONS_IGNORED, TRANSACTIONS_COUNT_AS_DECIDED",
        "TRANSACTIONS_IGNORED, PENDING_OFFSETS_ARE_UNSTABLE",
        "MARKERS_FORGOTTEN, TRANSACTIONS_COUNT_AS_DECIDED",
        "ABORTS_COMMIT, TRANSACTIONS_COUNT_AS_DECIDED",
        "FENCED_CLIENTS_FORGOTTEN, EVERY_CLIENT_IS_ANSWERED",
        "ALARMS_NEVER_RING, A_QUIET_GROUP_COMES_TO_REST"
    })
    void eachClaimFindsACoordinatorThatBreaksIt(Mutant.Kind kind, Claim claim) {
        var settings = Stage.settings(Integer.MAX_VALUE);

        SEEDS.findBroken(claim, 40, seed -> new GroupWorld(seed, new Mutant(settings, kind)));
    }

    @Test
    void answersThatLeaveBeforeTheyAreCommittedAreFoundOut() {
        SEEDS.findBroken(
                Claim.COMMITTED_OFFSETS_NEVER_GO_BACK,
                40,
                seed -> {
                    GroupWorld world = world(seed);
                    world.breakLog();
                    return world;
                });
    }

    @Test
    void aCoordinatorThatStopsLoadingAtAGapIsFoundOut() {
        SEEDS.findBroken(
                Claim.A_COMPACTED_LOG_SAYS_THE_SAME,
                40,
                seed -> new GroupWorld(seed, Stage.stoppingAtGaps()));
    }
}
