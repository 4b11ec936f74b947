package io.tombolo.commands;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.commands.Terminal.Printed;
import io.tombolo.commands.Transcript.Step;
import io.tombolo.nodes.Checkout;
import io.tombolo.nodes.FreePorts;
import io.tombolo.nodes.Nodes;
import io.tombolo.nodes.Release;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;

/** What the README shows, typed as it stands there with the launcher of a release. */
class ReadmeEndToEnd {

    /** Commands that may be typed again while the regions still hear of each other. */
    private static final Pattern CHANGES_NOTHING =
            Pattern.compile("\\./tombolo (status|ps|link list|link doctor|topic consume) ?.*");

    /** Refused, and changes nothing, until the other region has been silent for some seconds. */
    private static final Pattern REFUSED_AT_FIRST = Pattern.compile("\\./tombolo failover .*-y");

    /** Where clients are told to begin; other than commands they do not read the file. */
    private static final String OF_CLIENTS = "127.0.0.1:9092";

    private static final long SETTLED_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);

    @TempDir private Path folder;
    @TempDir private Path notes;

    @Test
    void everyCommandPrintsWhatTheReadmeShows() throws IOException {
        String readme = Files.readString(Checkout.root().resolve("README.md"));
        Transcript transcript = Transcript.of(readme);
        String[] files = readme.split("```yaml\n");
        unpackRelease(files[1].split("```")[0], files[2].split("```")[0]);
        String bank = writeBank(files[3].split("```")[0], readme.split("```java\n")[1]);

        try (var terminal = new Terminal(folder, notes, Path.of(System.getProperty("java.home")));
                var background = new Background(folder)) {
            for (Step step : transcript.steps()) {
                play(terminal, step.typedAs(step.command().replace(OF_CLIENTS, bank)));
            }
            assertThat(terminal.stop()).isEmpty();
            assertThat(background.running()).isEmpty();
        }

        assertThat(transcript.steps()).hasSizeGreaterThan(12);
    }

    private static void play(Terminal terminal, Step step) {
        Printed first = terminal.type(step.command());
        if (step.staysInTheBackground()) {
            terminal.await(
                    () -> first.text().lines().count() >= step.output().size(), step.command());
        }
        Printed last = first;
        long start = System.nanoTime();
        while (!step.allows(last.text())
                && mayBeTypedAgain(step, last)
                && System.nanoTime() - start < SETTLED_NANOS_MAX) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
            last = terminal.type(step.command());
        }
        String shown = String.join("\n", step.output());
        assertThat(step.allows(last.text()))
                .as(
                        "README shows for %s\n%s\nand printed is\n%s",
                        step.command(), shown, last.text())
                .isTrue();
    }

    private static boolean mayBeTypedAgain(Step step, Printed last) {
        return CHANGES_NOTHING.matcher(step.command()).matches()
                || last.exitCode() != 0 && REFUSED_AT_FIRST.matcher(step.command()).matches();
    }

    /** The command of a release, and the reader's own file on free ports. */
    private void unpackRelease(String topology, String three) throws IOException {
        Files.createSymbolicLink(folder.resolve("tombolo"), Release.launcher());
        writeThree(three);
        String regions = "regions: { eu: {}, us: {} }";
        assertThat(topology).contains(regions);
        Files.writeString(
                folder.resolve("tombolo.yaml"),
                topology.replace(
                        regions,
                        "regions: { eu: { %s }, us: { %s } }".formatted(ports(), ports())));
    }

    /** The reader has nothing else running; here all ports are taken from others. */
    private void writeThree(String topology) throws IOException {
        String brokers = "    brokers: 3\n";
        assertThat(topology).contains(brokers);
        String addresses =
                """
                    kafka: "127.0.0.1:%d"
                    admin: "127.0.0.1:%d"
                    internal: "127.0.0.1:%d"
                """
                        .formatted(FreePorts.claim(3), FreePorts.claim(3), FreePorts.claim(3));
        Files.writeString(
                folder.resolve("three.yaml"), topology.replace(brokers, brokers + addresses));
    }

    /** The program of a reader, and where its region listens for it. */
    private String writeBank(String topology, String program) throws IOException {
        String region = "regions: { bank: {} }";
        assertThat(topology).contains(region);
        String ports = ports();
        Files.writeString(
                folder.resolve("bank.yaml"),
                topology.replace(region, "regions: { bank: { %s } }".formatted(ports)));
        Files.writeString(folder.resolve("Transfer.java"), program.split("```")[0]);
        Path made = folder.resolve("docker/target/tombolo");
        Files.createDirectories(made.getParent());
        Files.createSymbolicLink(made, Release.launcher().getParent());
        return ports.split("\"")[1];
    }

    private static String ports() throws IOException {
        return "kafka: \"127.0.0.1:%d\", admin: \"127.0.0.1:%d\""
                .formatted(Nodes.freePort(), Nodes.freePort());
    }
}
