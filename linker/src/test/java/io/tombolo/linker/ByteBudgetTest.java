package io.tombolo.linker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.linker.ByteBudget.Admitted;

import org.junit.jupiter.api.Test;

import java.util.concurrent.TimeUnit;

class ByteBudgetTest {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long LIMIT = 1_000_000;

    private final ByteBudget budget = new ByteBudget();

    @Test
    void withoutALimitEverythingIsAdmitted() {
        budget.take(Long.MAX_VALUE / 2, 0);

        assertThat(budget.admits(0)).isEqualTo(Admitted.EVERYTHING);
        assertThat(budget.nanosUntilMore(0)).isZero();
        assertThat(budget.fetchBytesMax(1)).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void whatCatchesUpWaitsUntilTheDebtIsPaid() {
        budget.limit(LIMIT, 0);

        budget.take(LIMIT / 10, 0);

        assertThat(budget.admits(0)).isEqualTo(Admitted.LIVE);
        assertThat(budget.nanosUntilMore(0)).isBetween(SECOND / 10, SECOND / 10 + 2);
        assertThat(budget.admits(SECOND / 10 + 2)).isEqualTo(Admitted.EVERYTHING);
    }

    @Test
    void whatIsLiveBorrowsAQuarterOfASecondAndNoMore() {
        budget.limit(LIMIT, 0);

        budget.take(LIMIT, 0);

        assertThat(budget.admits(0)).isEqualTo(Admitted.NOTHING);
        assertThat(budget.nanosUntilMore(0)).isBetween(SECOND * 3 / 4, SECOND * 3 / 4 + 2);
        assertThat(budget.admits(SECOND * 3 / 4 + 2)).isEqualTo(Admitted.LIVE);
    }

    @Test
    void anIdleLinkSavesNoMoreThanABurst() {
        budget.limit(LIMIT, 0);

        budget.take(LIMIT / 4 + 1, 1_000 * SECOND);

        assertThat(budget.admits(1_000 * SECOND)).isEqualTo(Admitted.LIVE);
    }

    @Test
    void aHigherLimitPaysTheDebtSooner() {
        budget.limit(LIMIT, 0);
        budget.take(LIMIT, 0);

        assertThat(budget.limit(10 * LIMIT, 0)).isTrue();

        assertThat(budget.limit(10 * LIMIT, 0)).isFalse();
        assertThat(budget.admits(0)).isEqualTo(Admitted.LIVE);
        assertThat(budget.nanosUntilMore(0)).isBetween(SECOND / 10, SECOND / 10 + 2);
    }

    @Test
    void aLowerLimitPaysTheDebtInTheSameTime() {
        budget.limit(10 * LIMIT, 0);
        budget.take(10 * LIMIT, 0);

        budget.limit(LIMIT, 0);

        assertThat(budget.nanosUntilMore(0)).isBetween(SECOND * 3 / 4, SECOND * 3 / 4 + 2);
    }

    /** A broker that leads nothing has next to nothing of the limit, and answers under way. */
    @Test
    void whatArrivedUnderATinyLimitHoldsUpNobodyForLong() {
        budget.limit(1, 0);
        budget.take(LIMIT, 0);

        budget.limit(LIMIT, 0);

        assertThat(budget.nanosUntilMore(SECOND + SECOND / 1_000)).isZero();
    }

    @Test
    void withoutALimitNoDebtIsLeft() {
        budget.limit(LIMIT, 0);
        budget.take(LIMIT, 0);

        budget.limit(0, 0);

        assertThat(budget.admits(0)).isEqualTo(Admitted.EVERYTHING);
    }

    @Test
    void allConnectionsTogetherAskForNoMoreThanABurst() {
        budget.limit(80 * LIMIT, 0);

        assertThat(budget.fetchBytesMax(4)).isEqualTo(5_000_000);
        assertThat(budget.fetchBytesMax(10_000)).isEqualTo(ByteBudget.FETCH_BYTES_MIN);
    }

    @Test
    void inTheLongRunTheLimitIsKeptToTheByte() {
        budget.limit(LIMIT, 0);
        long taken = 0;

        for (long now = 0; now < 100 * SECOND; now += SECOND / 1_000) {
            if (budget.admits(now) == Admitted.EVERYTHING) {
                budget.take(70_000, now);
                taken += 70_000;
            }
        }

        assertThat(taken).isBetween(99 * LIMIT, 100 * LIMIT + LIMIT / 4 + 70_000);
    }
}
