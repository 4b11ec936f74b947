package io.tombolo.coordinator.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

class LinearPatternTest {

    /** Each of these takes an engine's stack or all of a small heap once it is compiled. */
    static Stream<String> expressionsThatExplode() {
        return Stream.of(
                "((a{1,1000}){1,1000}){1,1000}",
                "(((((s{0,30}){0,30}){0,30}){0,30}){0,30}){0,30}1c",
                "(".repeat(3000) + "s1c" + ")".repeat(3000),
                "(?:".repeat(3000) + "s1c" + ")".repeat(3000),
                "(?i:(?P<name>".repeat(300) + "x" + "))".repeat(300),
                "((){1000}){1000}",
                "((a|){500}){500}",
                "(\\Q((\\E{500}){500}",
                "([])]{500}){500}",
                "([[:alpha:])]{500}){500}",
                "(\\p{Greek}{500}){500}",
                "(\\x{41}{500,}){500,}",
                "((^){1000}){1000}",
                "a{1000}".repeat(4000),
                ".*".repeat(16_000),
                "a{99999999999}");
    }

    @ParameterizedTest
    @MethodSource("expressionsThatExplode")
    void whatWouldExplodeIsRefusedBeforeItIsCompiled(String regex) {
        assertThat(PatternSize.excessOf(regex)).isNotNull();
        assertThat(LinearPattern.mistakeIn(regex)).isEqualTo(PatternSize.excessOf(regex));
        assertThatThrownBy(() -> LinearPattern.of(regex))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "orders-.*",
                "(eu|us)\\.(orders|payments)-[a-z0-9]{1,40}",
                "[a-z0-9]{1,249}",
                "(.{1,50}-){3}[]^()]",
                "(?i)stock(?P<kind>-new|-old)?",
                "\\Q((((\\E\\(",
                "a{1000}",
                "{a}",
                "a{,3}",
                "[[:alpha:]]+\\pL*\\x{10FFFF}?",
            })
    void whatPeopleWriteIsAccepted(String regex) {
        assertThat(LinearPattern.mistakeIn(regex)).isNull();
    }

    @Test
    void aNameHasToMatchAsAWhole() {
        var pattern = LinearPattern.of("orders-.*|stock");

        assertThat(pattern.among(List.of("orders-1", "old-orders-1", "stock", "stocks")))
                .containsExactly("orders-1", "stock");
    }

    /** With an engine that goes back and tries again, each would run until the sun is cold. */
    @ParameterizedTest
    @ValueSource(strings = {"(a|a)*c", "(a*)*c", "(a+)+c", "(a|aa)+c", "(.*a){20}c"})
    void noExpressionTakesLongerThanInProportionToTheName(String regex) {
        String longest = "a".repeat(249);

        assertThat(LinearPattern.of(regex).among(List.of(longest, longest.substring(1) + "c")))
                .containsExactly(longest.substring(1) + "c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(a", "(?=a)a", "(a)\\1", "a{1001}"})
    void whatOnlySuchAnEngineCouldMatchIsRefused(String regex) {
        assertThat(LinearPattern.mistakeIn(regex)).isNotNull();
    }

    @Test
    void aListOfNamesMayBeLong() {
        String names =
                IntStream.range(0, 2000)
                        .mapToObj(i -> "orders-" + i)
                        .collect(Collectors.joining("|"));

        LinearPattern pattern = LinearPattern.of(names);

        assertThat(pattern.matches("orders-1999")).isTrue();
        assertThat(pattern.matches("orders-2000")).isFalse();
    }

    @Test
    void theLimitsAreReached() {
        String deep = "(".repeat(PatternSize.DEPTH_MAX) + "a" + ")".repeat(PatternSize.DEPTH_MAX);

        assertThat(LinearPattern.of(deep).matches("a")).isTrue();
        assertThat(LinearPattern.mistakeIn("(" + deep + ")"))
                .isEqualTo("parentheses are nested deeper than 100");
        assertThat(LinearPattern.of(".".repeat(PatternSize.PLACES_MAX)).matches("a")).isFalse();
        assertThat(LinearPattern.mistakeIn(".".repeat(PatternSize.PLACES_MAX + 1)))
                .isEqualTo("repeats and wildcards come to more than 1000 places");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(a", "a)", "[a", "a**", "\\", "(?=a)", "\\p{Nobody}", "a{1001}"})
    void mistakesOfSyntaxAreTheEngines(String regex) {
        assertThat(LinearPattern.mistakeIn(regex)).isNotNull();
    }
}
