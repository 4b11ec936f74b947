package io.tombolo.cli.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TableTest {

    @Test
    void columnsAreAsWideAsTheirWidestCellAndNumbersAreAlignedToTheRight() {
        Table table = Table.of("LINK", "LAG records", "STATE").row("eu-to-us", "1 204", "active");

        table.row("b", 7, "");

        assertThat(table.text())
                .isEqualTo(
                        """
                        LINK      LAG records  STATE
                        eu-to-us        1 204  active
                        b                   7  –
                        """);
    }

    @Test
    void anEmptyTableIsASentence() {
        assertThat(Table.of("LINK").textOr("no links")).isEqualTo("no links\n");
    }

    @Test
    void aRowHasACellForEveryColumn() {
        assertThatThrownBy(() -> Table.of("A", "B").row("a"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void amountsAreReadable() {
        assertThat(Amounts.count(1_204_000)).isEqualTo("1 204 000");
        assertThat(Amounts.of(1, "record")).isEqualTo("1 record");
        assertThat(Amounts.of(0, "record")).isEqualTo("0 records");
        assertThat(Amounts.bytes(999)).isEqualTo("999 B");
        assertThat(Amounts.bytes(41_200_000_000L)).isEqualTo("41.2 GB");
        assertThat(Amounts.bytes(999_960)).isEqualTo("1.0 MB");
        assertThat(Amounts.ms(43)).isEqualTo("43 ms");
        assertThat(Amounts.ms(1_340)).isEqualTo("1.3 s");
        assertThat(Amounts.ms(252_000)).isEqualTo("4 min 12 s");
        assertThat(Amounts.ms(-1)).isEqualTo("–");
    }
}
