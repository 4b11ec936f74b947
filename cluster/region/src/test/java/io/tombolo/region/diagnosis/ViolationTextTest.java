package io.tombolo.region.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;

class ViolationTextTest {

    @Test
    void aViolationShowsClaimPlaceReasonAndFixes() {
        var where =
                Where.at("tombolo.yaml", 5, 29, "topics.orders.partition")
                        .showing("topics: { orders: { in: eu, partition: 3 } }");
        var violation =
                new Violation(
                        "TMB-1102",
                        where,
                        "there is no key 'partition'",
                        "3",
                        "it hides a mistake",
                        List.of("partitions: 3", "remove it"));

        assertThat(ViolationText.render(ViolationText.Severity.ERROR, violation))
                .isEqualTo(
                        """
                        error[TMB-1102]: there is no key 'partition'
                          ┌ topics.orders.partition, tombolo.yaml:5:29
                          │ topics: { orders: { in: eu, partition: 3 } }
                          │                             ^
                          = seen: 3
                          = why : it hides a mistake
                          = fix : partitions: 3
                                  remove it
                        """);
    }

    @Test
    void aLongLineIsCutAroundTheMark() {
        var where = Where.at("f", 1, 500, "p").showing("x".repeat(499) + "Y" + "z".repeat(500));

        String text =
                ViolationText.render(
                        ViolationText.Severity.WARNING,
                        new Violation("TMB-0001", where, "c", "", "", List.of()));

        String[] lines = text.split("\n");
        assertThat(lines[2].length()).isLessThan(125);
        assertThat(lines[2].charAt(lines[3].indexOf('^'))).isEqualTo('Y');
    }

    @Test
    void typingMistakesLeadToTheNearestName() {
        var known = List.of("partitions", "replicas", "config");

        assertThat(NearestName.to("partition", known)).contains("partitions");
        assertThat(NearestName.to("cofnig", known)).contains("config");
        assertThat(NearestName.to("colour", known)).isEmpty();
        assertThat(NearestName.to("", known)).isEmpty();
    }
}
