package io.tombolo.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;

class TopicPatternTest {

    @Test
    void aNameHasToMatchAsAWhole() {
        var pattern = new TopicPattern("orders-.*|stock");

        assertThat(pattern.among(List.of("orders-1", "old-orders-1", "stock", "stocks")))
                .containsExactly("orders-1", "stock");
    }

    /** With an engine that goes back and tries again, each would run until the sun is cold. */
    @ParameterizedTest
    @ValueSource(strings = {"(a|a)*c", "(a*)*c", "(a+)+c", "(a|aa)+c", "(.*a){20}c"})
    void noExpressionTakesLongerThanInProportionToTheName(String regex) {
        String longest = "a".repeat(249);

        assertThat(new TopicPattern(regex).among(List.of(longest, longest.substring(1) + "c")))
                .containsExactly(longest.substring(1) + "c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(a", "(?=a)a", "(a)\\1", "a{1001}"})
    void whatOnlySuchAnEngineCouldMatchIsRefused(String regex) {
        assertThat(TopicPattern.mistakeIn(regex)).isNotNull();
    }
}
