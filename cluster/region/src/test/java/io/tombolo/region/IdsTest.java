package io.tombolo.region;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class IdsTest {

    @Test
    void namesAreSafeInFileNamesAndCommandLines() {
        assertThat(new RegionId("eu-west.1_a")).hasToString("eu-west.1_a");
        for (String illegal : new String[] {"", "-a", ".a", "a b", "a/b", "é", "a".repeat(64)}) {
            assertThatThrownBy(() -> new LinkName(illegal)).hasMessageContaining("link");
        }
    }

    @Test
    void brokerIdsAreUniqueAcrossRegions() {
        assertThat(BrokerId.of(0, 1)).isEqualTo(new BrokerId(1));
        assertThat(BrokerId.of(2, 999)).isEqualTo(new BrokerId(2999));
        assertThatThrownBy(() -> BrokerId.of(0, 1000)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void producerIdRangesAreDisjointAndLeaveTheLowestToApacheKafka() {
        var first = ProducerIdRange.ofRegion(0);
        var second = ProducerIdRange.ofRegion(1);

        assertThat(first.first()).isEqualTo(1L << 48);
        assertThat(second.first()).isEqualTo(first.last() + 1);
        assertThat(first.contains(0)).isFalse();
        assertThat(ProducerIdRange.ofRegion(ProducerIdRange.REGIONS_MAX - 1).last())
                .isEqualTo(Long.MAX_VALUE);
    }
}
