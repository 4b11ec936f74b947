package io.tombolo.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.cli.shell.LoadedFile;
import io.tombolo.cli.shell.Shell;
import io.tombolo.region.link.NameFilter;
import io.tombolo.region.plan.Change.SetLink;
import io.tombolo.region.plan.Plan;
import io.tombolo.region.plan.World;

import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

class PreflightTest {

    @TempDir private Path folder;

    @Test
    void aLinkFromABrokerThatIsTooOldIsBlockedAndLeftOut() throws IOException {
        try (var old = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> speakFetch7(old));

            Plan checked = check(old.getLocalPort());

            assertThat(checked.changes()).isEmpty();
            assertThat(checked.fulfilled()).isFalse();
            assertThat(checked.findings())
                    .singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.kind()).isEqualTo(Plan.Kind.BLOCKED);
                        assertThat(finding.object()).isEqualTo("link:in @us");
                        assertThat(finding.seen()).contains("does not speak");
                    });
        }
    }

    @Test
    void aSourceThatIsAwayIsToldAndTheLinkWaitsForIt() throws IOException {
        Plan checked = check(1);

        assertThat(checked.changes()).hasSize(1);
        assertThat(checked.findings())
                .singleElement()
                .satisfies(finding -> assertThat(finding.kind()).isEqualTo(Plan.Kind.WARNING));
    }

    private Plan check(int port) throws IOException {
        Files.writeString(
                folder.resolve("tombolo.yaml"),
                """
                tombolo: 1
                regions: { us: {}, legacy: { bootstrap: "127.0.0.1:%d" } }
                links: { in: { from: legacy, to: us, topics: ["*"] } }
                """
                        .formatted(port));
        var nowhere = new PrintStream(OutputStream.nullOutputStream());
        var shell =
                new Shell(
                        new Shell.Surroundings(
                                InputStream.nullInputStream(),
                                nowhere,
                                nowhere,
                                folder,
                                false,
                                false));
        LoadedFile file = LoadedFile.of(shell);
        var link = file.topology().links().values().iterator().next();
        var made =
                new SetLink(
                        link.to(),
                        link.name(),
                        link.ends(),
                        Optional.empty(),
                        Optional.of(link.settings(List.of())));
        var plan = new Plan(List.of(made), List.of(), new TreeMap<>(), List.of());
        return new Preflight(shell, file, new World(new TreeMap<>())).check(plan);
    }

    private static void speakFetch7(ServerSocket server) {
        try (var client = server.accept()) {
            var out = new DataOutputStream(client.getOutputStream());
            out.writeInt(4 + 2 + 4 + 6);
            out.writeInt(1);
            out.writeShort(0);
            out.writeInt(1);
            out.writeShort(1); // FETCH
            out.writeShort(0);
            out.writeShort(7);
            out.flush();
            client.getInputStream().readAllBytes();
        } catch (IOException gone) {
            throw new IllegalStateException(gone);
        }
    }

    @Test
    void onlyWhatTheLinkWouldCopyAndTheDestinationHasNotNeedsRoom() {
        var disks =
                new Preflight.Disks(
                        Map.of(
                                new TopicPartition("orders", 0), 100L,
                                new TopicPartition("orders", 1), 50L,
                                new TopicPartition("bills", 0), 7L,
                                new TopicPartition("private", 0), 1_000L,
                                new TopicPartition("__consumer_offsets", 0), 9_000L),
                        1);

        assertThat(disks.bytesOf(NameFilter.of("*", "!private"), Set.of("bills"))).isEqualTo(150);
        assertThat(disks.bytesOf(NameFilter.of("*"), Set.of())).isEqualTo(1_157);
    }
}
