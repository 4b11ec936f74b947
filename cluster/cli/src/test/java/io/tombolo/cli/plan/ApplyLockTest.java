package io.tombolo.cli.plan;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Path;

class ApplyLockTest {

    @TempDir private Path folder;

    @Test
    void onlyOneCommandAppliesAFileAtATime() throws IOException {
        Path file = folder.resolve("plans").resolve("tombolo.lock");

        try (ApplyLock _ = ApplyLock.take(file)) {
            assertThatThrownBy(() -> ApplyLock.take(file))
                    .hasMessageContaining("another apply of this file is under way");
        }

        assertThatCode(() -> ApplyLock.take(file).close()).doesNotThrowAnyException();
    }
}
