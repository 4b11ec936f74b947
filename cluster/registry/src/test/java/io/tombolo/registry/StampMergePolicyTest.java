package io.tombolo.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which entry stays when two halves come together. */
class StampMergePolicyTest {

    private static final String KEY = "eu/document";

    @ParameterizedTest
    @CsvSource({
        "1.9 old, 2.0 new, 2.0 new",
        "2.1 a, 2.2 b, 2.2 b",
        "10.0 ten, 9.9 nine, 10.0 ten",
        "3.3 a, 3.3 b, 3.3 b",
        "1.1 good, nonsense, 1.1 good"
    })
    void theHigherStampStaysWhicheverHalfComes(String one, String other, String kept) {
        assertThat(StampMergePolicy.merged(KEY, one, other)).isEqualTo(kept);
        assertThat(StampMergePolicy.merged(KEY, other, one)).isEqualTo(kept);
    }

    @Test
    void whatOnlyOneHalfHasStays() {
        assertThat(StampMergePolicy.merged(KEY, "1.1 here", null)).isEqualTo("1.1 here");
        assertThat(StampMergePolicy.merged(KEY, null, "1.1 here")).isEqualTo("1.1 here");
        assertThat(StampMergePolicy.merged(KEY, "nonsense", null)).isNull();
    }

    @Test
    void textsThatAreNoEntriesAreNotRead() {
        assertThat(EntryCodec.decode("eu/a", "1.1 a\nb").orElseThrow().text()).isEqualTo("a\nb");
        assertThat(EntryCodec.decode("eu", "1.1 a")).isEmpty();
        assertThat(EntryCodec.decode("eu/", "1.1 a")).isEmpty();
        assertThat(EntryCodec.decode("eu/a b", "1.1 a")).isEmpty();
        assertThat(EntryCodec.decode("eu/a", "1.1")).isEmpty();
        assertThat(EntryCodec.decode("eu/a", "-1.1 a")).isEmpty();
        assertThat(EntryCodec.decode("eu/a", "1.99999999999999999999 a")).isEmpty();
    }
}
