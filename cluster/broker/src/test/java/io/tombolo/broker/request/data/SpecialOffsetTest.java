package io.tombolo.broker.request.data;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpecialOffsetTest {

    @ParameterizedTest
    @CsvSource({
        "-1, LATEST, 0",
        "-2, EARLIEST, 0",
        "-3, MAX_TIMESTAMP, 7",
        "-4, EARLIEST_LOCAL, 8",
        "-5, LATEST_TIERED, 9",
        "-6, EARLIEST_PENDING_UPLOAD, 11"
    })
    void eachNegativeTimestampHasItsMeaningFromItsVersionOn(
            long timestamp, SpecialOffset meaning, short firstVersion) {
        assertThat(SpecialOffset.of(timestamp)).contains(meaning);
        assertThat(meaning.knownTo(firstVersion)).isTrue();
        assertThat(meaning.knownTo((short) (firstVersion - 1))).isFalse();
    }

    @Test
    void otherTimestampsAreNotSpecial() {
        assertThat(SpecialOffset.of(0)).isEmpty();
        assertThat(SpecialOffset.of(-7)).isEmpty();
        assertThat(SpecialOffset.of(Long.MIN_VALUE)).isEmpty();
    }
}
