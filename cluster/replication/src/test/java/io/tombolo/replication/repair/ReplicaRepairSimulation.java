package io.tombolo.replication.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.replication.Role;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A replica whose log fails again and again, in every order of events. */
class ReplicaRepairSimulation {

    private static final int SEEDS = Integer.getInteger("seeds", 500);
    private static final int STEPS = 60;

    /** What holds for every step. */
    private enum Law {
        NOTHING_IS_CUT_BEFORE_THAT_IS_TAKEN,
        NOTHING_DAMAGED_IS_KEPT,
        NOTHING_SHORTER_IS_USED_BEFORE_THAT_IS_TAKEN,
        EVERY_REPLICA_COMES_BACK
    }

    /** Ways to be wrong, and the law that must notice. */
    private enum ReplicaMutant {
        NONE(RepairRules.ALL, null),
        CUTS_BEFORE_IT_TELLS(
                new RepairRules(false, true, true), Law.NOTHING_IS_CUT_BEFORE_THAT_IS_TAKEN),
        BELIEVES_ITS_FILES(new RepairRules(true, false, true), Law.NOTHING_DAMAGED_IS_KEPT),
        DOES_NOT_MEASURE_WHAT_CAME_BACK(
                new RepairRules(true, true, false),
                Law.NOTHING_SHORTER_IS_USED_BEFORE_THAT_IS_TAKEN);

        private final RepairRules rules;
        private final @Nullable Law law;

        ReplicaMutant(RepairRules rules, @Nullable Law law) {
            this.rules = rules;
            this.law = law;
        }
    }

    private static final class Broken extends AssertionError {
        private static final long serialVersionUID = 1;
        private final Law law;

        Broken(Law law) {
            super(law.name());
            this.law = law;
        }
    }

    @Test
    void everyLawHoldsInEveryOrderOfEvents() {
        long first = Long.getLong("seed", 1);
        long last = Long.getLong("seed") == null ? SEEDS : first;
        int uses = 0;
        for (long seed = first; seed <= last; seed++) {
            try {
                var life = new Life(seed, RepairRules.ALL);
                life.live();
                uses += life.useCount;
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("seed " + seed + ": " + failure.getMessage(), failure);
            }
        }
        assertThat(uses).isGreaterThan((int) (last - first));
    }

    @ParameterizedTest
    @EnumSource(value = ReplicaMutant.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void everyMutantIsCaughtByItsLaw(ReplicaMutant mutant) {
        Law caught = null;
        for (long seed = 1; seed <= SEEDS && caught != mutant.law; seed++) {
            try {
                new Life(seed, mutant.rules).live();
            } catch (Broken broken) {
                caught = broken.law;
            }
        }
        assertThat(caught).isEqualTo(mutant.law);
    }

    /** One replica, the world around it, and what it must not do. */
    private static final class Life {

        private static final Role FOLLOWER = new Role.Follower(1, 2);
        private static final Role IDLE = new Role.Idle();

        private final SimulatedEntropy dice;
        private final ReplicaRepair repair;
        private long nowNanos;
        private boolean calm;
        private boolean failed;
        private boolean telling;
        private boolean tellingHarm;
        private boolean opening;
        private boolean harmTaken;
        private boolean shorter;
        private long known;
        private long damagedFrom = Long.MAX_VALUE;
        private long limit;
        int useCount;

        Life(long seed, RepairRules rules) {
            this.dice = new SimulatedEntropy(seed);
            this.repair = new ReplicaRepair(rules);
        }

        void live() {
            for (int step = 0; step < STEPS; step++) {
                event();
            }
            calm = true;
            for (int step = 0; step < STEPS && failed; step++) {
                carryOut(repair.cast(FOLLOWER));
                event();
            }
            if (failed) {
                throw new Broken(Law.EVERY_REPLICA_COMES_BACK);
            }
        }

        private void event() {
            nowNanos = Math.max(nowNanos, repair.wakeAtNanos().orElse(nowNanos)) + 1;
            if (!failed) {
                if (!calm) {
                    fail();
                }
            } else if (telling) {
                telling = false;
                boolean taken = calm || dice.chance(0.7);
                harmTaken |= tellingHarm && taken;
                carryOut(repair.heard(taken, nowNanos));
            } else if (opening) {
                opening = false;
                open();
            } else if (!calm && dice.chance(0.3)) {
                carryOut(repair.cast(dice.chance(0.5) ? FOLLOWER : IDLE));
            } else {
                carryOut(repair.timePassed(nowNanos));
            }
        }

        private void fail() {
            failed = true;
            harmTaken = false;
            shorter = false;
            known = dice.between(10, 100);
            Fault fault = fault();
            carryOut(repair.failed(fault, known, dice.chance(0.5) ? FOLLOWER : IDLE, nowNanos));
        }

        private Fault fault() {
            if (dice.chance(0.5)) {
                return new Fault.Unwritable();
            }
            long from = dice.between(0, known - 1);
            damagedFrom = Math.min(damagedFrom, from);
            return new Fault.Damaged(from);
        }

        private void open() {
            if (!calm && dice.chance(0.2)) {
                carryOut(repair.notReopened(fault(), nowNanos));
                return;
            }
            long end = Math.min(known, limit);
            if (!calm && dice.chance(0.2)) {
                end = dice.between(0, end);
            }
            shorter = end < known;
            carryOut(repair.reopened(end, nowNanos));
        }

        private void carryOut(RepairStep step) {
            switch (step) {
                case RepairStep.Wait _ -> {}
                case RepairStep.Tell(boolean damaged) -> {
                    telling = true;
                    tellingHarm = damaged;
                }
                case RepairStep.Reopen(long limitOffset) -> {
                    require(
                            limitOffset >= known || harmTaken,
                            Law.NOTHING_IS_CUT_BEFORE_THAT_IS_TAKEN);
                    require(limitOffset <= damagedFrom, Law.NOTHING_DAMAGED_IS_KEPT);
                    opening = true;
                    limit = limitOffset;
                }
                case RepairStep.Use _ -> {
                    require(
                            !shorter || harmTaken,
                            Law.NOTHING_SHORTER_IS_USED_BEFORE_THAT_IS_TAKEN);
                    failed = false;
                    damagedFrom = Long.MAX_VALUE;
                    useCount++;
                }
            }
        }

        private static void require(boolean holds, Law law) {
            if (!holds) {
                throw new Broken(law);
            }
        }
    }
}
