package io.tombolo.controller;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LeaderEpochsTest {

    @Test
    void anOwnerBeginsAboveEverythingThatTheOneBeforeCanHaveReached() {
        int lastOfSecond = LeaderEpochs.firstAbove(7, 2) + LeaderEpochs.RANGE - 1;

        assertThat(LeaderEpochs.firstAbove(8, 3)).isGreaterThan(lastOfSecond);
    }

    @Test
    void epochsThatAreKnownToBeHigherCount() {
        assertThat(LeaderEpochs.firstAbove(4 * LeaderEpochs.RANGE + 5, 3))
                .isEqualTo(4 * LeaderEpochs.RANGE + 5);
    }

    @Test
    void beyondTheLastRangeEpochsOnlyGoOn() {
        long last = LeaderEpochs.OWNERSHIP_EPOCH_MAX;

        assertThat(LeaderEpochs.firstAbove(9, last)).isPositive().isGreaterThan(9);
        assertThat(LeaderEpochs.firstAbove(9, last + 1)).isEqualTo(9);
    }
}
