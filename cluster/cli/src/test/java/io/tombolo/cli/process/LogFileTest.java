package io.tombolo.cli.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

class LogFileTest {

    @TempDir private Path folder;

    @Test
    void theLastErrorOfTheLastProcessIsToldWithWhatItSaw() throws IOException {
        LogFile log = new LogFile(folder.resolve("eu-1.log"));
        log.begin("eu-1");
        append(log, "error[TMB-2302]: an old one\n");
        log.begin("eu-1");
        append(
                log,
                """
                a line
                error[TMB-2301]: broker eu-1 does not start
                  ┌ regions.eu
                  = seen: no port for administration: Address already in use
                  = fix : stop what listens there
                """);

        assertThat(log.lastWords())
                .isEqualTo(
                        "broker eu-1 does not start: no port for administration: Address already in"
                                + " use");
    }

    @Test
    void whatTheLastErrorAdvisesIsToldAndNothingAfterIt() throws IOException {
        LogFile log = new LogFile(folder.resolve("eu-1.log"));
        append(
                log,
                """
                error[TMB-4103]: broker eu-1 does not start
                  = fix : move it: mv '/a b/metadata' /c/metadata
                          or ask
                a line
                          no advice
                """);

        assertThat(log.lastFixes())
                .containsExactly("move it: mv '/a b/metadata' /c/metadata", "or ask");
        log.begin("eu-1");
        assertThat(log.lastFixes()).isEmpty();
    }

    @Test
    void withoutAnErrorItsLastLinesAreTold() throws IOException {
        LogFile log = new LogFile(folder.resolve("eu-1.log"));
        append(log, "error[TMB-2302]: of an earlier process\n");
        log.begin("eu-1");
        append(log, "1\n2\n3\n4\n5\n6\n");

        assertThat(log.lastError()).isEmpty();
        assertThat(log.lastWords()).isEqualTo("2 / 3 / 4 / 5 / 6");
        assertThat(log.lastLines(2)).containsExactly("5", "6");
    }

    @Test
    void aFileThatBeganAnewIsReadFromItsBeginning() throws IOException {
        LogFile log = new LogFile(folder.resolve("eu-1.log"));
        append(log, "long ago, and much of it\n");
        long position = log.from(0).nextPosition();
        Files.writeString(log.path(), "new\n");

        assertThat(log.from(position)).isEqualTo(new LogFile.Part("new\n", 4));
    }

    @Test
    void aFileThatDoesNotExistIsEmpty() {
        LogFile log = new LogFile(folder.resolve("none"));

        assertThat(log.lastLines(3)).isEmpty();
        assertThat(log.lastWords()).isEqualTo("it printed nothing");
    }

    private static void append(LogFile log, String text) throws IOException {
        Files.writeString(log.path(), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
