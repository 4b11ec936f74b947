package io.tombolo.broker.link;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** For how long a silent source counts as there. */
class SourceContactTest {

    @ParameterizedTest
    @CsvSource({
        "false, 0, true",
        "false, 3999, true",
        "false, 4000, false",
        "true, 1499, true",
        "true, 1500, false",
        "false, -1, false",
        "true, -1, false"
    })
    void aSourceIsThereUntilTheLimitOfItsSilence(boolean cut, long silentMs, boolean there) {
        assertThat(new SourceContact(silentMs, cut).reachable()).isEqualTo(there);
    }
}
