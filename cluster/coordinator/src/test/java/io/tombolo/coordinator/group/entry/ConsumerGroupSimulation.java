package io.tombolo.coordinator.group.entry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.coordinator.group.ConsumerMutant;
import io.tombolo.coordinator.group.GroupMachine;
import io.tombolo.coordinator.group.entry.ConsumerWorld.Claim;
import io.tombolo.coordinator.group.entry.ConsumerWorld.Violated;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.EnumSet;
import java.util.Map;
import java.util.TreeMap;

/** Consumer groups under faults; {@code -Dseeds=} for more, {@code -Dseed=} for one. */
class ConsumerGroupSimulation {

    private static final int STEPS = 300;
    private static final int SEEDS = Integer.getInteger("seeds", 200);

    private static ConsumerWorld world(long seed) {
        return new ConsumerWorld(seed, new GroupMachine(Stage.settings(Integer.MAX_VALUE)));
    }

    @Test
    void groupsKeepTheirPromisesUnderFaults() {
        Map<String, Integer> seen = new TreeMap<>();
        Long only = Long.getLong("seed");
        long first = only == null ? 0 : only;
        long end = only == null ? SEEDS : only + 1;
        for (long seed = first; seed < end; seed++) {
            ConsumerWorld world = world(seed);
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
    }

    @Test
    void oneSeedGivesOneStory() {
        for (long seed = 0; seed < 5; seed++) {
            assertThat(world(seed).run(STEPS)).isEqualTo(world(seed).run(STEPS));
        }
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
        var violated = EnumSet.noneOf(Claim.class);

        for (long seed = 0; seed < 40; seed++) {
            var world = new ConsumerWorld(seed, new ConsumerMutant(settings, kind));
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
