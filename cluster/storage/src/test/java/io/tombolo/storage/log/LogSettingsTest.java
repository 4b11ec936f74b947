package io.tombolo.storage.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.Optional;

class LogSettingsTest {

    @Test
    void theStandardIsCompleteWhicheverClassIsLoadedFirst() throws Exception {
        URL[] storage = {LogSettings.class.getProtectionDomain().getCodeSource().getLocation()};
        try (var fresh = new URLClassLoader(storage, ClassLoader.getPlatformClassLoader())) {
            Class.forName(LogSettings.Flush.class.getName(), true, fresh);
            Object standard =
                    Class.forName(LogSettings.class.getName(), true, fresh)
                            .getField("STANDARD")
                            .get(null);

            assertThat(standard.toString()).doesNotContain("flush=null");
        }
    }

    @Test
    void aFlushCoversAtLeastOneRecord() {
        assertThatThrownBy(() -> new LogSettings.Flush(0, Optional.empty(), false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("messagesMax is 0");
    }
}
