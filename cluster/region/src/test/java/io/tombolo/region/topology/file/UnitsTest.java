package io.tombolo.region.topology.file;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.time.Duration;

class UnitsTest {

    @Test
    void durationsHaveUnits() {
        assertThat(Units.duration("500ms")).contains(Duration.ofMillis(500));
        assertThat(Units.duration("6h")).contains(Duration.ofHours(6));
        assertThat(Units.duration("7d")).contains(Duration.ofDays(7));
        assertThat(Units.duration("1.5s")).contains(Duration.ofMillis(1500));
    }

    @Test
    void whatIsNoDurationIsNone() {
        assertThat(Units.duration("5")).isEmpty();
        assertThat(Units.duration("-5s")).isEmpty();
        assertThat(Units.duration("1.5ms")).isEmpty();
        assertThat(Units.duration("5s/s")).isEmpty();
        assertThat(Units.duration("999999999999999d")).isEmpty();
    }

    @Test
    void sizesAreDecimalOrBinary() {
        assertThat(Units.size("64MB")).contains(64_000_000L);
        assertThat(Units.size("1GiB")).contains(1L << 30);
        assertThat(Units.size("64MB/s")).isEmpty();
        assertThat(Units.size("64mb")).isEmpty();
    }

    @Test
    void ratesArePerSecond() {
        assertThat(Units.rate("80MB/s")).contains(80_000_000L);
        assertThat(Units.rate("80MB")).isEmpty();
    }
}
