package io.tombolo.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.JavaFormatterOptions;

import io.tombolo.nodes.Checkout;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;

/**
 * One formatter for all: {@code ./mvnw -pl docker test -Dtest=FormatTest -Dformat=write} applies
 * it.
 */
class FormatTest {

    private static final Formatter FORMATTER =
            new Formatter(
                    JavaFormatterOptions.builder().style(JavaFormatterOptions.Style.AOSP).build());

    @Test
    void everyFileIsFormatted() throws IOException, FormatterException {
        boolean write = "write".equals(System.getProperty("format"));
        var unformatted = new ArrayList<String>();
        for (House.Module module : House.modules()) {
            for (Path file : House.javaFiles(module.folder().resolve("src"))) {
                String source = Files.readString(file);
                String formatted = FORMATTER.formatSourceAndFixImports(source);
                if (!formatted.equals(source)) {
                    if (write) {
                        Files.writeString(file, formatted);
                    } else {
                        unformatted.add(Checkout.root().relativize(file).toString());
                    }
                }
            }
        }
        assertThat(unformatted).as("files the formatter would change").isEmpty();
    }
}
