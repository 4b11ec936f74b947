package io.tombolo.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CodeTest {

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.MATCH_ANY,
            names = {"UNKNOWN_.*", "NO_SUCH_.*", "NO_FILE"})
    void aNameOfNothingIsAMistakeOfTheCommandLineWhateverItNames(Code code) {
        assertThat(code.exitCode()).isEqualTo(ExitCode.USAGE);
    }
}
