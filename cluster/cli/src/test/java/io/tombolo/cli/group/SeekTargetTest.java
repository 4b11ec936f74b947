package io.tombolo.cli.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.cli.shell.CommandFailure;

import org.junit.jupiter.api.Test;

import java.time.Instant;

class SeekTargetTest {

    @Test
    void placesAreReadAsUsersWriteThem() {
        assertThat(SeekTarget.parse("start")).isEqualTo(new SeekTarget.Start());
        assertThat(SeekTarget.parse("end")).isEqualTo(new SeekTarget.End());
        assertThat(SeekTarget.parse("earliest")).isEqualTo(new SeekTarget.Start());
        assertThat(SeekTarget.parse("latest")).isEqualTo(new SeekTarget.End());
        assertThat(SeekTarget.parse("1200")).isEqualTo(new SeekTarget.Exactly(1200));
        assertThat(SeekTarget.parse("2026-11-22T10:00:00Z"))
                .isEqualTo(new SeekTarget.Since(Instant.parse("2026-11-22T10:00:00Z")));
        assertThat(SeekTarget.parse("30m")).isInstanceOf(SeekTarget.Since.class);
    }

    @Test
    void whatIsNoPlaceIsRefused() {
        for (String text : new String[] {"-1", "yesterday", "2026-11-22Tnoon", ""}) {
            assertThatThrownBy(() -> SeekTarget.parse(text))
                    .as(text)
                    .isInstanceOf(CommandFailure.class);
        }
    }
}
