package io.tombolo.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;

class TreeTextTest {

    private static final Tree TREE =
            Tree.fields()
                    .with("name", "no")
                    .with("count", 3L)
                    .with("share", 0.5)
                    .with("ready", true)
                    .with("trouble", Optional.empty())
                    .with("topics", List.of("*", "0123"))
                    .with("text", "two\nlines: \"quoted\"");

    @Test
    void aTreeSurvivesJson() {
        assertThat(TreeText.parse(TreeText.json(TREE))).contains(TREE);
        assertThat(TreeText.parse(TreeText.jsonLine(TREE))).contains(TREE);
        assertThat(TreeText.jsonLine(TREE)).containsOnlyOnce("\n");
    }

    @Test
    void jsonIsIndentedForPeopleWhoLookAtIt() {
        assertThat(TreeText.json(Tree.fields().with("a", List.of(1)).with("b", "x")))
                .isEqualTo(
                        """
                        {
                          "a" : [ 1 ],
                          "b" : "x"
                        }
                        """);
    }

    @Test
    void yamlQuotesWhatWouldBeSomethingElse() {
        assertThat(TreeText.yaml(TREE))
                .isEqualTo(
                        """
                        ---
                        name: "no"
                        count: 3
                        share: 0.5
                        ready: true
                        trouble: null
                        topics:
                        - '*'
                        - "0123"
                        text: |-
                          two
                          lines: "quoted"
                        """);
    }

    @Test
    void whatIsNoJsonIsNoTree() {
        assertThat(TreeText.parse("<html>")).isEmpty();
        assertThat(TreeText.parse("")).isEmpty();
        assertThat(TreeText.parse("{\"a\":")).isEmpty();
    }

    @Test
    void whatIsMissingIsNothingRatherThanAnError() {
        assertThat(TREE.at("no", "such", "field").present()).isFalse();
        assertThat(TREE.at("nothing").number(-1)).isEqualTo(-1);
        assertThat(TREE.at("nothing").items()).isEmpty();
        assertThat(TREE.at("count").text()).isEqualTo("3");
    }
}
