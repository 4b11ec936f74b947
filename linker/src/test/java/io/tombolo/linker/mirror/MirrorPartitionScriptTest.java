package io.tombolo.linker.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.MirrorLog;
import io.tombolo.region.link.Reason;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Plays the checked-in scenario: lines that begin with {@code >} are events, the line after each is
 * the state and the effects that must follow.
 */
class MirrorPartitionScriptTest {

    private final MirrorPartition partition =
            new MirrorPartition(
                    new LinkPartition(new Uuid(1, 2), "orders", 0),
                    0,
                    Safeguard.ALL,
                    new SourceRate());

    @Test
    void theScenarioGivesTheCheckedInTranscript() throws IOException {
        String expected;
        try (var script = getClass().getResourceAsStream("mirror-partition.script")) {
            expected = new String(script.readAllBytes(), StandardCharsets.UTF_8);
        }
        var transcript = new ArrayList<String>();
        long now = 0;
        for (String line : expected.lines().toList()) {
            if (line.startsWith(">")) {
                now += 1_000_000;
                transcript.add(line);
                transcript.add(shown(partition.step(event(line.substring(1).trim()), now)));
            } else if (line.startsWith("#") || line.isBlank()) {
                transcript.add(line);
            }
        }
        assertThat(String.join("\n", transcript)).isEqualTo(expected.stripTrailing());
    }

    private String shown(List<PartitionEffect> effects) {
        var text = new StringBuilder("  " + partition.state());
        for (PartitionEffect effect : effects) {
            text.append(" | ")
                    .append(
                            effect instanceof PartitionEffect.Append append
                                    ? "Append[expectedEndOffset=" + append.expectedEndOffset() + "]"
                                    : effect.toString());
        }
        return text.toString();
    }

    private PartitionEvent event(String line) {
        String[] words = line.split(" +");
        return switch (words[0]) {
            case "started" -> new PartitionEvent.Started();
            case "position" ->
                    new PartitionEvent.PositionRead(
                            new MirrorLog.Position(
                                    number(words[1]),
                                    number(words[2]),
                                    number(words[2]),
                                    (int) number(words[3]),
                                    (int) number(words[4])));
            case "origin" ->
                    new PartitionEvent.OriginKnown(
                            partition.attempt(),
                            new Origin(
                                    number(words[1]),
                                    number(words[2]),
                                    words.length < 4
                                            ? new Origin.NotAsked()
                                            : new Origin.EpochEnd(
                                                    (int) number(words[3]), number(words[4]))));
            case "log-start-raised" ->
                    new PartitionEvent.LogStartAnswered(
                            new MirrorLog.Appended(number(words[1]), number(words[1])));
            case "fetched" -> fetched(words);
            case "appended" ->
                    new PartitionEvent.AppendAnswered(
                            new MirrorLog.Appended(number(words[1]), number(words[1])));
            case "append-failed" ->
                    new PartitionEvent.AppendAnswered(new MirrorLog.Failed("disk full"));
            case "epoch-raised" -> new PartitionEvent.EpochRaised();
            case "source-failed" ->
                    new PartitionEvent.SourceFailed(
                            new Reason(Reason.Code.SOURCE_UNREACHABLE, "refused"));
            case "diverged" ->
                    new PartitionEvent.SourceDiverged(
                            number(words[1]), (int) number(words[2]), number(words[3]));
            case "retry" -> new PartitionEvent.RetryDue(partition.attempt());
            case "pause" -> new PartitionEvent.Paused();
            case "resume" -> new PartitionEvent.Resumed();
            case "stop" -> new PartitionEvent.Stopped();
            default -> throw new IllegalArgumentException(line);
        };
    }

    private static PartitionEvent fetched(String[] words) {
        long from = number(words[1]);
        long to = number(words[2]);
        CheckedBatches batches =
                from == to
                        ? new CheckedBatches.Nothing(false)
                        : new CheckedBatches.Batches(
                                ByteBuffer.allocate(70), to, (int) number(words[3]), to - from, 1);
        return new PartitionEvent.SourceAnswered(
                new FetchedSlice(from, 0, number(words[4]), batches));
    }

    private static long number(String word) {
        return Long.parseLong(word);
    }
}
