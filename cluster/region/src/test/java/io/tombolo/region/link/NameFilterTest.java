package io.tombolo.region.link;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NameFilterTest {

    @Test
    void aStarStandsForAnyNumberOfCharacters() {
        var filter = NameFilter.of("orders.*", "pay*nts");

        assertThat(filter.includes("orders.created")).isTrue();
        assertThat(filter.includes("orders.")).isTrue();
        assertThat(filter.includes("payments")).isTrue();
        assertThat(filter.includes("orders")).isFalse();
        assertThat(filter.includes("my.orders.x")).isFalse();
    }

    @Test
    void anExclusionWinsWhereverItStands() {
        assertThat(NameFilter.of("!*.tmp", "*").includes("a.tmp")).isFalse();
        assertThat(NameFilter.of("*", "!*.tmp").includes("a.tmp")).isFalse();
        assertThat(NameFilter.of("*", "!*.tmp").includes("a")).isTrue();
    }

    @Test
    void namesOfTheBrokersOwnTopicsAreChosenOnlyOnPurpose() {
        assertThat(NameFilter.of("*").includes("__consumer_offsets")).isFalse();
        assertThat(NameFilter.of("__*").includes("__consumer_offsets")).isTrue();
    }

    @Test
    void manyStarsAreNoBurden() {
        var filter = NameFilter.of("*a".repeat(100) + "b");

        assertThat(filter.includes("a".repeat(249))).isFalse();
    }

    @Test
    void filtersMeetWhenBothMayChooseAName() {
        assertThat(meet("*", "*")).isTrue();
        assertThat(meet("*", "orders")).isTrue();
        assertThat(meet("orders*", "*.created")).isTrue();
        assertThat(meet("a*b", "ab")).isTrue();
        assertThat(meet("orders*", "ord*")).isTrue();
        assertThat(meet("*", "*", "!orders*")).isTrue();
        assertThat(meet("orders.*", "*", "!orders.old")).isTrue();
    }

    @Test
    void filtersWithNoNameInCommonDoNotMeet() {
        assertThat(meet("orders*", "bills*")).isFalse();
        assertThat(meet("orders", "orders.*")).isFalse();
        assertThat(meet("a*b", "a*c")).isFalse();
        assertThat(meet("orders*", "*", "!orders*")).isFalse();
        assertThat(meet("orders.new*", "*", "!orders*")).isFalse();
        assertThat(meet("*", "__*")).isFalse();
        assertThat(NameFilter.of().meets(NameFilter.of("*"))).isFalse();
    }

    private static boolean meet(String pattern, String... others) {
        boolean met = NameFilter.of(pattern).meets(NameFilter.of(others));

        assertThat(NameFilter.of(others).meets(NameFilter.of(pattern))).isEqualTo(met);
        return met;
    }
}
