package io.tombolo.replication.repair;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.replication.Role;
import io.tombolo.replication.repair.RepairStep.Reopen;
import io.tombolo.replication.repair.RepairStep.Tell;
import io.tombolo.replication.repair.RepairStep.Use;
import io.tombolo.replication.repair.RepairStep.Wait;
import io.tombolo.storage.log.LogDamage;

import org.junit.jupiter.api.Test;

import java.io.IOException;

/** The transitions in the order of the table of {@link ReplicaRepair}. */
class ReplicaRepairTest {

    private static final long END = 50;
    private static final Role FOLLOWER = new Role.Follower(3, 2);
    private static final Role IDLE = new Role.Idle();
    private static final RepairStep WAIT = new Wait();

    private final ReplicaRepair repair = new ReplicaRepair();
    private long nowNanos;

    @Test
    void whatCouldNotBeWrittenComesBackWithAllItHad() {
        assertThat(repair.failed(new Fault.Unwritable(), END, IDLE, nowNanos))
                .isEqualTo(new Tell(false));
        assertThat(repair.heard(true, nowNanos)).isEqualTo(WAIT);
        assertThat(repair.timePassed(nowNanos)).isEqualTo(WAIT);
        assertThat(afterThePause()).isEqualTo(new Reopen(END));
        assertThat(repair.reopened(END, nowNanos)).isEqualTo(new Use());
    }

    @Test
    void damageIsToldBeforeAnythingIsCut() {
        repair.failed(new Fault.Damaged(7), END, FOLLOWER, nowNanos);
        repair.heard(true, nowNanos);

        assertThat(afterThePause()).isEqualTo(new Tell(true));
        assertThat(repair.heard(true, nowNanos)).isEqualTo(new Reopen(7));
        assertThat(repair.reopened(7, nowNanos)).isEqualTo(new Use());
    }

    @Test
    void theOnlyCopyIsNotCut() {
        repair.failed(new Fault.Damaged(7), END, IDLE, nowNanos);
        repair.heard(true, nowNanos);

        assertThat(afterThePause()).isEqualTo(WAIT);
        assertThat(repair.wakeAtNanos()).isEmpty();
        assertThat(repair.cast(IDLE)).isEqualTo(WAIT);
        assertThat(repair.cast(FOLLOWER)).as("another one leads").isEqualTo(new Tell(true));
    }

    @Test
    void whoIsRefusedAsksAgainLater() {
        repair.failed(new Fault.Damaged(7), END, FOLLOWER, nowNanos);
        repair.heard(true, nowNanos);
        afterThePause();

        assertThat(repair.heard(false, nowNanos)).isEqualTo(WAIT);
        assertThat(afterThePause()).isEqualTo(new Tell(true));
    }

    @Test
    void aLogThatComesBackShorterIsDamaged() {
        repair.failed(new Fault.Unwritable(), END, FOLLOWER, nowNanos);
        repair.heard(true, nowNanos);
        afterThePause();

        assertThat(repair.reopened(END - 1, nowNanos)).isEqualTo(new Tell(true));
        assertThat(repair.heard(true, nowNanos)).as("it is open already").isEqualTo(new Use());
    }

    @Test
    void eachAttemptWaitsLongerAndTheLowestDamageCounts() {
        repair.failed(new Fault.Damaged(7), END, FOLLOWER, nowNanos);
        repair.heard(true, nowNanos);
        afterThePause();
        repair.heard(true, nowNanos);
        long first = ReplicaRepair.PAUSE_FIRST.toNanos();

        assertThat(repair.notReopened(new Fault.Damaged(3), nowNanos)).isEqualTo(WAIT);
        assertThat(repair.wakeAtNanos()).hasValue(nowNanos + 2 * first);
        assertThat(afterThePause()).isEqualTo(new Reopen(3));
        for (int attempt = 0; attempt < 10; attempt++) {
            repair.notReopened(new Fault.Unwritable(), nowNanos);
            afterThePause();
        }
        repair.notReopened(new Fault.Unwritable(), nowNanos);
        assertThat(repair.wakeAtNanos()).hasValue(nowNanos + ReplicaRepair.PAUSE_MAX.toNanos());
    }

    @Test
    void aMistakeOfOursIsNotRepeated() {
        assertThat(repair.failed(new Fault.Mistake(), END, FOLLOWER, nowNanos))
                .isEqualTo(new Tell(false));
        repair.heard(true, nowNanos);

        assertThat(repair.wakeAtNanos()).isEmpty();
        assertThat(repair.outOfUse()).isTrue();
    }

    @Test
    void causesAreOfThreeKinds() {
        assertThat(Fault.of(new IOException("full"))).isEqualTo(new Fault.Unwritable());
        assertThat(Fault.of(new LogDamage(4, 9, "altered"))).isEqualTo(new Fault.Damaged(4));
        assertThat(Fault.of(new IllegalStateException("wrong"))).isEqualTo(new Fault.Mistake());
    }

    private RepairStep afterThePause() {
        nowNanos = repair.wakeAtNanos().orElseThrow();
        return repair.timePassed(nowNanos);
    }
}
