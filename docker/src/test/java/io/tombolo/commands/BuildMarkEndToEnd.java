package io.tombolo.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.nodes.Checkout;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** What the build of this very distribution has left for the launcher; see {@link LauncherTest}. */
class BuildMarkEndToEnd {

    @Test
    void besideTheJarsStandsWhenTheirBuildBegan() throws IOException {
        Path distribution = Checkout.root().resolve("docker/target/tombolo");

        Instant began = Instant.parse(Files.readString(distribution.resolve("built")).strip());

        assertThat(Files.isDirectory(distribution.resolve("lib"))).isTrue();
        assertThat(began).isBefore(Instant.now());
    }
}
