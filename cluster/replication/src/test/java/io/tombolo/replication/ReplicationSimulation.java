package io.tombolo.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.SimulationFailure;
import io.tombolo.replication.ReplicaWatch.Broken;
import io.tombolo.replication.ReplicaWatch.Law;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.Optional;

/** Three replicas through crashes, pauses, lost messages and changes of leader. */
class ReplicationSimulation {

    private static final int SEEDS = Integer.getInteger("seeds", 200);
    private static final int MUTANT_SEEDS = 1500;
    private static final Duration LIFE = Duration.ofSeconds(12);

    @Test
    void replicasKeepTheirLawsThroughEveryHistory() {
        int acks = 0;
        int truncations = 0;
        long first = Long.getLong("seed", 1);
        long last = Long.getLong("seed") == null ? SEEDS : first;
        for (long seed = first; seed <= last; seed++) {
            try {
                var region = new ReplicaRegion(seed, ReplicaMutant.NONE);
                region.live(LIFE);
                acks += region.watch.ackCount;
                truncations += region.watch.truncationCount;
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("seed " + seed + ": " + failure.getMessage(), failure);
            }
        }
        assertThat(acks).as("acknowledged records").isGreaterThan(10 * (int) (last - first));
        assertThat(truncations).as("truncations").isPositive();
    }

    /** The source changes leaders, cleanly or not, and so do the copies. */
    @Test
    void copiesOfAnotherRegionKeepTheirLawsThroughEveryHistory() {
        int copies = 0;
        int truncations = 0;
        long first = Long.getLong("seed", 1);
        long last = Long.getLong("seed") == null ? SEEDS : first;
        for (long seed = first; seed <= last; seed++) {
            try {
                var region =
                        new ReplicaRegion(seed, ReplicaMutant.NONE, Optional.of(new ModelOrigin()));
                region.live(LIFE);
                copies += region.copyCount;
                truncations += region.watch.truncationCount;
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("seed " + seed + ": " + failure.getMessage(), failure);
            }
        }
        assertThat(copies).as("copied batches").isGreaterThan(10 * (int) (last - first));
        assertThat(truncations).as("truncations").isPositive();
    }

    /** Disks fail writes and forces and turn bits over; whoever has failed comes back. */
    @Test
    void replicasWhoseDisksFailAreRepairedAndKeepTheirLaws() {
        int damages = 0;
        int repairs = 0;
        int acks = 0;
        long first = Long.getLong("seed", 1);
        long last = Long.getLong("seed") == null ? Math.max(1, SEEDS / 8) : first;
        for (long seed = first; seed <= last; seed++) {
            try {
                var region = new ReplicaRegion(seed, ReplicaMutant.NONE).withDiskTrouble();
                region.live(LIFE);
                damages += region.watch.damageCount;
                repairs += region.watch.repairCount;
                acks += region.watch.ackCount;
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("seed " + seed + ": " + failure.getMessage(), failure);
            }
        }
        assertThat(acks).as("acknowledged records").isGreaterThan(10 * (int) (last - first));
        assertThat(damages).as("damaged files").isPositive();
        assertThat(repairs).as("repaired replicas").isGreaterThan((int) (last - first) / 2);
    }

    @ParameterizedTest
    @EnumSource(value = ReplicaMutant.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void everyMutantIsCaughtByItsLaw(ReplicaMutant mutant) {
        Law caught = null;
        for (long seed = 1; seed <= MUTANT_SEEDS; seed++) {
            caught = brokenBy(seed, mutant);
            if (caught != null && mutant.laws().contains(caught)) {
                break;
            }
        }
        assertThat(mutant.laws()).contains(caught);
    }

    private static @Nullable Law brokenBy(long seed, ReplicaMutant mutant) {
        try {
            var origin =
                    mutant.mirror()
                            ? Optional.of(new ModelOrigin())
                            : Optional.<ModelOrigin>empty();
            new ReplicaRegion(seed, mutant, origin).live(LIFE);
            return null;
        } catch (Broken broken) {
            return broken.law();
        } catch (SimulationFailure failure) {
            return failure.getCause() instanceof Broken broken ? broken.law() : null;
        }
    }
}
