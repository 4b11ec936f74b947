package io.tombolo.region.topology.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.region.diagnosis.Violation;
import io.tombolo.region.diagnosis.ViolationText;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.util.Arrays;
import java.util.stream.Stream;

/** Broken files and what is said about each: code, line, column, claim and first fix. */
class BrokenTopologyTest {

    record Case(String name, String text, String expected) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        String all = Resource.text("broken-topologies.txt");
        return Arrays.stream(all.split("(?m)^##### ")).skip(1).map(BrokenTopologyTest::readCase);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void eachFaultIsNamedWithItsPlaceAndAFix(Case broken) {
        TopologyFile result = TopologyFile.parse("tombolo.yaml", broken.text());

        assertThat(result).isInstanceOf(TopologyFile.Invalid.class);
        var said = new StringBuilder();
        for (Violation violation : ((TopologyFile.Invalid) result).violations()) {
            said.append(
                    "%s %d:%d %s%n    fix: %s%n"
                            .formatted(
                                    violation.code(),
                                    violation.where().line(),
                                    violation.where().column(),
                                    violation.claim(),
                                    violation.fixes().getFirst()));
        }
        assertThat(said).hasToString(broken.expected());
    }

    @Test
    void thereAreMoreThanEightyCases() {
        assertThat(cases()).hasSizeGreaterThan(80);
    }

    @Test
    void everyRuleThatMakesAFileInvalidHasACase() {
        String all = Resource.text("broken-topologies.txt");

        for (Rule rule : Rule.values()) {
            boolean invalidates = rule.code().compareTo("TMB-1400") < 0;
            assertThat(!invalidates || all.contains(rule.code() + " ")).as(rule.name()).isTrue();
        }
    }

    @Test
    void everyCodeStandsForOneRule() {
        assertThat(Rule.values()).extracting(Rule::code).doesNotHaveDuplicates();
        assertThat(Rule.values()).allMatch(rule -> !rule.title().isBlank());
    }

    @Test
    void aSecretIsNeverRepeated() {
        String text =
                """
                tombolo: 1
                regions:
                  old: { bootstrap: "k:9092", clint: {}, client: { sasl.password: hunter2 } }
                  us: { config: { ssl.key.password: hunter2, num.partitions: 0 } }
                users: { bob: { auth: { scram-sha-512: hunter2 }, cann: [] } }
                """;

        var result = (TopologyFile.Invalid) TopologyFile.parse("tombolo.yaml", text);

        assertThat(result.violations()).hasSizeGreaterThan(4);
        assertThat(ViolationText.render(result.violations())).doesNotContain("hunter2");
    }

    @Test
    void aHugeFileIsRefusedWithoutReadingIt() {
        var result = TopologyFile.parse("tombolo.yaml", "a".repeat(YamlTree.CHARACTERS_MAX + 1));

        assertThat(((TopologyFile.Invalid) result).violations())
                .extracting(Violation::code)
                .containsExactly(Rule.SIZE.code());
    }

    @Test
    void noMoreThanAHundredFaultsAreListed() {
        var text = new StringBuilder("tombolo: 1\n");
        for (int number = 0; number < 500; number++) {
            text.append("key-").append(number).append(": 1\n");
        }

        var result = (TopologyFile.Invalid) TopologyFile.parse("tombolo.yaml", text.toString());

        assertThat(result.violations()).hasSize(100);
    }

    private static Case readCase(String block) {
        int nameEnd = block.indexOf('\n');
        int textEnd = block.indexOf("-----\n", nameEnd);
        String text = block.substring(nameEnd + 1, textEnd);
        return new Case(block.substring(0, nameEnd), text, block.substring(textEnd + 6));
    }
}
