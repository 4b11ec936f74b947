package io.tombolo.coordinator.group.entry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.coordinator.group.GroupMachine;
import io.tombolo.coordinator.group.MigrationMutant;
import io.tombolo.coordinator.group.entry.MigrationWorld.Claim;
import io.tombolo.coordinator.group.entry.MigrationWorld.Violated;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.EnumSet;
import java.util.Map;
import java.util.TreeMap;

/** Groups that change their protocol; {@code -Dseeds=} for more, {@code -Dseed=} for one. */
class MigrationSimulation {

    private static final int STEPS = 300;
    private static final int SEEDS = Integer.getInteger("seeds", 200);

    private static MigrationWorld world(long seed) {
        return new MigrationWorld(seed, new GroupMachine(Stage.settings(Integer.MAX_VALUE)));
    }

    @Test
    void groupsKeepTheirPromisesWhileTheyChangeTheirProtocol() {
        Map<String, Integer> seen = new TreeMap<>();
        Long only = Long.getLong("seed");
        long first = only == null ? 0 : only;
        long end = only == null ? SEEDS : only + 1;
        for (long seed = first; seed < end; seed++) {
            MigrationWorld world = world(seed);
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
    }

    @Test
    void oneSeedGivesOneStory() {
        for (long seed = 0; seed < 5; seed++) {
            assertThat(world(seed).run(STEPS)).isEqualTo(world(seed).run(STEPS));
        }
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
        var violated = EnumSet.noneOf(Claim.class);

        for (long seed = 0; seed < 40; seed++) {
            var world = new MigrationWorld(seed, new MigrationMutant(settings, kind));
            world.watchOnly(claim);
            try {
                world.run(STEPS);
            } catch (Violated found) {
                violated.add(found.claim);
            }
        }

        assertThat(violated).containsExactly(claim);
    }
}
