package io.tombolo.coordinator.group.entry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.coordinator.group.GroupMachine;
import io.tombolo.coordinator.group.Mutant;
import io.tombolo.coordinator.group.entry.GroupWorld.Claim;
import io.tombolo.coordinator.group.entry.GroupWorld.Violated;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongFunction;

/** Groups under faults; {@code -Dseeds=} for more, {@code -Dseed=} for one. */
class GroupSimulation {

    private static final int STEPS = 400;
    private static final int SEEDS = Integer.getInteger("seeds", 300);

    private static GroupWorld world(long seed) {
        return new GroupWorld(seed, new GroupMachine(Stage.settings(Integer.MAX_VALUE)));
    }

    @Test
    void groupsKeepTheirPromisesUnderFaults() {
        Map<String, Integer> seen = new TreeMap<>();
        Long only = Long.getLong("seed");
        for (long seed = only == null ? 0 : only;
                seed < (only == null ? SEEDS : only + 1);
                seed++) {
            GroupWorld world = world(seed);
            try {
                world.run(STEPS);
            } catch (AssertionError | RuntimeException broken) {
                throw new AssertionError("replay with -Dseed=" + seed, broken);
            }
            world.seen.forEach((what, count) -> seen.merge(what, count, Integer::sum));
        }
        if (only == null) {
            assertThat(seen.keySet())
                    .as("what must have happened at least once: %s", seen)
                    .contains(
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
    }

    @Test
    void oneSeedGivesOneStory() {
        for (long seed = 0; seed < 5; seed++) {
            assertThat(world(seed).run(STEPS)).isEqualTo(world(seed).run(STEPS));
        }
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

        var violated =
                violated(seed -> {
                    var world = new GroupWorld(seed, new Mutant(settings, kind));
                    world.watchOnly(claim);
                    return world;
                });

        assertThat(violated).containsExactly(claim);
    }

    @Test
    void answersThatLeaveBeforeTheyAreCommittedAreFoundOut() {
        var violated =
                violated(seed -> {
                    GroupWorld world = world(seed);
                    world.breakLog();
                    world.watchOnly(Claim.COMMITTED_OFFSETS_NEVER_GO_BACK);
                    return world;
                });

        assertThat(violated).containsExactly(Claim.COMMITTED_OFFSETS_NEVER_GO_BACK);
    }

    private static Set<Claim> violated(LongFunction<GroupWorld> worlds) {
        var violated = EnumSet.noneOf(Claim.class);
        for (long seed = 0; seed < 40; seed++) {
            try {
                worlds.apply(seed).run(STEPS);
            } catch (Violated found) {
                violated.add(found.claim);
            }
        }
        return violated;
    }
}
