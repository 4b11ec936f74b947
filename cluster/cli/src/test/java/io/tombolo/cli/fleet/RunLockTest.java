package io.tombolo.cli.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tombolo.cli.shell.CommandFailure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.Set;

class RunLockTest {

    @TempDir private Path folder;

    @Test
    void twoCommandsNeverWorkOnTheSameBrokers() {
        CommandFailure refused;
        try (var _ = RunLock.take(Set.of(folder.resolve("run")), "tombolo up")) {
            refused =
                    catchThrowableOfType(
                            CommandFailure.class,
                            () -> RunLock.take(Set.of(folder.resolve("run")), "tombolo down"));
        }

        assertThat(refused.violations().getFirst().code()).isEqualTo("TMB-2305");
        assertThat(refused.violations().getFirst().seen())
                .isEqualTo("tombolo up, process " + ProcessHandle.current().pid());
        RunLock.take(Set.of(folder.resolve("run")), "tombolo down").close();
    }
}
