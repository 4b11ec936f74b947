package io.tombolo.region.topology.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.region.topology.file.YamlNode.Mapping;
import io.tombolo.region.topology.file.YamlNode.Scalar;
import io.tombolo.region.topology.file.YamlNode.Span;

import org.junit.jupiter.api.Test;

class DocumentTest {

    @Test
    void plainTextStandsAsItIs() {
        assertThat(placeOf("dirs: /a, /b", "/b")).isEqualTo(at(1, 11));
    }

    @Test
    void aQuoteWithinSingleQuotesIsWrittenTwice() {
        assertThat(placeOf("dirs: 'é✓,it''s,ü✓'", "ü")).isEqualTo(at(1, 17));
        assertThat(placeOf("dirs: 'é😀,it''s,ü✓'", "ü")).isEqualTo(at(1, 17));
    }

    @Test
    void anEscapeIsOneCharacterHoweverLongItIs() {
        assertThat(placeOf("dirs: \"\\x41,b,\\u0043\"", "C")).isEqualTo(at(1, 15));
        assertThat(placeOf("dirs: \"a\\x20\\t\\\\,\\\"\\0,\\U00000043\"", "C"))
                .isEqualTo(at(1, 23));
    }

    @Test
    void aBlockIsSearchedLineByLine() {
        assertThat(placeOf("dirs: |\n  /a,\n  /b,\n\n   /c\n", "/c")).isEqualTo(at(5, 4));
        assertThat(placeOf("dirs: >- # two\n  /a,\n  /b\n", "/b")).isEqualTo(at(3, 3));
    }

    @Test
    void foldedLinesAreSearchedInAllStyles() {
        assertThat(placeOf("dirs: /a,\n  /b,\n  /c", "/c")).isEqualTo(at(3, 3));
        assertThat(placeOf("dirs: '/a,\n\n  it''s,/c'", "/c")).isEqualTo(at(3, 9));
        assertThat(placeOf("dirs: \"/a,\\\n  \\/b,/c\"", "/c")).isEqualTo(at(2, 7));
    }

    private static Span placeOf(String text, String sought) {
        var document = new Document("test.yaml", text);
        Mapping root = YamlTree.read(document, text).orElseThrow();
        var scalar = (Scalar) root.entries().getFirst().value();
        assertThat(scalar.text()).contains(sought);
        return document.spanOf(scalar, scalar.text().indexOf(sought));
    }

    private static Span at(int line, int column) {
        return new Span(line, column, line);
    }
}
