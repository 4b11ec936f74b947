package io.tombolo.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

class BoundedFileTest {

    @TempDir private Path folder;

    @Test
    void aFullFileBeginsAnewUnderTheStreamThatAppendsToIt() throws IOException {
        Path log = folder.resolve("log");
        var bounded = new BoundedFile(log, 5);
        try (var stream = new FileOutputStream(log.toFile(), true)) {
            for (int number = 1; number <= 6; number++) {
                stream.write("line %d\n".formatted(number).getBytes(StandardCharsets.UTF_8));
                bounded.beginAnewWhenFull();
            }
            stream.write("new\n".getBytes(StandardCharsets.UTF_8));
            bounded.beginAnewWhenFull();
        }

        assertThat(log).hasContent("new");
        assertThat(folder.resolve("log.1")).hasContent("line 6");
        assertThat(folder.resolve("log.3")).hasContent("line 4");
        assertThat(Files.list(folder)).hasSize(4);
    }
}
