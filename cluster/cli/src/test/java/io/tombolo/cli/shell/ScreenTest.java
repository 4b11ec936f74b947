package io.tombolo.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ScreenTest {

    private static final Screen.Size SMALL = new Screen.Size(5, 20);

    @Test
    void whatFitsIsShownLineOverLine() {
        assertThat(Screen.framed("one\ntwo\n", SMALL))
                .isEqualTo("\u001b[Hone\u001b[K\ntwo\u001b[K\n\u001b[J");
    }

    @Test
    void whatDoesNotFitIsCounted() {
        assertThat(Screen.framed("1\n2\n3\n4\n5\n6\n", SMALL))
                .isEqualTo(
                        "\u001b[H1\u001b[K\n"
                                + "2\u001b[K\n"
                                + "3\u001b[K\n"
                                + "… 3 more lines\u001b[K\n"
                                + "\u001b[J");
    }

    @Test
    void aLineThatIsTooLongIsCut() {
        assertThat(Screen.framed("x".repeat(21), SMALL)).contains("x".repeat(19) + "…\u001b[K");
        assertThat(Screen.framed("x".repeat(20), SMALL)).contains("x".repeat(20) + "\u001b[K");
    }

    @Test
    void aTerminalThatDoesNotKnowItsSizeHasTheUsualOne() {
        assertThat(Screen.size("40 132\n")).isEqualTo(new Screen.Size(40, 132));
        assertThat(Screen.size("0 0")).isEqualTo(new Screen.Size(24, 120));
        assertThat(Screen.size("stty: no")).isEqualTo(new Screen.Size(24, 120));
    }
}
