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
}
