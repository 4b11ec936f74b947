package io.tombolo.raft.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.raft.core.RaftMessage.Envelope;
import io.tombolo.raft.core.RaftMessage.FetchAnswer;
import io.tombolo.raft.core.RaftMessage.Fetched;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Three voters, played by a script: lines that begin with {@code >} are what happens, the others
 * what the replicas do. With {@code -Drewrite=true} the transcript is written anew.
 */
class ScenarioTest {

    private static final String NAME = "scenario.txt";
    private static final long MS = 1_000_000;

    private final Map<Integer, RaftCore> cores = new TreeMap<>();
    private final Map<Integer, List<LogBatch>> logs = new TreeMap<>();
    private final Map<Integer, Long> timers = new TreeMap<>();
    private final List<Envelope> underWay = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private final List<Integer> forcing = new ArrayList<>();
    private int cutOff;
    private long nowNanos;

    @Test
    void theScenarioGoesAsWrittenDown() throws IOException {
        String expected =
                new String(
                        getClass().getResourceAsStream(NAME).readAllBytes(),
                        StandardCharsets.UTF_8);

        expected.lines().filter(line -> line.startsWith(">")).forEach(this::play);

        String transcript = String.join("\n", lines) + "\n";
        if (Boolean.getBoolean("rewrite")) {
            Files.writeString(Path.of("src/test/resources/io/tombolo/raft/core", NAME), transcript);
        } else {
            assertThat(transcript).isEqualTo(expected);
        }
    }

    private void play(String line) {
        lines.add(line);
        String[] words = line.substring(2).split(" ");
        switch (words[0]) {
            case "start" -> start(Integer.parseInt(words[1]));
            case "wait" -> waitFor(Integer.parseInt(words[1]), Long.parseLong(words[2]));
            case "propose" ->
                    step(
                            Integer.parseInt(words[1]),
                            new RaftEvent.Proposed(
                                    List.of(words[2].getBytes(StandardCharsets.UTF_8)),
                                    cores.get(Integer.parseInt(words[1])).leader().epoch()));
            case "run" -> {
                for (int round = Integer.parseInt(words[1]); round > 0; round--) {
                    forceAndDeliver();
                }
            }
            case "cut" -> cutOff = Integer.parseInt(words[1]);
            case "mend" -> cutOff = 0;
            default -> throw new IllegalArgumentException(line);
        }
    }

    /** Time passes, at most until the role of a node changes. */
    private void waitFor(int node, long ms) {
        long end = nowNanos + ms * MS;
        RaftCore core = cores.get(node);
        String before = core.role();
        while (core.role().equals(before)) {
            int next = Collections.min(timers.entrySet(), Map.Entry.comparingByValue()).getKey();
            if (timers.get(next) > end) {
                break;
            }
            nowNanos = Math.max(nowNanos, timers.put(next, Long.MAX_VALUE));
            step(next, new RaftEvent.TimerFired());
        }
        nowNanos = core.role().equals(before) ? end : nowNanos;
    }

    private void start(int node) {
        var voters = VoterSet.ofKeys(key(1), key(2), key(3));
        logs.put(node, new ArrayList<>());
        cores.put(
                node,
                new RaftCore(
                        new RaftCore.Origin(
                                key(node), voters, ElectionState.NEW, RecoveredLog.empty()),
                        RaftSettings.STANDARD,
                        new Chance(node)));
        step(node, new RaftEvent.Started());
    }

    private static ReplicaKey key(int node) {
        return new ReplicaKey(node, new UUID(0, node));
    }

    /** Ends every fsync under way and delivers every message under way, each in its order. */
    private void forceAndDeliver() {
        var messages = List.copyOf(underWay);
        var fsyncs = List.copyOf(forcing);
        underWay.clear();
        forcing.clear();
        fsyncs.forEach(node -> step(node, new RaftEvent.LogForced()));
        for (Envelope message : messages) {
            if (message.to() != cutOff && message.from() != cutOff) {
                step(message.to(), new RaftEvent.MessageReceived(message));
            }
        }
    }

    private void step(int node, RaftEvent event) {
        for (RaftEffect effect : cores.get(node).step(event, nowNanos)) {
            carryOut(node, effect);
        }
    }

    private void carryOut(int node, RaftEffect effect) {
        switch (effect) {
            case RaftEffect.SetTimer(long deadlineNanos) -> timers.put(node, deadlineNanos);
            case RaftEffect.AppendBatches(List<LogBatch> batches) -> {
                logs.get(node).addAll(batches);
                say(node, "appends " + batches);
            }
            case RaftEffect.TruncateLog(long end) -> {
                logs.get(node).removeIf(batch -> batch.endOffset() > end);
                say(node, "truncates to " + end);
            }
            case RaftEffect.Send(Envelope envelope) -> send(envelope);
            case RaftEffect.SendRecords send -> {
                var header = (FetchAnswer) send.envelope().body();
                var found =
                        logs.get(node).stream()
                                .filter(batch -> batch.baseOffset() >= send.offset())
                                .toList();
                send(
                        new Envelope(
                                send.envelope().from(),
                                send.envelope().to(),
                                send.envelope().exchange(),
                                new FetchAnswer(
                                        header.error(),
                                        header.current(),
                                        header.highWatermark(),
                                        new Fetched.Records(found))));
            }
            case RaftEffect.ForceLog() -> {
                forcing.add(node);
                say(node, "forces its log");
            }
            default -> say(node, effect.toString());
        }
    }

    private void send(Envelope envelope) {
        underWay.add(envelope);
        say(envelope.from(), "sends " + envelope.to() + " " + envelope.body());
    }

    private void say(int node, String what) {
        lines.add(
                "%d (%s) %s"
                        .formatted(
                                node,
                                cores.get(node).role(),
                                what.replaceAll("/[0-9a-f-]{36}", "")));
    }
}
