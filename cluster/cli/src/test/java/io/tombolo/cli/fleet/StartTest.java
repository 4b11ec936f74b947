package io.tombolo.cli.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.region.diagnosis.Violation;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

class StartTest {

    private static final Violation LATE =
            CommandFailure.of(Code.TIMED_OUT, "broker eu-2 is not ready").violation();

    @TempDir private Path folder;
    private Member member;

    @BeforeEach
    void aMemberThatPrintedAnError() throws IOException {
        member = Members.of(folder, 1).getFirst();
        Files.createDirectories(member.logFile().getParent());
        Files.writeString(
                member.logFile(),
                """
                error[TMB-4103]: broker eu-1 does not start
                  = seen: the metadata log is in /a
                  = fix : mv /a /b
                """,
                StandardOpenOption.CREATE);
    }

    @Test
    void aStartThatIsRefusedForSafetyIsToldAsThatWithItsAdvice() {
        Violation told = Start.ended(member, 4);

        assertThat(told.code()).isEqualTo(Code.START_UNSAFE.text());
        assertThat(told.seen()).contains("the metadata log is in /a", "exit code 4");
        assertThat(told.fixes()).startsWith("mv /a /b").hasSize(2);
        assertThat(Start.exitCode(List.of(LATE, told))).isEqualTo(ExitCode.REFUSED);
    }

    @Test
    void anyOtherEndIsAFailure() {
        Violation told = Start.ended(member, 1);

        assertThat(told.code()).isEqualTo(Code.NOT_STARTED.text());
        assertThat(told.fixes()).singleElement().asString().contains("tombolo logs eu 1");
        assertThat(Start.exitCode(List.of(LATE, told))).isEqualTo(ExitCode.FAILED);
        assertThat(Start.exitCode(List.of(LATE))).isEqualTo(ExitCode.TIMED_OUT);
    }
}
