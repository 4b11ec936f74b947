package io.tombolo.coordinator.group.entry;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A day in the life of a group: the lines of {@code scenario.txt} that begin with {@code >} are
 * played, and the whole transcript must be what the file says.
 */
class GroupScenarioTest {

    private static final Path SCRIPT =
            Path.of("src/test/resources/io/tombolo/coordinator/group/entry/scenario.txt");

    private final Stage stage = new Stage();
    private final List<String> transcript = new ArrayList<>();
    private final Map<String, String> ids = new TreeMap<>();
    private int reported;

    @Test
    void theTranscriptIsWhatItWas() throws IOException {
        List<String> script = Files.readAllLines(SCRIPT);

        for (String line : script) {
            if (line.startsWith("#") || line.isBlank()) {
                transcript.add(line);
            } else if (line.startsWith("> ")) {
                transcript.add(line);
                play(line.substring(2).split(" "));
                report();
            }
        }

        assertThat(String.join("\n", transcript)).isEqualTo(String.join("\n", script));
    }

    private void play(String[] words) {
        String name = words.length > 1 ? words[1] : "";
        switch (words[0]) {
            case "join" -> join(name, null);
            case "join-static" -> join(name, name);
            case "sync" ->
                    sync(name, Integer.parseInt(words[2]), List.of(words).subList(3, words.length));
            case "heartbeat" ->
                    say(name + ": " + stage.heartbeat(id(name), Integer.parseInt(words[2])));
            case "commit" ->
                    say(
                            name
                                    + ": "
                                    + stage.commit(
                                            id(name),
                                            Integer.parseInt(words[2]),
                                            Long.parseLong(words[3])));
            case "leave" -> {
                var left = stage.leave(id(name), null).response();
                say(name + ": " + Errors.forCode(left.members().getFirst().errorCode()));
            }
            case "wait" -> stage.loop.advance(Duration.ofMillis(Long.parseLong(name)));
            case "failover" -> stage.failover();
            case "state" -> say(stage.state() + ", position " + stage.position("orders"));
            default -> throw new AssertionError("unknown word " + words[0]);
        }
    }

    private void join(String name, String instance) {
        String known = instance == null ? ids.getOrDefault(name, "") : "";
        var request = Stage.joinRequest(known, "range");
        request.setGroupInstanceId(instance);
        stage.coordinator
                .membership()
                .join(stage.caller(9), request, response -> joined(name, response));
        stage.loop.run();
    }

    private void joined(String name, JoinGroupResponseData response) {
        Errors error = Errors.forCode(response.errorCode());
        if (error == Errors.MEMBER_ID_REQUIRED || error == Errors.NONE) {
            ids.put(name, response.memberId());
        }
        say(
                name
                        + ": "
                        + error
                        + (error == Errors.NONE
                                ? " generation "
                                        + response.generationId()
                                        + (response.members().isEmpty()
                                                ? ""
                                                : " leads " + response.members().size())
                                : ""));
    }

    private void sync(String name, int generation, List<String> given) {
        var request =
                new org.apache.kafka.common.message.SyncGroupRequestData()
                        .setGroupId(Stage.G)
                        .setMemberId(id(name))
                        .setGenerationId(generation);
        for (String pair : given) {
            String[] parts = pair.split("=");
            request.assignments()
                    .add(
                            new org.apache.kafka.common.message.SyncGroupRequestData
                                            .SyncGroupRequestAssignment()
                                    .setMemberId(id(parts[0]))
                                    .setAssignment(parts[1].getBytes(StandardCharsets.UTF_8)));
        }
        stage.coordinator
                .membership()
                .sync(stage.caller(4), request, response -> synced(name, response));
        stage.loop.run();
    }

    private void synced(String name, SyncGroupResponseData response) {
        say(
                name
                        + ": "
                        + Errors.forCode(response.errorCode())
                        + " "
                        + new String(response.assignment(), StandardCharsets.UTF_8));
    }

    private String id(String name) {
        return ids.getOrDefault(name, "");
    }

    private void say(String line) {
        transcript.add("  " + line.stripTrailing());
    }

    private void report() {
        var lines = stage.reports.lines();
        for (; reported < lines.size(); reported++) {
            String line = lines.get(reported);
            for (var entry : ids.entrySet()) {
                line = line.replace(entry.getValue(), entry.getKey());
            }
            transcript.add("  * " + line.replace("signal ", ""));
        }
    }
}
