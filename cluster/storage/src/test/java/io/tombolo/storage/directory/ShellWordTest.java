package io.tombolo.storage.directory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.file.Path;

class ShellWordTest {

    @Test
    void aPathThatNoShellLooksIntoStandsAsItIs() {
        assertThat(word("/disk1/eu-1/metadata")).isEqualTo("/disk1/eu-1/metadata");
        assertThat(word("data/größe_2.x")).isEqualTo("data/größe_2.x");
    }

    @Test
    void aPathThatAShellWouldTakeApartIsQuoted() {
        assertThat(word("/disk 1/eu-1")).isEqualTo("'/disk 1/eu-1'");
        assertThat(word("/a$HOME/`b`;*")).isEqualTo("'/a$HOME/`b`;*'");
        assertThat(word("~root/data")).isEqualTo("'~root/data'");
        assertThat(word("/it's")).isEqualTo("'/it'\\''s'");
    }

    @Test
    void aPathThatLooksLikeAnOptionIsNone() {
        assertThat(word("-rf")).isEqualTo("./-rf");
        assertThat(word("-r f")).isEqualTo("'./-r f'");
    }

    private static String word(String path) {
        return ShellWord.of(Path.of(path));
    }
}
