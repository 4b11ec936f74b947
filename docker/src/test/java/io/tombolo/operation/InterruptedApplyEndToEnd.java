package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.commands.Tombolo;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Somebody kills {@code tombolo apply} in the middle of a plan, and types it again. */
class InterruptedApplyEndToEnd {

    /** Each takes a while, as it waits for its leaders. */
    private static final int TOPICS = 200;

    @TempDir Path folder;
    private Site site;
    private Path file;

    @AfterEach
    void stop() {
        site.close();
    }

    @Test
    void whatWasKilledGoesOnWhereItWasAndDoesNothingTwice() throws Exception {
        site = Site.alone(folder);
        site.start("eu");
        file = site.file();
        var text = new StringBuilder(Files.readString(file)).append("topics:\n");
        for (int topic = 0; topic < TOPICS; topic++) {
            text.append("  t%03d: { in: eu }\n".formatted(topic));
        }
        Files.writeString(file, text);
        JsonNode plan = run("plan", "-o", "json").json();
        String id = plan.get("plan").asString();
        assertThat(plan.get("changes").size()).isEqualTo(TOPICS);

        Process apply = new Tombolo(folder).start("apply.out", command("apply", id));
        Path printed = folder.resolve("apply.out");
        Patience.until(() -> assertThat(Files.readString(printed)).contains("✓ topic:t003"));
        apply.destroyForcibly();
        assertThat(apply.waitFor()).isNotZero();
        JsonNode again = run("apply", id, "-o", "json").json();

        assertThat(again.get("steps")).hasSize(TOPICS);
        assertThat(again.get("steps"))
                .filteredOn(step -> step.get("alreadyDone").asBoolean())
                .hasSizeBetween(4, TOPICS - 1);
        assertThat(site.clients("eu").topics()).hasSize(TOPICS);
        assertThat(run("plan", "--detailed-exitcode").exitCode()).isZero();
    }

    private Tombolo.Ended run(String... arguments) {
        return new Tombolo(folder).run(command(arguments));
    }

    private String[] command(String... arguments) {
        var command = new ArrayList<>(List.of(arguments));
        command.addAll(List.of("-f", file.toString()));
        return command.toArray(String[]::new);
    }
}
